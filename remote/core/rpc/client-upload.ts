/** Sends a file, and goes on where it stopped when the connection breaks. */
import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';
import { basename } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { ConpaasError } from '../contract/errors.ts';
import type { Method } from '../contract/method.ts';
import { digestFile } from '../files/index.ts';
import type { LocalFile, UploadOptions } from './client-options.ts';
import { exchange, failureOf, type Transport, withResolvers } from './exchange.ts';
import { readJson } from './http-io.ts';
import { abortError, openScope } from './signals.ts';
import { encodeHeader, headers, limits, timings, wrongOffsetStatus } from './wire.ts';

/** Waits between attempts, ms. An attempt that brought bytes further starts over. */
const backOff = [200, 500, 1000, 2000, 4000, 8000];

interface Sending {
  readonly path: string;
  readonly headers: OutgoingHttpHeaders;
  readonly file: string;
  readonly size: number;
  readonly signal: AbortSignal | undefined;
  onProgress(sent: number): void;
}

/**
 * Uploads and returns the method's raw result.
 * @throws ConpaasError also not_found (no such file), too_large (nothing is sent), checksum_mismatch (it changed)
 */
export async function sendUpload(
  transport: Transport,
  name: string,
  declared: Method | undefined,
  params: unknown,
  file: LocalFile,
  options: UploadOptions,
): Promise<unknown> {
  const { signal } = options;
  const { size, sha256 } = await digestFile(file.path, signal);
  if (declared?.maxBytes !== undefined && size > declared.maxBytes) {
    throw new ConpaasError('too_large', `${file.path} has ${size} bytes; ${name} takes at most ${declared.maxBytes}.`);
  }
  let furthest = 0;
  const sending: Sending = {
    path: transport.path(name),
    headers: {
      [headers.params]: encodeHeader(params ?? {}),
      [headers.upload]: randomBytes(16).toString('hex'),
      [headers.size]: size,
      [headers.sha256]: sha256,
      [headers.name]: encodeHeader(file.name ?? basename(file.path)),
      ...(options.operation && { [headers.operation]: options.operation }),
    },
    file: file.path,
    size,
    signal,
    onProgress: (sent) => options.onProgress?.(sent, size),
  };
  let reached = false;
  for (let attempt = 0; ; attempt += 1) {
    try {
      const offset = await ask(transport, sending);
      reached = true;
      if (offset > furthest) attempt = 0;
      furthest = Math.max(furthest, offset);
      const outcome = await send(transport, sending, offset);
      if (outcome !== 'elsewhere') return outcome.result;
    } catch (error) {
      const failure = transport.connection.explain(error, signal);
      // who never got through is told at once; who did is worth some patience
      if (failure.code !== 'unreachable' || !reached || attempt >= backOff.length) throw failure;
    }
    if (attempt >= backOff.length) {
      throw new ConpaasError('conflict', 'The server keeps losing what it was sent. Try again.', { retry: true });
    }
    await delay(backOff[attempt] ?? 0, undefined, signal && { signal }).catch(() => undefined);
    if (signal?.aborted) throw abortError(signal);
  }
}

async function ask(transport: Transport, sending: Sending): Promise<number> {
  using scope = openScope(sending.signal, timings.call);
  const answer = await exchange(transport, {
    method: 'GET',
    path: sending.path,
    headers: { ...sending.headers, [headers.timeout]: String(timings.call) },
    lasting: false,
    signal: scope.signal,
    repeatable: true,
  });
  const { offset } = (await readJson(answer, limits.requestBody)) as { offset?: unknown };
  if (typeof offset === 'number' && offset >= 0 && offset <= sending.size) return offset;
  throw new ConpaasError('internal', 'The server does not say how much of the upload it has.');
}

async function send(
  transport: Transport,
  sending: Sending,
  offset: number,
): Promise<'elsewhere' | { readonly result: unknown }> {
  const { signal, size } = sending;
  if (signal?.aborted) throw abortError(signal);
  const { promise, resolve, reject } = withResolvers<IncomingMessage>();
  const request = transport.connection.request({
    method: 'POST',
    path: sending.path,
    headers: {
      ...transport.headers,
      ...sending.headers,
      [headers.offset]: offset,
      'content-length': size - offset,
      'content-type': 'application/octet-stream',
    },
    lasting: true,
    signal,
  });
  request.on('response', resolve);
  request.on('error', reject);

  let sent = offset;
  sending.onProgress(sent);
  const stuck = () =>
    request.destroy(new ConpaasError('unreachable', 'The server takes no more bytes. Try again.', { retry: true }));
  const idle = setTimeout(stuck, timings.uploadIdle);
  const counting = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      sent += chunk.length;
      idle.refresh();
      sending.onProgress(sent);
      done(null, chunk);
    },
    flush(done) {
      clearTimeout(idle); // from here the server works, and may take its time
      if (sent === size) done();
      else done(new ConpaasError('checksum_mismatch', `${sending.file} changed while it was being sent.`));
    },
  });
  // whichever comes first counts: an answer before the last byte is a refusal
  const body =
    offset === size
      ? Promise.resolve(request.end())
      : pipeline(createReadStream(sending.file, { start: offset, end: size - 1 }), counting, request);
  body.catch(reject);
  try {
    const answer = await promise;
    if (answer.statusCode === wrongOffsetStatus) return 'elsewhere';
    if ((answer.statusCode ?? 0) >= 300) throw await failureOf(answer);
    return { result: await readJson(answer, limits.result) };
  } finally {
    clearTimeout(idle);
    if (!request.writableFinished) request.destroy();
  }
}
