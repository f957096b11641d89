/** JSON in and out of HTTP messages. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { ConpaasError, type Failure } from '../contract/errors.ts';
import { statusOf, timings } from './wire.ts';

/**
 * The whole body, refused as soon as it is known to be larger than `cap` bytes.
 * @throws ConpaasError too_large
 */
export async function readBody(message: IncomingMessage, cap: number): Promise<Buffer> {
  const tooLarge = () =>
    new ConpaasError('too_large', `The message is larger than ${Math.floor(cap / 1024 / 1024)} MiB.`);
  if (Number(message.headers['content-length'] ?? 0) > cap) throw tooLarge();
  const chunks: Buffer[] = [];
  let size = 0;
  let idle: NodeJS.Timeout | undefined;
  const whole = new Promise<void>((resolve, reject) => {
    const late = () => reject(new ConpaasError('deadline_exceeded', 'The rest of a message did not come. Try again.'));
    idle = setTimeout(late, timings.bodyIdle);
    message.on('data', (chunk: Buffer) => {
      idle?.refresh();
      size += chunk.length;
      if (size <= cap) chunks.push(chunk);
      else reject(tooLarge());
    });
    message.on('end', resolve);
    message.on('error', reject);
    message.on('close', () => reject(new Error('the connection closed in the middle of a message')));
  });
  await whole.finally(() => clearTimeout(idle));
  return Buffer.concat(chunks);
}

/** The body as JSON; an empty one is `{}`. @throws ConpaasError invalid_request, too_large */
export async function readJson(message: IncomingMessage, cap: number): Promise<unknown> {
  const body = await readBody(message, cap);
  if (body.length === 0) return {};
  try {
    return JSON.parse(body.toString());
  } catch (error) {
    throw new ConpaasError('invalid_request', `The body of the request is not JSON: ${(error as Error).message}.`);
  }
}

/** Sends a JSON answer. */
export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  const body = Buffer.from(JSON.stringify(value) ?? 'null');
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': body.length }).end(body);
}

/**
 * Sends a failure. What is left of the request's body is read and thrown away for a moment, so that a client that is
 * still sending sees the answer and not a reset connection.
 */
export function sendFailure(request: IncomingMessage, response: ServerResponse, failure: Failure, status?: number) {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  if (!request.complete) {
    response.setHeader('connection', 'close');
    request.unpipe();
    request.resume();
    const end = () => request.destroy();
    response.once('finish', () => {
      const timer = setTimeout(end, 2000);
      request.once('close', () => clearTimeout(timer)).once('error', () => clearTimeout(timer));
    });
  }
  sendJson(response, status ?? statusOf(failure), { failure });
}

/** Answers an upgrade with a failure instead. */
export function refuseUpgrade(socket: Duplex, failure: Failure): void {
  const body = JSON.stringify({ failure });
  socket.end(
    `HTTP/1.1 ${statusOf(failure)} Refused\r\ncontent-type: application/json\r\nconnection: close\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
