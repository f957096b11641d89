import { type RefObject, useLayoutEffect, useRef, useState } from 'react';

/** Kept free below. */
const margin = 24;
const least = 420;

/** The height that an element has to have to reach the foot of its page, pixels; never less than is of use. */
export function useFillHeight(): { readonly ref: RefObject<HTMLDivElement | null>; readonly height: number } {
  const ref = useRef<HTMLDivElement>(null);
  const [height, setHeight] = useState(least);
  useLayoutEffect(() => {
    const element = ref.current;
    const page = element?.closest('main');
    if (!element || !page) return;
    const measure = (): void => {
      const above = element.getBoundingClientRect().top - page.getBoundingClientRect().top + page.scrollTop;
      setHeight(Math.max(least, Math.floor(page.clientHeight - above - margin)));
    };
    measure();
    // The page: the window and the dock. What stands above: notices come and go.
    const observer = new ResizeObserver(measure);
    observer.observe(page);
    if (element.parentElement) for (const sibling of element.parentElement.children) observer.observe(sibling);
    const changes = new MutationObserver(measure);
    if (element.parentElement) changes.observe(element.parentElement, { childList: true });
    return () => {
      observer.disconnect();
      changes.disconnect();
    };
  }, []);
  return { ref, height };
}
