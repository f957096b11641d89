/** Waiting for what may never come: both give up when a signal aborts. */
import { setTimeout as delay } from 'node:timers/promises';

/** Resolves when what is before it in its queue has ended; rejects at once when the signal aborts. */
export async function turn(before: Promise<void>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const stopped = Promise.withResolvers<never>();
  const onAbort = (): void => stopped.reject(signal.reason as Error);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    await Promise.race([before, stopped.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/** `work`, or the abort reason as soon as the signal aborts (the work is left to notice the signal itself). */
export async function orAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const settled = new AbortController();
  const aborted = new Promise<never>((_resolve, reject) => {
    const onAbort = async (): Promise<void> => {
      // Work that listens to its signal gets a moment to end by itself, with a better reason.
      await Promise.race([work, delay(2000, undefined, { signal: settled.signal, ref: false })]).catch(() => undefined);
      reject(signal.reason as Error);
    };
    if (signal.aborted) void onAbort();
    else signal.addEventListener('abort', () => void onAbort(), { once: true, signal: settled.signal });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    settled.abort();
    aborted.catch(() => undefined);
  }
}
