/**
 * What has been written to a log of requests since it was last looked at, at most the newest 256 KiB of it: response
 * times of that sample stand for all. Cheap however fast the log grows, and true as far as the newest requests are like
 * those some seconds older.
 */
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';

export interface LogSample {
  /** Whole lines, oldest first. */
  readonly lines: readonly string[];
  /** Lines written since: counted, or estimated from the sample's mean length. undefined: the log was rotated. */
  readonly written: number | undefined;
}

export interface LogSampler {
  /** The first look only finds the end of the log. undefined: there is nothing to say yet. */
  look(): Promise<LogSample | undefined>;
}

export const sampleBytes = 256 * 1024;

export function createLogSampler(path: string): LogSampler {
  let position: number | undefined;
  return {
    async look() {
      const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined;
        throw error;
      });
      if (!file) return undefined;
      try {
        const { size } = await file.stat();
        const from = position;
        position = size;
        if (from === undefined) return undefined;
        const rotated = size < from;
        const start = rotated ? 0 : from;
        const bytes = size - start;
        const begin = Math.max(start, size - sampleBytes);
        const buffer = Buffer.alloc(size - begin);
        const { bytesRead } = await file.read(buffer, 0, buffer.length, begin);
        const lines = buffer.toString('latin1', 0, bytesRead).split('\n');
        // What follows the last end of a line is read again when it is whole; a cut first line is left out.
        const rest = lines.pop() ?? '';
        position = size - rest.length;
        if (begin > start) lines.shift();
        const read = lines.reduce((sum, line) => sum + line.length + 1, 0);
        const written = begin > start && read > 0 ? (lines.length * (bytes - rest.length)) / read : lines.length;
        return { lines, written: rotated ? undefined : written };
      } finally {
        await file.close();
      }
    },
  };
}

/**
 * Percentiles by nearest rank.
 * @param parts between 0 and 1
 * @returns one value each, or undefined where there are no values
 */
export function percentiles(values: readonly number[], parts: readonly number[]): (number | undefined)[] {
  const sorted = Float64Array.from(values).sort();
  return parts.map((part) => sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)]);
}
