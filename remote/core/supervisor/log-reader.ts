/**
 * Reads a kept log (log-keeper.ts) in pieces of whole lines, across rotations, from any place and with the number of
 * each line: what was read once can be gone on from without a hole or a double, by whoever keeps the place.
 */
import { basename } from 'node:path';
import {
  inDirectory,
  type LogFile,
  linesBefore,
  linesUpTo,
  listFiles,
  loadFile,
  newline,
  numberOf,
  readAt,
  stampOf,
  startingPoint,
  statOf,
} from './log-files.ts';

/** Where the next line begins: file, byte, and how many lines of this log came before it. */
export interface LogPlace {
  readonly generation: number;
  readonly position: number;
  readonly seq: number;
}

/** Some lines in a row. */
export interface LogPiece {
  /** Number of the first line; lines count from 0 since the log began. */
  readonly seq: number;
  readonly count: number;
  /** The lines with line feeds between them; a carriage return before one is still there. */
  readonly text: string;
  /** Which lines have which time: index of the first, milliseconds since the epoch, index, milliseconds … */
  readonly times: readonly number[];
  /** Lines that went before they could be read, right before these; -1: unknown, perhaps none. */
  readonly gap?: number;
  /** Bytes of the same file that are there already but not read yet. */
  readonly behind: number;
  readonly next: LogPlace;
}

export interface LogReaderOptions {
  /** Goes on here; otherwise `since` and `tail` say where. */
  readonly from?: LogPlace | undefined;
  readonly since?: number | undefined;
  readonly tail?: number | undefined;
}

export interface LogReader {
  /** The next lines; undefined when there are none now. A line that has no end yet waits for it, unless `rest`. */
  read(rest: boolean): Promise<LogPiece | undefined>;
}

const pieceBytes = 128 * 1024;
/** A longer line is given in pieces, which share its number. */
const longestLine = 64 * 1024;
/** An engine that was told to open a new file may write to the old one for a moment. */
const reopenMs = 1_000;

/** Opens a log for reading. One that is missing is empty, and read once it comes. */
export function openLogReader(path: string, options: LogReaderOptions): LogReader {
  let at: LogPlace | undefined = options.from;
  let file: LogFile | undefined;

  function start(directory: string): LogPlace {
    const place = startingPoint(directory, path, options);
    const number = numberOf(directory, path, place.generation);
    if (number === undefined) return { ...place, seq: 0 };
    const before = linesBefore(directory, basename(path), number);
    return { ...place, seq: before + linesUpTo(directory, path, number, place.position) };
  }

  /** Goes on at the oldest file after the one that is gone. */
  function afterLoss(directory: string, place: LogPlace): LogPiece | undefined {
    const files = listFiles(directory, path);
    const oldest = files.find(({ generation }) => generation > place.generation) ?? files[0];
    if (!oldest) return undefined; // no log yet
    const seq = linesBefore(directory, basename(path), oldest.number);
    const lost = seq - place.seq;
    const next = { generation: oldest.generation, position: 0, seq: Math.max(seq, place.seq) };
    return { seq: place.seq, count: 0, text: '', times: [0, Date.now()], gap: lost > 0 ? lost : -1, behind: 0, next };
  }

  function readNow(directory: string, rest: boolean): LogPiece | undefined {
    at ??= start(directory);
    const number = numberOf(directory, path, at.generation);
    if (number === undefined) return afterLoss(directory, at);
    const stat = statOf(directory, path, number);
    if (!stat || stat.size < at.position) return undefined; // truncated by somebody else: the keeper will say so
    const bytes = readAt(directory, path, number, at.position, Math.min(pieceBytes, stat.size - at.position));
    const complete = bytes.lastIndexOf(newline) + 1;
    if (complete > 0) return piece(directory, number, at, bytes.subarray(0, complete), stat.size);
    if (bytes.length >= longestLine) return piece(directory, number, at, bytes.subarray(0, longestLine), stat.size);
    if (number === 0) return rest && bytes.length > 0 ? piece(directory, number, at, bytes, stat.size) : undefined;
    const following = loadFile(directory, path, number - 1);
    if (!following.gapBefore && Date.now() - stat.mtime < reopenMs) {
      if (!rest) return undefined;
    }
    if (bytes.length > 0) return piece(directory, number, at, bytes, stat.size);
    const next = { generation: following.generation, position: 0, seq: at.seq };
    const time = following.times[0]?.[1] ?? following.mtime;
    const gap = following.gapBefore ? { gap: -1 } : {};
    return { seq: at.seq, count: 0, text: '', times: [0, time], ...gap, behind: following.size, next };
  }

  function piece(directory: string, number: number, place: LogPlace, bytes: Buffer, size: number): LogPiece {
    const end = place.position + bytes.length;
    if (file?.generation !== place.generation || end > (file.times.at(-1)?.[0] ?? 0)) {
      file = loadFile(directory, path, number);
    }
    const { count, ended, times } = linesOf(file, place.position, bytes);
    const text = bytes.toString('utf8', 0, ended === count ? bytes.length - 1 : bytes.length);
    const next = { generation: place.generation, position: end, seq: place.seq + ended };
    return { seq: place.seq, count, text, times, behind: size - end, next };
  }

  return {
    read: async (rest) => {
      for (;;) {
        const found = await inDirectory(path, (directory) => readNow(directory, rest));
        if (found) at = found.next;
        // A change of file that lost nothing is nobody's business.
        if (!found || found.count > 0 || found.gap !== undefined) return found;
      }
    },
  };
}

/** Lines of some bytes and their times; the last may have no end. */
function linesOf(file: LogFile, position: number, bytes: Buffer): { count: number; ended: number; times: number[] } {
  const times: number[] = [];
  let count = 0;
  let stamp = -1;
  const line = (end: number): void => {
    while (stamp < 0 || (stamp < file.times.length && (file.times[stamp]?.[0] ?? 0) < end)) {
      stamp = stamp < 0 ? stampOf(file, end) : stamp + 1;
    }
    const time = file.times[stamp]?.[1] ?? file.mtime;
    if (times.at(-1) !== time) times.push(count, time);
    count += 1;
  };
  let start = 0;
  for (let found = bytes.indexOf(newline); found >= 0; found = bytes.indexOf(newline, start)) {
    start = found + 1;
    line(position + start);
  }
  const ended = count;
  if (start < bytes.length) line(position + bytes.length);
  return { count, ended, times };
}
