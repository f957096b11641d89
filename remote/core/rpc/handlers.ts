/** Runs the handler of each kind of method and sends what it gives. */
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ConpaasError, toFailure } from '../contract/errors.ts';
import type { Call, DownloadBody, Method, OpenChannel, UploadedFile } from '../contract/method.ts';
import { readJson, sendFailure, sendJson } from './http-io.ts';
import { abortError, raced } from './signals.ts';
import { type Spool, WrongOffsetError } from './spool.ts';
import { parseParams, parseResult } from './validate.ts';
import { decodeHeader, encodeHeader, headers, limits, timings, wrongOffsetStatus } from './wire.ts';

/** A handler without its types; which of the forms it has follows from the method's kind. */
export interface AnyHandlers {
  readonly answer: (params: unknown, call: Call) => Promise<unknown>;
  readonly stream: (params: unknown, call: Call) => AsyncIterable<unknown>;
  readonly upload: (params: unknown, body: UploadedFile, call: Call) => Promise<unknown>;
  readonly download: (params: unknown, call: Call) => Promise<DownloadBody>;
  readonly duplex: (params: unknown, open: OpenChannel, call: Call) => Promise<void>;
}

/** One accepted call: who may call has been checked. */
export interface Accepted {
  readonly name: string;
  readonly method: Method;
  readonly handler: AnyHandlers;
  readonly call: Call;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** query and command: one answer. */
export async function runAnswer({ name, method, handler, call, request, response }: Accepted): Promise<void> {
  const params = parseParams(name, method, await readJson(request, limits.requestBody));
  const result = await raced(handler.answer(params, call), call.signal);
  sendJson(response, 200, parseResult(method, result));
}

/**
 * stream: one line of JSON per item, pulled from the handler only when the connection takes more. A handler that ends
 * because its call was aborted does not make the stream look complete.
 */
export async function runStream({ name, method, handler, call, request, response }: Accepted): Promise<void> {
  const params = parseParams(name, method, await readJson(request, limits.requestBody));
  let seq = 0;
  const numbered: Call = {
    ...call,
    resumeAt(next) {
      seq = next - 1;
    },
  };
  response.writeHead(200, { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' });
  response.flushHeaders();
  const heartbeat = setInterval(() => {
    if (!response.writableNeedDrain) response.write('\n');
  }, timings.heartbeat);
  let items: AsyncIterator<unknown> | undefined;
  const close = () => {
    // not awaited: a generator that waits for something ends when that does, and the abort is what wakes it
    Promise.resolve(items?.return?.()).catch(() => undefined);
  };
  call.signal.addEventListener('abort', close, { once: true });
  try {
    items = handler.stream(params, numbered)[Symbol.asyncIterator]();
    for (;;) {
      const next = await raced(items.next(), call.signal);
      if (next.done) break;
      seq += 1;
      const line = `${JSON.stringify({ seq, item: parseResult(method, next.value) })}\n`;
      if (!response.write(line)) await drained(response, call.signal);
      heartbeat.refresh();
    }
    if (call.signal.aborted) throw abortError(call.signal);
  } catch (error) {
    close();
    if (!response.destroyed) response.write(`${JSON.stringify({ failure: toFailure(error) })}\n`);
    throw error;
  } finally {
    clearInterval(heartbeat);
    call.signal.removeEventListener('abort', close);
    response.end();
  }
}

function drained(response: ServerResponse, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = () => {
      response.off('drain', done);
      signal.removeEventListener('abort', done);
      if (signal.aborted) reject(abortError(signal));
      else resolve();
    };
    response.on('drain', done);
    signal.addEventListener('abort', done);
  });
}

/** upload: says where it stands (GET), or takes the rest of the file (POST). */
export async function runUpload(accepted: Accepted, spool: Spool, caller: string): Promise<void> {
  const { name, method, handler, call, request, response } = accepted;
  const params = parseParams(name, method, decodeHeader(header(request, headers.params) ?? encodeHeader({})));
  const id = header(request, headers.upload) ?? '';
  const sha256 = header(request, headers.sha256) ?? '';
  const size = wholeNumber(request, headers.size);
  if (!/^[0-9a-f]{16,64}$/.test(id) || !/^[0-9a-f]{64}$/.test(sha256)) {
    throw new ConpaasError('invalid_request', `An upload needs the headers ${headers.upload} and ${headers.sha256}.`);
  }
  if (method.maxBytes !== undefined && size > method.maxBytes) {
    throw new ConpaasError('too_large', `The file has ${size} bytes; ${name} takes at most ${method.maxBytes}.`);
  }
  const fileName = header(request, headers.name);
  const claim = {
    key: JSON.stringify([caller, name, id, size, sha256, params]),
    size,
    sha256,
    name: fileName === undefined ? '' : String(decodeHeader(fileName)).slice(0, 255),
  };
  if (request.method === 'GET') {
    sendJson(response, 200, { offset: await spool.offset(claim) });
    return;
  }
  const offset = wholeNumber(request, headers.offset);
  if (wholeNumber(request, 'content-length') !== size - offset) {
    throw new ConpaasError(
      'invalid_request',
      `The body of an upload must have ${headers.size} - ${headers.offset} bytes.`,
    );
  }
  try {
    const result = await spool.receive(claim, offset, request, call.signal, async (file) =>
      parseResult(method, await handler.upload(params, file, call)),
    );
    sendJson(response, 200, result);
  } catch (error) {
    if (!(error instanceof WrongOffsetError)) throw error;
    const failure = toFailure(new ConpaasError('conflict', 'The upload stands elsewhere; ask again where.'));
    sendFailure(request, response, failure, wrongOffsetStatus);
  }
}

function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' ? value : undefined;
}

function wholeNumber(request: IncomingMessage, name: string): number {
  const value = Number(header(request, name) ?? Number.NaN);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new ConpaasError('invalid_request', `The header ${name} must be a whole number.`);
}

/**
 * download: the body, with its SHA-256 in a header where the handler knows it and in a trailer where not. A failure
 * half-way travels in a trailer too, where there can be one.
 */
export async function runDownload({ name, method, handler, call, request, response }: Accepted): Promise<void> {
  const params = parseParams(name, method, await readJson(request, limits.requestBody));
  const body = await raced(handler.download(params, call), call.signal);
  const trailing = body.sha256 === undefined || body.size === undefined;
  response.writeHead(200, {
    'content-type': 'application/octet-stream',
    ...(body.size !== undefined && { [headers.size]: body.size }),
    ...(body.sha256 !== undefined && { [headers.sha256]: body.sha256 }),
    ...(body.name !== undefined && { [headers.name]: encodeHeader(body.name) }),
    ...(trailing ? { trailer: `${headers.sha256}, ${headers.failure}` } : { 'content-length': body.size }),
  });
  const hash = createHash('sha256');
  const hashing = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      if (trailing) hash.update(chunk);
      done(null, chunk);
    },
  });
  try {
    await pipeline(body.stream, hashing, response, { signal: call.signal, end: false });
    if (trailing) response.addTrailers({ [headers.sha256]: hash.digest('hex') });
    response.end();
  } catch (error) {
    if (!trailing || response.destroyed) {
      response.destroy();
    } else {
      response.addTrailers({ [headers.failure]: encodeHeader(toFailure(error)) });
      response.end();
    }
    throw error;
  }
}
