/** A window that is covered or minimised may never be painted: after this time it is not waited for any more, ms. */
const patienceMs = 1000;

/** Resolves once the page has been painted with something in it. See https://www.w3.org/TR/paint-timing/ */
export function painted(): Promise<void> {
  return new Promise((resolve) => {
    const observer = new PerformanceObserver((list) => {
      if (list.getEntriesByName('first-contentful-paint').length > 0) end();
    });
    const timer = setTimeout(end, patienceMs);
    function end(): void {
      observer.disconnect();
      clearTimeout(timer);
      resolve();
    }
    observer.observe({ type: 'paint', buffered: true });
  });
}
