/**
 * What a relay tells of the calls it passes on. It looks at small JSON as it goes by and holds nothing up: bodies above
 * a limit, and what is no JSON, are not seen.
 */
import type { IncomingMessage } from 'node:http';
import { decodeHeader, headers, readFailure } from './wire.ts';

/** One relayed call that somebody wants to know of. */
export interface RelayWatcher {
  /** It was answered, or will never be. `outcome` is `done` or the code of a failure. */
  ended(call: { readonly params: unknown; readonly outcome: string; readonly result: unknown }): void;
  /** An upgraded connection was opened, or has closed after so many milliseconds. */
  opened(params: unknown): void;
  closed(params: unknown, durationMs: number): void;
}

/** Larger bodies are not looked at, bytes. */
const limit = 64 * 1024;

/** Follows one exchange; `tell` is called once. */
export class WatchedExchange {
  readonly #watcher: RelayWatcher;
  readonly #request: IncomingMessage;
  readonly #asked: Gathered;
  #told = false;
  #openedAt: number | undefined;

  constructor(watcher: RelayWatcher, request: IncomingMessage) {
    this.#watcher = watcher;
    this.#request = request;
    this.#asked = gather(request);
  }

  /** @param answer what came from the target */
  answered(answer: IncomingMessage): void {
    const said = gather(answer);
    answer.once('end', () => {
      const body = said.json();
      const status = answer.statusCode ?? 0;
      const failure = readFailure((body as { failure?: unknown } | undefined)?.failure);
      this.ended(status < 300 ? 'done' : (failure?.code ?? 'internal'), body);
    });
  }

  ended(outcome: string, result?: unknown): void {
    if (this.#told) return;
    this.#told = true;
    if (this.#openedAt !== undefined) this.#watcher.closed(this.#params(), performance.now() - this.#openedAt);
    else this.#watcher.ended({ params: this.#params(), outcome, result });
  }

  opened(): void {
    this.#openedAt = performance.now();
    this.#watcher.opened(this.#params());
  }

  /** In a header (uploads, duplexes) or in the body. */
  #params(): unknown {
    const stated = this.#request.headers[headers.params];
    if (typeof stated !== 'string') return this.#asked.json();
    try {
      return decodeHeader(stated);
    } catch {
      return undefined; // the target refuses it
    }
  }
}

interface Gathered {
  json(): unknown;
}

function gather(message: IncomingMessage): Gathered {
  const isJson = message.headers['content-type'] === 'application/json';
  let size = 0;
  const chunks: Buffer[] = [];
  if (isJson) {
    message.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limit) chunks.push(chunk);
    });
  }
  return {
    json() {
      if (!isJson || size > limit) return undefined;
      try {
        return JSON.parse(Buffer.concat(chunks).toString());
      } catch {
        return undefined; // cut off half-way
      }
    },
  };
}
