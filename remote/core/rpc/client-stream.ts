/** Reads a stream method: NDJSON lines, in order, no faster than they are taken. */
import type { IncomingMessage } from 'node:http';
import { ConpaasError } from '../contract/errors.ts';
import type { Method } from '../contract/method.ts';
import type { StreamOptions } from './client-options.ts';
import { checked, exchange, type Transport } from './exchange.ts';
import { openScope, type Scope } from './signals.ts';
import { limits, readFailure, timings } from './wire.ts';

/** Items of a stream; each iteration is a call of its own. Leaving the loop ends the call. */
export function readStream(
  transport: Transport,
  name: string,
  declared: Method | undefined,
  body: Buffer,
  options: StreamOptions,
): AsyncIterable<unknown> {
  return {
    [Symbol.asyncIterator]() {
      const scope = openScope(options.signal);
      let left = false;
      const items = read(transport, name, declared, body, options, scope);
      return {
        async next() {
          try {
            const next = await items.next();
            if (next.done) scope[Symbol.dispose]();
            return next;
          } catch (error) {
            scope[Symbol.dispose]();
            if (left) return { done: true, value: undefined };
            throw transport.connection.explain(error, scope.signal);
          }
        },
        // ends a `next` that is still waiting, too: the generator alone would wait for it
        async return() {
          left = true;
          scope.abort(new DOMException('The reader left.', 'AbortError'));
          scope[Symbol.dispose]();
          await items.return(undefined).catch(() => undefined);
          return { done: true, value: undefined };
        },
      };
    },
  };
}

async function* read(
  transport: Transport,
  name: string,
  declared: Method | undefined,
  body: Buffer,
  options: StreamOptions,
  scope: Scope,
): AsyncGenerator<unknown, void> {
  // the head comes at once, before the first item
  const timer = setTimeout(() => scope.abort(silence()), timings.silence);
  const answer = await exchange(transport, {
    path: transport.path(name, options.after),
    body,
    lasting: true,
    signal: scope.signal,
  }).finally(() => clearTimeout(timer));
  options.onOpen?.();
  for await (const line of linesOf(answer)) {
    const { seq, item, failure } = JSON.parse(line) as { seq?: number; item?: unknown; failure?: unknown };
    const failed = readFailure(failure);
    if (failed) throw ConpaasError.of(failed);
    if (seq !== undefined) options.onSeq?.(seq);
    yield declared ? checked(name, declared, item) : item;
  }
}

/** Lines that are not blank. Blank ones come every 10 s; where not even those do, the server is taken for gone. */
async function* linesOf(answer: IncomingMessage): AsyncGenerator<string, void> {
  const silent = () => answer.destroy(silence());
  const chunks = (answer as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
  let rest: Buffer[] = [];
  let size = 0;
  try {
    for (;;) {
      // only while waiting: a reader that takes its time is no reason to give up
      const timer = setTimeout(silent, timings.silence);
      const next = await chunks.next().finally(() => clearTimeout(timer));
      if (next.done) break;
      let chunk = next.value;
      for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10)) {
        const line = Buffer.concat([...rest, chunk.subarray(0, end)]).toString();
        rest = [];
        size = 0;
        chunk = chunk.subarray(end + 1);
        if (line.trim() !== '') yield line;
      }
      size += chunk.length;
      if (size > limits.result) throw new ConpaasError('too_large', 'An item of the stream is too large.');
      if (chunk.length > 0) rest.push(chunk);
    }
    if (!answer.complete || rest.length > 0) {
      throw new ConpaasError('unreachable', 'The stream broke off. Try again.', { retry: true });
    }
  } finally {
    answer.destroy();
  }
}

function silence(): ConpaasError {
  return new ConpaasError('unreachable', 'The server has gone silent. Try again.', { retry: true });
}
