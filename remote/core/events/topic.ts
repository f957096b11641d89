import { ConpaasError } from '../contract/errors.ts';

/** Events to many readers, each with a bounded queue: a reader that is too slow gets `lagged` and is closed. */
export class Topic<T> {
  readonly #readers = new Set<{ queue: T[]; wake: () => void; lagged: boolean }>();
  readonly #limit: number;

  /** @param limit events a reader may be behind */
  constructor(limit = 10_000) {
    this.#limit = limit;
  }

  publish(event: T): void {
    for (const reader of this.#readers) {
      if (reader.queue.length >= this.#limit) reader.lagged = true;
      else reader.queue.push(event);
      reader.wake();
    }
  }

  /** Events from now on (the subscription holds from the call, not from the first read). */
  subscribe(signal: AbortSignal): AsyncIterable<T> {
    const reader = { queue: [] as T[], wake: (): void => undefined, lagged: false };
    this.#readers.add(reader);
    const leave = (): void => {
      this.#readers.delete(reader);
      reader.wake();
    };
    signal.addEventListener('abort', leave, { once: true });
    const readers = this.#readers;
    return (async function* () {
      try {
        for (;;) {
          if (reader.lagged)
            throw new ConpaasError('lagged', 'The reader was too slow. Read the lists again.', { retry: true });
          const event = reader.queue.shift();
          if (event !== undefined) yield event;
          else if (signal.aborted) return;
          else
            await new Promise<void>((resolve) => {
              reader.wake = resolve;
            });
        }
      } finally {
        signal.removeEventListener('abort', leave);
        readers.delete(reader);
      }
    })();
  }
}
