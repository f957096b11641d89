/** Whether the window has been painted: what can wait for that leaves the processor to what is looked for first. */
import { useSyncExternalStore } from 'react';

/** A window that is covered or minimised may never be painted: after this time it is not waited for any more, ms. */
const patienceMs = 1000;
/** What the user does first, with what is painted first, comes before all else, ms. */
const breathMs = 50;

let isPainted = false;

/** Resolves once the page has been painted with something in it, and a moment more. See https://www.w3.org/TR/paint-timing/ */
export const painted: Promise<void> = new Promise((resolve) => {
  const observer = new PerformanceObserver((list) => {
    if (list.getEntriesByName('first-contentful-paint').length > 0) end();
  });
  const timer = setTimeout(end, patienceMs);
  function end(): void {
    observer.disconnect();
    clearTimeout(timer);
    setTimeout(() => {
      isPainted = true;
      resolve();
    }, breathMs);
  }
  observer.observe({ type: 'paint', buffered: true });
});

/** Whether it has: a component that is not needed for the first sight is drawn after it. */
export function usePainted(): boolean {
  return useSyncExternalStore(
    (changed) => {
      let isWatched = true;
      void painted.then(() => isWatched && changed());
      return () => {
        isWatched = false;
      };
    },
    () => isPainted,
  );
}
