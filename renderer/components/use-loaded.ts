/** Loading something for a page: its value, its failure, and reading it again. */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { Failure } from '../../remote/core/contract/errors.ts';
import { failureOf } from '../hub/client.ts';

export interface Loaded<T> {
  readonly value: T | undefined;
  readonly failure: Failure | undefined;
  readonly reload: () => void;
}

/**
 * Calls `load` at once and whenever a dependency changes; the last value stays until the next one is there, also when
 * reading again fails.
 * @param everyMs also at this interval while the window is visible
 */
export function useLoaded<T>(load: () => Promise<T>, dependencies: readonly unknown[], everyMs?: number): Loaded<T> {
  const [value, setValue] = useState<T>();
  const [failure, setFailure] = useState<Failure>();
  const newest = useRef(0);
  const current = useRef(load);
  current.current = load;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the caller names what `load` depends on
  const reload = useCallback(() => {
    const mine = ++newest.current;
    current.current().then(
      (loaded) => {
        if (mine !== newest.current) return;
        setValue(loaded);
        setFailure(undefined);
      },
      (thrown: unknown) => {
        if (mine === newest.current) setFailure(failureOf(thrown));
      },
    );
  }, [JSON.stringify(dependencies)]);
  useEffect(() => {
    reload();
    if (everyMs === undefined) return;
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') reload();
    }, everyMs);
    return () => clearInterval(timer);
  }, [reload, everyMs]);
  return { value, failure, reload };
}
