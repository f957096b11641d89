/** The files of a kept log (log-keeper.ts), as they lie in its directory: sizes, times, and where lines begin. */
import { closeSync, constants, fstatSync, readSync, writeSync } from 'node:fs';
import { basename } from 'node:path';
import { openPlain, withDirectory } from './log-directory.ts';

const chunkBytes = 64 * 1024;
const largestIndex = 4_000_000;
export const newline = 0x0a;

/** One file of a log as it is now: the living one has `number` 0. */
export interface LogFile {
  readonly generation: number;
  readonly number: number;
  readonly gapBefore: boolean;
  readonly size: number;
  readonly mtime: number;
  /** [offset, time] pairs, growing. */
  readonly times: readonly (readonly [number, number])[];
}

/** Calls `use` with the log's directory; one that is not there (yet) looks like one without the log. */
export async function inDirectory<T>(path: string, use: (directory: string) => T): Promise<T> {
  try {
    return await withDirectory(path, use);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return use('/proc/self/fd/missing');
  }
}

/** All files of a log, the oldest first. */
export function listFiles(directory: string, path: string): LogFile[] {
  const files: LogFile[] = [];
  for (let number = 0; exists(fileName(directory, path, number)); number += 1) {
    files.unshift(loadFile(directory, path, number));
  }
  return files;
}

/** Number of the file of a generation; undefined where it is gone. */
export function numberOf(directory: string, path: string, generation: number): number | undefined {
  const name = basename(path);
  const guess = readGeneration(`${directory}/${name}.times`) - generation;
  for (const number of [guess, ...Array.from({ length: 64 }, (_, index) => index)]) {
    if (number < 0) continue;
    const file = fileName(directory, path, number);
    if (!exists(file)) {
      if (number === guess) continue;
      return undefined;
    }
    if (readGeneration(`${file}.times`) === generation) return number;
  }
  return undefined;
}

export function loadFile(directory: string, path: string, number: number): LogFile {
  const name = fileName(directory, path, number);
  const index = readText(`${name}.times`, largestIndex);
  const fd = openIfThere(name, constants.O_RDONLY);
  const stat = fd === undefined ? { size: 0, mtimeMs: 0 } : fstatSync(fd);
  if (fd !== undefined) closeSync(fd);
  const times = [...index.matchAll(/^([0-9]+) ([0-9]+)$/gm)].map(
    (match) => [Number(match[1]), Number(match[2])] as const,
  );
  const generation = Number(/^generation ([0-9]+)/.exec(index)?.[1] ?? 1);
  const gapBefore = /^generation [0-9]+ gap/.test(index);
  return { generation, number, gapBefore, size: stat.size, mtime: Math.round(stat.mtimeMs), times };
}

/** When the byte before `end` was written: the first stamp that covers it, else the file's own time. */
export function timeOf(file: LogFile, end: number): number {
  return file.times[stampOf(file, end)]?.[1] ?? file.mtime;
}

/** Index of the first stamp that covers the byte before `end`. */
export function stampOf(file: LogFile, end: number): number {
  let low = 0;
  let high = file.times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((file.times[middle]?.[0] ?? 0) >= end) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** How many lines of the log came before a file of it, whether they are still there or not. */
export function linesBefore(directory: string, name: string, number: number): number {
  const file = fileName(directory, name, number);
  const known = /^lines ([0-9]+)$/m.exec(readText(`${file}.times`, largestIndex))?.[1];
  if (known !== undefined) return Number(known);
  const earlier = openIfThere(fileName(directory, name, number + 1), constants.O_RDONLY);
  if (earlier === undefined) return 0;
  try {
    return linesBefore(directory, name, number + 1) + countLines(earlier, fstatSync(earlier).size);
  } finally {
    closeSync(earlier);
  }
}

/** Line ends in the first `end` bytes of an open file. */
export function countLines(fd: number, end: number): number {
  const buffer = Buffer.allocUnsafe(4 * chunkBytes);
  let count = 0;
  for (let position = 0; position < end; ) {
    const read = readSync(fd, buffer, 0, Math.min(buffer.length, end - position), position);
    if (read === 0) break;
    const bytes = buffer.subarray(0, read);
    for (let at = bytes.indexOf(newline); at >= 0; at = bytes.indexOf(newline, at + 1)) count += 1;
    position += read;
  }
  return count;
}

/** Line ends of a file of the log before a position. */
export function linesUpTo(directory: string, path: string, number: number, position: number): number {
  const fd = openIfThere(fileName(directory, path, number), constants.O_RDONLY);
  if (fd === undefined) return 0;
  try {
    return countLines(fd, position);
  } finally {
    closeSync(fd);
  }
}

export interface FilePlace {
  readonly generation: number;
  readonly position: number;
}

/** Where to begin: at or shortly before `since`, or at the last `tail` lines, whichever is later. */
export function startingPoint(
  directory: string,
  path: string,
  options: { readonly since?: number | undefined; readonly tail?: number | undefined },
): FilePlace {
  const files = listFiles(directory, path);
  const oldest: FilePlace = { generation: files[0]?.generation ?? 1, position: 0 };
  const bySince = options.since === undefined ? oldest : sincePlace(directory, path, files, options.since);
  if (options.tail === undefined) return bySince;
  const byTail = tailPlace(directory, path, files, options.tail);
  const later =
    byTail.generation > bySince.generation ||
    (byTail.generation === bySince.generation && byTail.position > bySince.position);
  return later ? byTail : bySince;
}

/** A place at or shortly before the first line of that time. */
function sincePlace(directory: string, path: string, files: readonly LogFile[], since: number): FilePlace {
  for (const file of files) {
    const newest = file.times.at(-1)?.[1];
    if (file.number > 0 && newest !== undefined && newest < since) continue;
    const before = file.times.findLast(([, time]) => time < since);
    if (!before) return { generation: file.generation, position: 0 };
    // A stamp may lie within a line: begin at that line's start.
    let position = before[0];
    while (position > 0) {
      const from = Math.max(0, position - chunkBytes);
      const found = readAt(directory, path, file.number, from, position - from).lastIndexOf(newline);
      if (found >= 0) return { generation: file.generation, position: from + found + 1 };
      position = from;
    }
    return { generation: file.generation, position: 0 };
  }
  return { generation: files.at(-1)?.generation ?? 1, position: files.at(-1)?.size ?? 0 };
}

/** Where the last `count` lines begin. */
function tailPlace(directory: string, path: string, files: readonly LogFile[], count: number): FilePlace {
  const newest = files.at(-1);
  if (count <= 0 && newest) return { generation: newest.generation, position: newest.size };
  let missing = count;
  for (const file of files.toReversed()) {
    let position = file.size;
    while (position > 0) {
      const from = Math.max(0, position - chunkBytes);
      const bytes = readAt(directory, path, file.number, from, position - from);
      for (let at = bytes.length - 1; at >= 0; at -= 1) {
        const ends = bytes[at] === newline && from + at + 1 < file.size;
        if (!ends) continue;
        missing -= 1;
        if (missing <= 0) return { generation: file.generation, position: from + at + 1 };
      }
      position = from;
    }
    if (file.size > 0) missing -= 1;
    if (missing <= 0) return { generation: file.generation, position: 0 };
  }
  return { generation: files[0]?.generation ?? 1, position: 0 };
}

export function readAt(directory: string, path: string, number: number, position: number, length: number): Buffer {
  const fd = openIfThere(fileName(directory, path, number), constants.O_RDONLY);
  if (fd === undefined) return Buffer.alloc(0);
  try {
    const buffer = Buffer.allocUnsafe(length);
    return buffer.subarray(0, readSync(fd, buffer, 0, length, position));
  } finally {
    closeSync(fd);
  }
}

/** Size and time of change of a file; undefined where there is none. */
export function statOf(directory: string, path: string, number: number): { size: number; mtime: number } | undefined {
  const fd = openIfThere(fileName(directory, path, number), constants.O_RDONLY);
  if (fd === undefined) return undefined;
  try {
    const { size, mtimeMs } = fstatSync(fd);
    return { size, mtime: mtimeMs };
  } finally {
    closeSync(fd);
  }
}

/** Generation of a log by the first line of its index; 1 where there is none. */
export function readGeneration(index: string): number {
  return Number(/^generation ([0-9]+)/.exec(readText(index, 64))?.[1] ?? 1);
}

export function fileName(directory: string, path: string, number: number): string {
  return `${directory}/${basename(path)}${number === 0 ? '' : `.${number}`}`;
}

function exists(file: string): boolean {
  const fd = openIfThere(file, constants.O_RDONLY);
  if (fd !== undefined) closeSync(fd);
  return fd !== undefined;
}

/** First bytes of a small file; empty where it is missing. */
export function readText(path: string, limit: number): string {
  const fd = openIfThere(path, constants.O_RDONLY);
  if (fd === undefined) return '';
  try {
    const buffer = Buffer.alloc(Math.min(limit, fstatSync(fd).size));
    return buffer.toString('utf8', 0, readSync(fd, buffer, 0, buffer.length, 0));
  } finally {
    closeSync(fd);
  }
}

export function openIfThere(path: string, flags: number): number | undefined {
  try {
    return openPlain(path, flags);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

export function append(path: string, text: string): void {
  const fd = openPlain(path, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT);
  try {
    writeSync(fd, text);
  } finally {
    closeSync(fd);
  }
}
