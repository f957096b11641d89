/** The digest that files are addressed by. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { ConpaasError } from '../contract/errors.ts';

/**
 * Size in bytes and SHA-256 (lower-case hex) of a file, read in pieces.
 * @throws ConpaasError not_found where it cannot be read; what `signal` was aborted with
 */
export async function digestFile(
  path: string,
  signal: AbortSignal | undefined,
): Promise<{ readonly size: number; readonly sha256: string }> {
  const hash = createHash('sha256');
  let size = 0;
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 }) as AsyncIterable<Buffer>) {
      signal?.throwIfAborted();
      size += chunk.length;
      hash.update(chunk);
    }
  } catch (error) {
    if (signal?.aborted || error instanceof ConpaasError) throw error;
    throw new ConpaasError('not_found', `${path} cannot be read (${(error as NodeJS.ErrnoException).code}).`);
  }
  return { size, sha256: hash.digest('hex') };
}
