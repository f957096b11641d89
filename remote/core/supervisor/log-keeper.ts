/**
 * Keeps one log: stamps it and rotates it. Beside `engine.log` lies `engine.log.times`, a sparse index:
 *
 *     generation 3 gap          generation counts rotations; gap: lines may have been lost before this file
 *     1840 1764000000123        all bytes before 1840 were there at that time (milliseconds since the epoch)
 *     lines 120400              so many lines came before this file; written when it is rotated (before: counted)
 *
 * so that a line's time can be told after the fact. Rotated files are `engine.log.1` (newest) and up, each with its
 * index. The engine's descriptor stays the same: the file is copied and truncated, and what was written between the
 * two is lost; unless the engine reopens its log at a signal.
 */
import { closeSync, constants, fstatSync, ftruncateSync, readSync, renameSync, rmSync, writeSync } from 'node:fs';
import { basename } from 'node:path';
import { openPlain, withDirectory } from './log-directory.ts';
import { append, countLines, linesBefore, openIfThere, readGeneration, readText } from './log-files.ts';

export interface LogKeeperOptions {
  readonly path: string;
  readonly maxBytes: number;
  /** Rotated files kept beside the living one. */
  readonly keep: number;
  /** Makes the writer reopen its log by name; otherwise copy and truncate. */
  readonly reopen?: (() => void) | undefined;
}

/** Entries of the index are at least this far apart. */
const stampEveryMs = 500;
const chunkBytes = 256 * 1024;

export interface LogKeeper {
  /** Looks at the log: stamps what has come, rotates when it is too big. Call it a few times a second. */
  look(): Promise<void>;
}

/** Makes the keeper of a log. It does nothing by itself. */
export function createLogKeeper(options: LogKeeperOptions): LogKeeper {
  const name = basename(options.path);
  let stampedSize: number | undefined;
  let stampedAt = 0;
  let looking: Promise<void> | undefined;

  async function look(): Promise<void> {
    await withDirectory(options.path, async (directory) => {
      const log = openIfThere(`${directory}/${name}`, constants.O_RDWR);
      if (log === undefined) return;
      try {
        stamp(directory, log);
        if (fstatSync(log).size > options.maxBytes) rotate(directory, log);
      } finally {
        closeSync(log);
      }
    });
  }

  function stamp(directory: string, log: number): void {
    const { size, mtimeMs } = fstatSync(log);
    const index = `${directory}/${name}.times`;
    stampedSize ??= lastStamp(index);
    if (stampedSize === undefined) startIndex(index, 1, false);
    else if (size < stampedSize) startIndex(index, readGeneration(index) + 1, true); // somebody else truncated it
    stampedSize ??= 0;
    if (size < stampedSize) stampedSize = 0;
    const now = Date.now();
    if (size === stampedSize || now - stampedAt < stampEveryMs) return;
    append(index, `${size} ${Math.min(now, Math.round(mtimeMs))}\n`);
    stampedSize = size;
    stampedAt = now;
  }

  function rotate(directory: string, log: number): void {
    const path = (n: number) => `${directory}/${name}${n === 0 ? '' : `.${n}`}`;
    const generation = readGeneration(`${path(0)}.times`);
    // Counted now, as the file before it may be gone at the next rotation.
    const before = linesBefore(directory, name, 0);
    append(`${path(0)}.times`, `lines ${before}\n`);
    rmSync(path(options.keep), { force: true });
    rmSync(`${path(options.keep)}.times`, { force: true });
    for (let n = options.keep - 1; n >= 1; n -= 1) {
      renameIfThere(path(n), path(n + 1));
      renameIfThere(`${path(n)}.times`, `${path(n + 1)}.times`);
    }
    append(`${path(0)}.times`, `${fstatSync(log).size} ${Date.now()}\n`);
    const lastCount = options.keep > 0 ? 0 : countLines(log, fstatSync(log).size);
    if (options.reopen) {
      if (options.keep > 0) renameSync(path(0), path(1));
      else rmSync(path(0), { force: true });
      closeSync(openPlain(path(0), constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL));
    } else {
      if (options.keep > 0) copy(log, path(1));
      ftruncateSync(log, 0);
    }
    if (options.keep > 0) renameIfThere(`${path(0)}.times`, `${path(1)}.times`);
    const after = options.keep > 0 ? undefined : before + lastCount;
    startIndex(`${path(0)}.times`, generation + 1, !options.reopen, after);
    stampedSize = 0;
    options.reopen?.();
  }

  return {
    look: () => {
      looking ??= look().finally(() => {
        looking = undefined;
      });
      return looking;
    },
  };
}

function startIndex(path: string, generation: number, gap: boolean, linesBefore?: number): void {
  rmSync(path, { force: true });
  append(path, `generation ${generation}${gap ? ' gap' : ''}\n`);
  if (linesBefore !== undefined) append(path, `lines ${linesBefore}\n`);
}

/** Size that the index knows of already; undefined where there is no index. */
function lastStamp(path: string): number | undefined {
  const text = readText(path, 4_000_000);
  if (text === '') return undefined;
  return Number(/(?:^|\n)([0-9]+) [0-9]+\n(?:lines [0-9]+\n)?$/.exec(text.slice(-100))?.[1] ?? 0);
}

function copy(from: number, to: string): void {
  rmSync(to, { force: true });
  const target = openPlain(to, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL);
  try {
    const buffer = Buffer.allocUnsafe(chunkBytes);
    let position = 0;
    for (;;) {
      const count = readSync(from, buffer, 0, buffer.length, position);
      if (count === 0) return;
      writeSync(target, buffer, 0, count);
      position += count;
    }
  } finally {
    closeSync(target);
  }
}

function renameIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}
