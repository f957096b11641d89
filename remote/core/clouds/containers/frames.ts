/**
 * Standard output and error in one stream, as the Docker Engine API sends them without a terminal: frames of one byte
 * for the stream (1 output, 2 errors), three of nothing, four of length (big-endian), and that many bytes.
 */
import { ConpaasError } from '../../contract/errors.ts';

/** What programs of ours print is small; more is cut off with an error. */
const maxBytes = 8 * 1024 * 1024;

/** @throws ConpaasError `too_large`; `cloud_failed` where the stream ends within a frame */
export async function demultiplex(
  stream: AsyncIterable<Buffer>,
): Promise<{ readonly output: string; readonly errors: string }> {
  const parts: Record<number, Buffer[]> = {};
  let pending: Buffer = Buffer.alloc(0);
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.length;
    if (size > maxBytes) throw new ConpaasError('too_large', `A container printed more than ${maxBytes} bytes.`);
    pending = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    while (pending.length >= 8) {
      const end = 8 + pending.readUInt32BE(4);
      if (pending.length < end) break;
      const kind = pending.readUInt8(0);
      parts[kind] ??= [];
      parts[kind].push(pending.subarray(8, end));
      pending = pending.subarray(end);
    }
  }
  if (pending.length > 0) throw new ConpaasError('cloud_failed', 'What a container printed was cut short.');
  const text = (kind: number): string => Buffer.concat(parts[kind] ?? []).toString('utf8');
  return { output: text(1), errors: text(2) };
}
