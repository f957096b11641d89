/** Deltas for windows: per object the last one wins, and at most ten batches a second go out. */

/** Milliseconds between two batches. */
const interval = 100;

/**
 * Calls `send` with what has changed since the last time: at once after a quiet time, else when the interval is over.
 * `value` undefined stands for a removed object.
 */
export class Coalesced<T> implements Disposable {
  readonly #send: (changes: ReadonlyMap<string, T | undefined>) => void;
  #changes = new Map<string, T | undefined>();
  #lastSent = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;

  constructor(send: (changes: ReadonlyMap<string, T | undefined>) => void) {
    this.#send = send;
  }

  put(key: string, value: T | undefined): void {
    this.#changes.set(key, value);
    if (this.#timer) return;
    const wait = Math.max(0, this.#lastSent + interval - performance.now());
    this.#timer = setTimeout(() => this.#flush(), wait);
  }

  #flush(): void {
    this.#timer = undefined;
    this.#lastSent = performance.now();
    const changes = this.#changes;
    this.#changes = new Map();
    this.#send(changes);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#changes.clear();
  }
}
