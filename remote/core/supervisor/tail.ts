/** Reads a kept log (log-keeper.ts) as lines with their times, across rotations, and goes on as it grows. */
import { closeSync, constants, fstatSync, readSync } from 'node:fs';
import { basename } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { inDirectory, openIfThere } from './log-files.ts';
import { type LogPiece, openLogReader } from './log-reader.ts';

export interface TailedLine {
  /** Milliseconds since the epoch; good to about half a second. */
  readonly time: number;
  readonly text: string;
  /** Lines lost before this place; -1: unknown count, perhaps none. `text` is empty then. */
  readonly gap?: number;
}

export interface TailOptions {
  /** Wait for more lines at the end. */
  readonly follow: boolean;
  /** Only lines of this time or later, milliseconds since the epoch. */
  readonly since?: number | undefined;
  /** Only the last so many of the lines that are there. */
  readonly tail?: number | undefined;
  readonly signal: AbortSignal;
}

const chunkBytes = 64 * 1024;
/** Milliseconds between looks at a log that has nothing new. */
export const pollMs = 120;

/** The lines of a log. A missing log is an empty one. Ends at the end of the log, or with `signal` when following. */
export async function* tailLog(path: string, options: TailOptions): AsyncIterable<TailedLine> {
  const { since, tail, signal } = options;
  const reader = openLogReader(path, { since, tail });
  while (!signal.aborted) {
    const piece = await reader.read(!options.follow);
    if (piece) {
      for (const line of linesOf(piece)) if (since === undefined || line.time >= since) yield line;
    } else if (options.follow) {
      await delay(pollMs, undefined, { signal }).catch(() => undefined); // aborted: the loop ends
    } else return;
  }
}

/** The lines of a piece, one by one. */
export function* linesOf(
  piece: Pick<LogPiece, 'count' | 'text' | 'times'> & { readonly gap?: number | undefined },
): Iterable<TailedLine> {
  const { times } = piece;
  if (piece.gap !== undefined) yield { time: times[1] ?? 0, text: '', gap: piece.gap };
  if (piece.count === 0) return;
  let entry = 0;
  let index = 0;
  for (const text of piece.text.split('\n')) {
    while (entry + 2 < times.length && (times[entry + 2] ?? 0) <= index) entry += 2;
    yield { time: times[entry + 1] ?? 0, text: text.endsWith('\r') ? text.slice(0, -1) : text };
    index += 1;
  }
}

/** The last lines of a log, at most `count`, beginning at byte `from` of the living file. For messages. */
export function lastLines(path: string, count: number, from = 0): Promise<string[]> {
  return inDirectory(path, (directory) => {
    const fd = openIfThere(`${directory}/${basename(path)}`, constants.O_RDONLY);
    if (fd === undefined) return [];
    try {
      const { size } = fstatSync(fd);
      const start = Math.max(from <= size ? from : 0, size - chunkBytes);
      const buffer = Buffer.alloc(size - start);
      const text = buffer.toString('utf8', 0, readSync(fd, buffer, 0, buffer.length, start));
      return text
        .split('\n')
        .map((line) => line.trimEnd().slice(0, 2_000))
        .filter((line) => line !== '')
        .slice(-count);
    } finally {
      closeSync(fd);
    }
  });
}
