/**
 * Searches texts in a worker thread, which can be ended in the middle of an expression that would run for years. The
 * worker is this very file, or the bundle that it is in: its entry asks `isMainThread` before it does anything else.
 */
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { ConpaasError } from '../contract/errors.ts';
import type { LogQuery } from '../contract/logs.ts';
import { createMatcher, matchingLines } from './matcher.ts';
import { openSealed } from './sealed.ts';

/** So long one text may take, ms: some 128 KB that take 2 ms with an ordinary expression. */
const patienceMs = 2_000;
const purpose = 'conpaas log search';

/** A text, or a sealed block of which the text begins at a byte. */
export type Searched =
  | { readonly text: string }
  | { readonly sealed: Uint8Array; readonly place: string; readonly key: Uint8Array; readonly textAt: number };

interface Order {
  readonly id: number;
  readonly what: Searched;
}
type Answer = { readonly id: number; readonly lines: number[] } | { readonly id: number; readonly error: string };

export interface Searcher extends AsyncDisposable {
  /**
   * Indices of the matching lines.
   * @throws ConpaasError deadline_exceeded where the expression takes too long: the searcher is of no use afterwards
   */
  find(what: Searched): Promise<number[]>;
}

/** @throws ConpaasError invalid_request where the expression is none */
export function createSearcher(query: LogQuery, patience = patienceMs): Searcher {
  createMatcher(query);
  const worker = new Worker(new URL(import.meta.url), { workerData: { purpose, query }, stdin: false });
  worker.unref();
  const waiting = new Map<number, { resolve(lines: number[]): void; reject(error: unknown): void }>();
  let last = 0;
  let failed: ConpaasError | undefined;

  const fail = (error: ConpaasError): void => {
    failed ??= error;
    for (const { reject } of waiting.values()) reject(failed);
    waiting.clear();
    void worker.terminate();
  };
  worker.on('message', (answer: Answer) => {
    const found = waiting.get(answer.id);
    waiting.delete(answer.id);
    if ('lines' in answer) found?.resolve(answer.lines);
    else found?.reject(new Error(answer.error));
  });
  worker.on('error', (error) =>
    fail(new ConpaasError('internal', `The search has failed: ${error instanceof Error ? error.message : error}`)),
  );
  worker.on('exit', () => fail(new ConpaasError('cancelled', 'The search was ended.')));

  return {
    find: (what) =>
      new Promise((resolve, reject) => {
        if (failed) return reject(failed);
        last += 1;
        const id = last;
        const timer = setTimeout(() => {
          fail(
            new ConpaasError(
              'deadline_exceeded',
              'This expression takes too long and was stopped. Make it simpler, or search for text.',
            ),
          );
        }, patience);
        waiting.set(id, {
          resolve: (lines) => {
            clearTimeout(timer);
            resolve(lines);
          },
          reject: (error) => {
            clearTimeout(timer);
            reject(error);
          },
        });
        const order: Order = { id, what };
        worker.postMessage(order);
      }),
    async [Symbol.asyncDispose]() {
      fail(new ConpaasError('cancelled', 'The search was ended.'));
      await worker.terminate();
    },
  };
}

/** Whether this thread is the worker of a search. */
function isSearchWorker(data: unknown): data is { readonly query: LogQuery } {
  return typeof data === 'object' && data !== null && 'purpose' in data && data.purpose === purpose;
}

if (!isMainThread && parentPort && isSearchWorker(workerData)) {
  const port = parentPort;
  const matches = createMatcher(workerData.query);
  port.on('message', ({ id, what }: Order) => {
    let answer: Answer;
    try {
      const text =
        'text' in what ? what.text : openSealed(what.key, what.place, what.sealed).toString('utf8', what.textAt);
      answer = { id, lines: matchingLines(text, matches) };
    } catch (error) {
      answer = { id, error: error instanceof Error ? error.message : String(error) };
    }
    port.postMessage(answer);
  });
}
