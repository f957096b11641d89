/**
 * Who changes something, and by which operation: known wherever it is asked for below the operation's step or the call's
 * handler, so that no function in between has to hand it on.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Attribution } from '../contract/history.ts';

const current = new AsyncLocalStorage<Attribution>();

/** Runs `work`; what it does is this one's doing. */
export function attributed<T>(attribution: Attribution, work: () => T): T {
  return current.run(attribution, work);
}

/** Whose doing the running code is; undefined: the program's own. */
export function attribution(): Attribution | undefined {
  return current.getStore();
}
