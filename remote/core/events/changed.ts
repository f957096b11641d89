/**
 * Level-triggered notification: "something changed, read it again". Changes between two reads count as one, so a slow
 * reader never queues up work.
 */
export class Changed {
  #generation = 0;
  #waiting = new Set<() => void>();

  get generation(): number {
    return this.#generation;
  }

  notify(): void {
    this.#generation += 1;
    const waiting = this.#waiting;
    this.#waiting = new Set();
    for (const wake of waiting) wake();
  }

  /** Resolves at the next change after `since` (at once if there was one already); rejects when aborted. */
  next(since: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#generation !== since) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const wake = (): void => {
        signal.removeEventListener('abort', abort);
        resolve();
      };
      const abort = (): void => {
        this.#waiting.delete(wake);
        reject(signal.reason as Error);
      };
      this.#waiting.add(wake);
      signal.addEventListener('abort', abort, { once: true });
    });
  }
}

/** Yields what `read` gives at once and after each change, coalesced, until the signal aborts. */
export async function* latest<T>(changed: Changed, read: () => T, signal: AbortSignal): AsyncGenerator<T> {
  for (;;) {
    const seen = changed.generation;
    yield read();
    await changed.next(seen, signal);
  }
}

/** Resolves when `test` gives something other than undefined, tried now and after each change. */
export async function waitFor<T>(changed: Changed, test: () => T | undefined, signal: AbortSignal): Promise<T> {
  for (;;) {
    const seen = changed.generation;
    const value = test();
    if (value !== undefined) return value;
    await changed.next(seen, signal);
  }
}
