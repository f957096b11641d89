/** Streams of bytes in pieces: through a transformation, checked by their digest, and read line by line or by length. */
import { createHash } from 'node:crypto';
import { Readable, type Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ConpaasError } from '../contract/errors.ts';

/** A stream that is read in parts, one after the other. */
export type Bytes = AsyncGenerator<Buffer, void>;

/** Bytes through a transformation; ends with whatever either of the two fails with. */
export async function* through(source: AsyncIterable<Uint8Array>, transform: Transform): AsyncGenerator<Buffer, void> {
  // Its failure comes by the transformation, which it destroys.
  pipeline(Readable.from(source, { objectMode: false }), transform).catch(() => undefined);
  yield* transform as AsyncIterable<Buffer>;
}

/** The same bytes. @throws ConpaasError checksum_mismatch at their end */
export async function* hashed<Part extends Uint8Array>(
  bytes: AsyncIterable<Part>,
  sha256: string,
  what: string,
): AsyncGenerator<Part, void> {
  const hash = createHash('sha256');
  for await (const part of bytes) {
    hash.update(part);
    yield part;
  }
  if (hash.digest('hex') === sha256) return;
  throw new ConpaasError('checksum_mismatch', `${what[0]?.toUpperCase()}${what.slice(1)} is damaged.`);
}

/** Bytes that were read too far, to be read again first. */
const readAhead = new WeakMap<Bytes, Buffer>();

/** The next piece; undefined: that was all. */
export async function nextOf(bytes: Bytes): Promise<Buffer | undefined> {
  const ahead = readAhead.get(bytes);
  if (ahead) {
    readAhead.delete(bytes);
    return ahead;
  }
  const next = await bytes.next();
  return next.done ? undefined : next.value;
}

/** The text up to the end of the line; undefined: there is no such end within `longest` bytes. */
export async function lineOf(bytes: Bytes, longest: number): Promise<string | undefined> {
  const parts: Buffer[] = [];
  for (let length = 0; length < longest; ) {
    const next = await nextOf(bytes);
    if (next === undefined) return undefined;
    const end = next.indexOf(0x0a);
    if (end < 0) {
      parts.push(next);
      length += next.length;
      continue;
    }
    if (end + 1 < next.length) unread(bytes, next.subarray(end + 1));
    return Buffer.concat([...parts, next.subarray(0, end)]).toString('utf8');
  }
  return undefined;
}

/** What was read too far is read again first. */
export function unread(bytes: Bytes, part: Buffer): void {
  readAhead.set(bytes, part);
}
