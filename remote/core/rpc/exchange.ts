/** One request and the head of its answer: what all kinds of calls of a client are made of. */
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { ConpaasError } from '../contract/errors.ts';
import type { Method } from '../contract/method.ts';
import type { Connection } from './connection.ts';
import { readJson } from './http-io.ts';
import { parseResult } from './validate.ts';
import { limits, readFailure } from './wire.ts';

/** What the parts of the client share. */
export interface Transport {
  readonly connection: Connection;
  /** Path of a method. */
  path(name: string, after?: number): string;
  /** Headers of every request. */
  readonly headers: OutgoingHttpHeaders;
}

export interface Exchange {
  readonly method?: 'GET';
  readonly path: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: Buffer | undefined;
  readonly lasting: boolean;
  readonly signal?: AbortSignal | undefined;
  /** Without effect: safe to send again where a kept connection turns out to be dead. */
  readonly repeatable?: boolean;
}

/** A result or item against the contract; unknown fields are dropped. */
export function checked(name: string, declared: Method, value: unknown): unknown {
  try {
    return parseResult(declared, value);
  } catch (error) {
    throw new ConpaasError(
      'internal',
      `The answer of ${name} is not what the contract says. Try again; where that does not help, bring both sides to the same version.`,
      { log: [error instanceof Error ? error.message : String(error)] },
    );
  }
}

/** Sends a request and waits for the head of its answer. @throws ConpaasError, also the server's own failure */
export async function exchange(transport: Transport, options: Exchange, again = false): Promise<IncomingMessage> {
  const { connection } = transport;
  const { signal } = options;
  if (signal?.aborted) throw connection.explain(undefined, signal);
  const { promise, resolve, reject } = withResolvers<IncomingMessage>();
  const request = connection.request({
    method: options.method ?? 'POST',
    path: options.path,
    headers: {
      ...transport.headers,
      ...options.headers,
      ...(options.body && { 'content-type': 'application/json', 'content-length': options.body.length }),
    },
    lasting: options.lasting || again,
    signal,
  });
  request.on('response', resolve);
  request.on('error', reject);
  request.end(options.body);
  let answer: IncomingMessage;
  try {
    answer = await promise;
  } catch (error) {
    // a kept connection that the server closed just now: the request never arrived
    const code = (error as NodeJS.ErrnoException).code;
    const stale = request.reusedSocket && (code === 'ECONNRESET' || code === 'EPIPE');
    if (stale && options.repeatable && !again && !signal?.aborted) return exchange(transport, options, true);
    throw connection.explain(error, signal);
  }
  if ((answer.statusCode ?? 0) < 300) return answer;
  throw await failureOf(answer);
}

/** The failure in an answer that is not a success. */
export async function failureOf(answer: IncomingMessage): Promise<ConpaasError> {
  const body = await readJson(answer, limits.requestBody).catch(() => undefined);
  const failure = readFailure((body as { failure?: unknown } | undefined)?.failure);
  return failure
    ? ConpaasError.of(failure)
    : new ConpaasError('internal', `The server answered with status ${answer.statusCode} and no reason.`);
}

/** `Promise.withResolvers`, which came after Node 20. */
export function withResolvers<T>(): {
  promise: Promise<T>;
  resolve: (value: T) => void;
  reject: (reason: unknown) => void;
} {
  let resolve: (value: T) => void = () => undefined;
  let reject: (reason: unknown) => void = () => undefined;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
