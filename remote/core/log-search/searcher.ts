/**
 * Searches texts in a worker thread, which can be ended in the middle of an expression that would run for years. The
 * worker is this very file, or the bundle that it is in: its entry asks `isMainThread` before it does anything else.
 */
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { ConpaasError } from '../contract/errors.ts';
import type { LogQuery } from '../contract/logs.ts';
import { createMarker, createMatcher, matchingLines } from './matcher.ts';
import { openSealed } from './sealed.ts';

/** So long one text may take, ms: some 128 KB that take 2 ms with an ordinary expression. */
const patienceMs = 2_000;
const purpose = 'conpaas log search';

/** A text, or a sealed block of which the text begins at a byte. */
export type Searched =
  | { readonly text: string }
  | { readonly sealed: Uint8Array; readonly place: string; readonly key: Uint8Array; readonly textAt: number };

type Order =
  | { readonly id: number; readonly what: Searched }
  | { readonly id: number; readonly marked: readonly string[] };
type Found = number[] | number[][];
/** The first message: the worker has started. */
type Ready = 'ready';
type Answer = { readonly id: number; readonly found: Found } | { readonly id: number; readonly error: string };

export interface Searcher extends AsyncDisposable {
  /**
   * Indices of the matching lines.
   * @throws ConpaasError deadline_exceeded where the expression takes too long: the searcher is of no use afterwards
   */
  find(what: Searched): Promise<number[]>;
  /**
   * Where it is found in each of some lines: begins and ends by turns, in characters of the visible text.
   * @throws ConpaasError as `find`
   */
  mark(lines: readonly string[]): Promise<number[][]>;
}

/** @throws ConpaasError invalid_request where the expression is none */
export function createSearcher(query: LogQuery, patience = patienceMs): Searcher {
  createMatcher(query);
  const worker = new Worker(new URL(import.meta.url), { workerData: { purpose, query }, stdin: false });
  worker.unref();
  const waiting = new Map<number, { resolve(found: Found): void; reject(error: unknown): void }>();
  const ready = new Promise<void>((resolve) => worker.once('message', () => resolve()));
  let last = 0;
  let failed: ConpaasError | undefined;

  const fail = (error: ConpaasError): void => {
    failed ??= error;
    for (const { reject } of waiting.values()) reject(failed);
    waiting.clear();
    void worker.terminate();
  };
  worker.on('message', (answer: Answer | Ready) => {
    if (answer === 'ready') return;
    const found = waiting.get(answer.id);
    waiting.delete(answer.id);
    if ('found' in answer) found?.resolve(answer.found);
    else found?.reject(new Error(answer.error));
  });
  worker.on('error', (error) =>
    fail(new ConpaasError('internal', `The search has failed: ${error instanceof Error ? error.message : error}`)),
  );
  worker.on('exit', () => fail(new ConpaasError('cancelled', 'The search was ended.')));

  const ask = (order: (id: number) => Order): Promise<Found> =>
    new Promise((resolve, reject) => {
      if (failed) return reject(failed);
      last += 1;
      const id = last;
      let timer: NodeJS.Timeout | undefined;
      // How long a busy computer takes to start the worker says nothing of the expression.
      void ready.then(() => {
        if (!waiting.has(id)) return;
        timer = setTimeout(() => {
          fail(
            new ConpaasError(
              'deadline_exceeded',
              'This expression takes too long and was stopped. Make it simpler, or search for text.',
            ),
          );
        }, patience);
      });
      waiting.set(id, {
        resolve: (found) => {
          clearTimeout(timer);
          resolve(found);
        },
        reject: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      });
      worker.postMessage(order(id));
    });

  return {
    find: async (what) => (await ask((id) => ({ id, what }))) as number[],
    mark: async (lines) => (await ask((id) => ({ id, marked: lines }))) as number[][],
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
  const marksOf = createMarker(workerData.query);
  const answerTo = (order: Order): Found => {
    if ('marked' in order) return order.marked.map(marksOf);
    const { what } = order;
    return matchingLines(
      'text' in what ? what.text : openSealed(what.key, what.place, what.sealed).toString('utf8', what.textAt),
      matches,
    );
  };
  port.on('message', (order: Order) => {
    let answer: Answer;
    try {
      answer = { id: order.id, found: answerTo(order) };
    } catch (error) {
      answer = { id: order.id, error: error instanceof Error ? error.message : String(error) };
    }
    port.postMessage(answer);
  });
  const started: Ready = 'ready';
  port.postMessage(started);
}
