/** A list that is read page by page, newest first, and kept up to date at its head. */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { Failure } from '../../remote/core/contract/errors.ts';
import { failureOf } from '../hub/client.ts';

export interface PageOf<T> {
  readonly items: readonly T[];
  readonly next?: number | undefined;
}

export interface Pages<T> {
  /** undefined: not read yet. */
  readonly items: readonly T[] | undefined;
  readonly failure: Failure | undefined;
  readonly hasMore: boolean;
  readonly more: () => void;
  readonly reload: () => void;
}

/** The head is looked at again so often while the window is visible, ms. */
const everyMs = 3000;

/**
 * @param read one page; `before`: what is older than that
 * @param key changes when other items are wanted
 */
export function usePages<T extends { readonly seq: number }>(
  read: (before: number | undefined) => Promise<PageOf<T>>,
  key: string,
): Pages<T> {
  const [state, setState] = useState<{ items?: readonly T[]; next?: number | undefined }>({});
  const [failure, setFailure] = useState<Failure>();
  const newest = useRef(read);
  newest.current = read;
  const wanted = useRef(key);
  const reading = useRef(false);

  const head = useCallback(async () => {
    const mine = wanted.current;
    try {
      const page = await newest.current(undefined);
      if (mine !== wanted.current) return;
      setFailure(undefined);
      setState((was) => {
        const known = was.items ?? [];
        const first = known[0]?.seq ?? 0;
        const oldest = page.items.at(-1)?.seq ?? 0;
        // more came meanwhile than one page holds: begin anew
        if (known.length === 0 || oldest > first + 1) return { items: page.items, next: page.next };
        const fresh = page.items.filter(({ seq }) => seq > first);
        return fresh.length === 0 ? was : { ...was, items: [...fresh, ...known] };
      });
    } catch (thrown) {
      if (mine === wanted.current) setFailure(failureOf(thrown));
    }
  }, []);

  const more = useCallback(async (before: number | undefined) => {
    if (before === undefined || reading.current) return;
    reading.current = true;
    const mine = wanted.current;
    try {
      const page = await newest.current(before);
      if (mine !== wanted.current) return;
      setState((was) => ({ items: [...(was.items ?? []), ...page.items], next: page.next }));
    } catch (thrown) {
      if (mine === wanted.current) setFailure(failureOf(thrown));
    } finally {
      reading.current = false;
    }
  }, []);

  useEffect(() => {
    wanted.current = key;
    setState({});
    void head();
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') void head();
    }, everyMs);
    return () => clearInterval(timer);
  }, [key, head]);

  return {
    items: state.items,
    failure,
    hasMore: state.next !== undefined,
    more: () => void more(state.next),
    reload: () => void head(),
  };
}
