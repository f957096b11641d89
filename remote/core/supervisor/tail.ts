/** Reads a kept log (log-keeper.ts) as lines with their times, across rotations, and goes on as it grows. */
import { closeSync, constants, fstatSync, readSync } from 'node:fs';
import { basename } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { withDirectory } from './log-directory.ts';
import { openIfThere, readText } from './log-keeper.ts';

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
/** A longer line is given in pieces. */
const longestLine = 64 * 1024;
const pollMs = 120;
const newline = 0x0a;

/** One file of a log as it is now: the living one has `number` 0. */
interface File {
  readonly generation: number;
  readonly number: number;
  readonly gapBefore: boolean;
  readonly size: number;
  readonly mtime: number;
  /** [offset, time] pairs, growing. */
  readonly times: readonly (readonly [number, number])[];
}

/** The lines of a log. A missing log is an empty one. Ends at the end of the log, or with `signal` when following. */
export async function* tailLog(path: string, options: TailOptions): AsyncIterable<TailedLine> {
  const files = await list(path);
  let at = await startingPoint(path, files, options);
  let rest: Buffer = Buffer.alloc(0);
  let file = files.find((candidate) => candidate.generation === at.generation);
  while (!options.signal.aborted) {
    const chunk = await read(path, at);
    if (chunk.kind === 'lost') {
      yield { time: Date.now(), text: '', gap: -1 };
      at = { generation: chunk.oldest, position: 0 };
      rest = Buffer.alloc(0);
      file = undefined;
    } else if (chunk.bytes.length > 0) {
      if (!file || at.position + chunk.bytes.length > lastKnown(file)) file = await inspect(path, at.generation);
      const start = at.position - rest.length;
      const { lines, left } = cut(Buffer.concat([rest, chunk.bytes]));
      at = { ...at, position: at.position + chunk.bytes.length };
      rest = left;
      for (const line of lines) {
        const time = file ? timeOf(file, start + line.end) : Date.now();
        if (options.since === undefined || time >= options.since) yield { time, text: line.text };
      }
    } else {
      const last = chunk.newest === at.generation;
      if ((!last || !options.follow) && rest.length > 0) {
        yield { time: file ? timeOf(file, at.position) : Date.now(), text: rest.toString() };
        rest = Buffer.alloc(0);
      }
      if (!last) {
        at = { generation: at.generation + 1, position: 0 };
        file = await inspect(path, at.generation);
        if (file?.gapBefore) yield { time: file.times[0]?.[1] ?? file.mtime, text: '', gap: -1 };
      } else if (options.follow) {
        await delay(pollMs, undefined, { signal: options.signal }).catch(() => undefined); // aborted: the loop ends
      } else return;
    }
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

interface Place {
  readonly generation: number;
  readonly position: number;
}

async function startingPoint(path: string, files: readonly File[], options: TailOptions): Promise<Place> {
  const oldest: Place = { generation: files[0]?.generation ?? 1, position: 0 };
  const bySince = options.since === undefined ? oldest : await sincePlace(path, files, options.since);
  if (options.tail === undefined) return bySince;
  const byTail = await tailPlace(path, files, options.tail);
  const later =
    byTail.generation > bySince.generation ||
    (byTail.generation === bySince.generation && byTail.position > bySince.position);
  return later ? byTail : bySince;
}

/** A place at or shortly before the first line of that time. */
async function sincePlace(path: string, files: readonly File[], since: number): Promise<Place> {
  for (const file of files) {
    const newest = file.times.at(-1)?.[1];
    if (file.number > 0 && newest !== undefined && newest < since) continue;
    const before = file.times.findLast(([, time]) => time < since);
    if (!before) return { generation: file.generation, position: 0 };
    // A stamp may lie within a line: begin at that line's start.
    let position = before[0];
    while (position > 0) {
      const from = Math.max(0, position - chunkBytes);
      const bytes = await readAt(path, file.number, from, position - from);
      const found = bytes.lastIndexOf(newline);
      if (found >= 0) return { generation: file.generation, position: from + found + 1 };
      position = from;
    }
    return { generation: file.generation, position: 0 };
  }
  return { generation: files.at(-1)?.generation ?? 1, position: files.at(-1)?.size ?? 0 };
}

/** Where the last `count` lines begin. */
async function tailPlace(path: string, files: readonly File[], count: number): Promise<Place> {
  const newest = files.at(-1);
  if (count <= 0 && newest) return { generation: newest.generation, position: newest.size };
  let missing = count;
  for (const file of files.toReversed()) {
    let position = file.size;
    while (position > 0) {
      const from = Math.max(0, position - chunkBytes);
      const bytes = await readAt(path, file.number, from, position - from);
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

function readAt(path: string, number: number, position: number, length: number): Promise<Buffer> {
  return inDirectory(path, (directory) => readBytes(fileName(directory, path, number), position, length));
}

function readBytes(file: string, position: number, length: number): Buffer {
  const fd = openIfThere(file, constants.O_RDONLY);
  if (fd === undefined) return Buffer.alloc(0);
  try {
    const buffer = Buffer.alloc(length);
    return buffer.subarray(0, readSync(fd, buffer, 0, length, position));
  } finally {
    closeSync(fd);
  }
}

type Chunk = { kind: 'bytes'; bytes: Buffer; newest: number } | { kind: 'lost'; oldest: number };

/** The bytes at a place, wherever rotation has moved them. */
function read(path: string, at: Place): Promise<Chunk> {
  return inDirectory(path, (directory): Chunk => {
    const { generation: newest } = header(directory, path, 0);
    const number = newest - at.generation;
    const file = fileName(directory, path, number);
    const fd = number < 0 ? undefined : openIfThere(file, constants.O_RDONLY);
    if (fd === undefined) {
      if (number === 0) return { kind: 'bytes', bytes: Buffer.alloc(0), newest }; // no log yet
      return { kind: 'lost', oldest: oldestGeneration(directory, path, newest) };
    }
    try {
      const { size } = fstatSync(fd);
      if (number === 0 && size < at.position) return { kind: 'lost', oldest: newest }; // truncated by somebody else
      const buffer = Buffer.alloc(Math.min(chunkBytes, Math.max(0, size - at.position)));
      return { kind: 'bytes', bytes: buffer.subarray(0, readSync(fd, buffer, 0, buffer.length, at.position)), newest };
    } finally {
      closeSync(fd);
    }
  });
}

function oldestGeneration(directory: string, path: string, newest: number): number {
  let number = 0;
  while (exists(fileName(directory, path, number + 1))) number += 1;
  return newest - number;
}

function list(path: string): Promise<File[]> {
  return inDirectory(path, (directory) => {
    const newest = header(directory, path, 0).generation;
    const files: File[] = [];
    for (let number = 0; exists(fileName(directory, path, number)); number += 1) {
      files.unshift(load(directory, path, number, newest - number));
    }
    return files;
  });
}

function inspect(path: string, generation: number): Promise<File | undefined> {
  return inDirectory(path, (directory) => {
    const number = header(directory, path, 0).generation - generation;
    if (number < 0 || !exists(fileName(directory, path, number))) return undefined;
    return load(directory, path, number, generation);
  });
}

function load(directory: string, path: string, number: number, generation: number): File {
  const name = fileName(directory, path, number);
  const index = readText(`${name}.times`, 4_000_000);
  const fd = openIfThere(name, constants.O_RDONLY);
  const stat = fd === undefined ? { size: 0, mtimeMs: 0 } : fstatSync(fd);
  if (fd !== undefined) closeSync(fd);
  const times = [...index.matchAll(/^([0-9]+) ([0-9]+)$/gm)].map(
    (match) => [Number(match[1]), Number(match[2])] as const,
  );
  const gapBefore = /^generation [0-9]+ gap/.test(index);
  return { generation, number, gapBefore, size: stat.size, mtime: Math.round(stat.mtimeMs), times };
}

function header(directory: string, path: string, number: number): { generation: number } {
  const text = readText(`${fileName(directory, path, number)}.times`, 64);
  return { generation: Number(/^generation ([0-9]+)/.exec(text)?.[1] ?? 1) };
}

function exists(file: string): boolean {
  const fd = openIfThere(file, constants.O_RDONLY);
  if (fd !== undefined) closeSync(fd);
  return fd !== undefined;
}

function fileName(directory: string, path: string, number: number): string {
  return `${directory}/${basename(path)}${number === 0 ? '' : `.${number}`}`;
}

function lastKnown(file: File): number {
  return file.times.at(-1)?.[0] ?? 0;
}

/** When the byte before `end` was written: the first stamp that covers it, else the file's own time. */
function timeOf(file: File, end: number): number {
  let low = 0;
  let high = file.times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((file.times[middle]?.[0] ?? 0) >= end) high = middle;
    else low = middle + 1;
  }
  return file.times[low]?.[1] ?? file.mtime;
}

/** Whole lines of a buffer with the offset of their end in it, and what is left. */
function cut(buffer: Buffer): { lines: { text: string; end: number }[]; left: Buffer } {
  const lines: { text: string; end: number }[] = [];
  let start = 0;
  for (;;) {
    const found = buffer.indexOf(newline, start);
    if (found < 0) break;
    const end = found > start && buffer[found - 1] === 0x0d ? found - 1 : found;
    lines.push({ text: buffer.toString('utf8', start, end), end: found + 1 });
    start = found + 1;
  }
  if (buffer.length - start > longestLine) {
    lines.push({ text: buffer.toString('utf8', start), end: buffer.length });
    start = buffer.length;
  }
  return { lines, left: buffer.subarray(start) };
}

/** As `withDirectory`; a directory that is not there (yet) looks like one without the log. */
async function inDirectory<T>(path: string, use: (directory: string) => T): Promise<T> {
  try {
    return await withDirectory(path, use);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return use('/proc/self/fd/missing');
  }
}
