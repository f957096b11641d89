/** Doing something once: whether it is under way, and why it failed. */
import { useState } from 'react';
import type { Failure } from '../../remote/core/contract/errors.ts';
import { failureOf } from '../hub/client.ts';

export interface Action<Args extends readonly unknown[]> {
  readonly run: (...args: Args) => void;
  readonly busy: boolean;
  readonly failure: Failure | undefined;
  readonly clear: () => void;
}

export function useAction<Args extends readonly unknown[]>(work: (...args: Args) => Promise<unknown>): Action<Args> {
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  const run = (...args: Args) => {
    if (busy) return;
    setBusy(true);
    setFailure(undefined);
    work(...args)
      .catch((thrown: unknown) => setFailure(failureOf(thrown)))
      .finally(() => setBusy(false));
  };
  return { run, busy, failure, clear: () => setFailure(undefined) };
}
