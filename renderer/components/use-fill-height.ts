import { type RefObject, useLayoutEffect, useRef, useState } from 'react';

/** Kept free below. */
const margin = 24;

/**
 * The height that an element has to have to reach the foot of its page, pixels.
 * @param least what it has to have to be of use, pixels: below that the page scrolls
 */
export function useFillHeight(least: number): {
  readonly ref: RefObject<HTMLDivElement | null>;
  readonly height: number;
} {
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
    for (const part of [page.firstElementChild, ...(element.parentElement?.children ?? [])])
      if (part) observer.observe(part);
    const changes = new MutationObserver(measure);
    if (element.parentElement) changes.observe(element.parentElement, { childList: true });
    return () => {
      observer.disconnect();
      changes.disconnect();
    };
  }, [least]);
  return { ref, height };
}
