import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  createLogKeeper,
  type LogPiece,
  lastLines,
  linesOf,
  openLog,
  openLogReader,
  type TailedLine,
  tailLog,
} from './index.ts';

let directory: string;
let path: string;
const never = new AbortController().signal;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'log-'));
  path = join(directory, 'engine.log');
});
afterEach(() => rmSync(directory, { recursive: true }));

async function read(options: { since?: number; tail?: number } = {}): Promise<TailedLine[]> {
  const lines: TailedLine[] = [];
  for await (const line of tailLog(path, { follow: false, signal: never, ...options })) lines.push(line);
  return lines;
}
const texts = (lines: TailedLine[]) => lines.map(({ text, gap }) => (gap === undefined ? text : `gap ${gap}`));

/** Writes lines as if at a time, and has the keeper look. */
async function writeAt(time: number, text: string, keeper = createLogKeeper({ path, maxBytes: 1e6, keep: 1 })) {
  appendFileSync(path, text);
  utimesSync(path, time / 1000, time / 1000);
  await keeper.look();
}

test('lines are stamped, and found again by time and by number', async () => {
  await writeAt(1_000_000, 'one\ntwo\n');
  await writeAt(2_000_000, 'three\nfo');
  await writeAt(3_000_000, 'ur\nfive');
  expect(await read()).toEqual([
    { time: 1_000_000, text: 'one' },
    { time: 1_000_000, text: 'two' },
    { time: 2_000_000, text: 'three' },
    { time: 3_000_000, text: 'four' },
    { time: 3_000_000, text: 'five' },
  ]);
  expect(texts(await read({ since: 2_000_000 }))).toEqual(['three', 'four', 'five']);
  expect(texts(await read({ since: 2_500_000 }))).toEqual(['four', 'five']);
  expect(texts(await read({ tail: 2 }))).toEqual(['four', 'five']);
  expect(texts(await read({ tail: 0 }))).toEqual([]);
  expect(texts(await read({ tail: 99 }))).toHaveLength(5);
  expect(await lastLines(path, 2)).toEqual(['four', 'five']);
});

test('rotation by copying keeps the writer and shows a gap; the oldest file goes', async () => {
  const keeper = createLogKeeper({ path, maxBytes: 10, keep: 2 });
  await writeAt(1_000_000, 'aaaaaaaaaaaaa\n', keeper);
  await writeAt(2_000_000, 'bbbbbbbbbbbbb\n', keeper);
  await writeAt(3_000_000, 'ccccccccccccc\n', keeper);
  await writeAt(4_000_000, 'd\n', keeper);
  expect(texts(await read())).toEqual(['bbbbbbbbbbbbb', 'gap -1', 'ccccccccccccc', 'gap -1', 'd']);
  expect(texts(await read({ tail: 2 }))).toEqual(['ccccccccccccc', 'gap -1', 'd']);
  expect(existsSync(`${path}.3`)).toBe(false);
});

test('rotation with a reopening writer loses nothing', async () => {
  let fd = openLog(path);
  const keeper = createLogKeeper({
    path,
    maxBytes: 5,
    keep: 2,
    reopen: () => {
      fd = openLog(path);
    },
  });
  for (const line of ['first line\n', 'second line\n', 'end\n']) {
    writeFileSync(fd, line);
    await keeper.look();
  }
  expect(texts(await read())).toEqual(['first line', 'second line', 'end']);
});

test('a follower sees every line across rotations, and a gap where it was too slow', async () => {
  const keeper = createLogKeeper({ path, maxBytes: 1_000, keep: 1 });
  const stop = new AbortController();
  const lines = tailLog(path, { follow: true, signal: stop.signal })[Symbol.asyncIterator]();
  const next = async () => (await lines.next()).value as TailedLine;
  await writeAt(Date.now(), 'one\n', keeper);
  expect((await next()).text).toBe('one');
  await writeAt(Date.now(), `${'x'.repeat(2_000)}\nbefore\n`, keeper);
  await writeAt(Date.now(), 'after\n', keeper);
  expect((await next()).text).toHaveLength(2_000);
  expect((await next()).text).toBe('before');
  expect((await next()).gap).toBe(-1);
  expect((await next()).text).toBe('after');
  for (let n = 0; n < 3; n += 1) await writeAt(Date.now(), `${n}${'y'.repeat(2_000)}\n`, keeper);
  await writeAt(Date.now(), 'end\n', keeper);
  expect((await next()).gap).toBe(2); // of the three, the newest is kept
  let last = '';
  while (last !== 'end') last = (await next()).text;
  stop.abort();
  expect((await lines.next()).done).toBe(true);
});

test('a log that is not there yet is empty, and followed once it comes', async () => {
  path = join(directory, 'later', 'engine.log');
  expect(await read()).toEqual([]);
  const stop = new AbortController();
  const first = tailLog(path, { follow: true, signal: stop.signal })[Symbol.asyncIterator]().next();
  mkdirSync(join(directory, 'later'));
  writeFileSync(path, 'at last\n');
  expect((await first).value).toMatchObject({ text: 'at last' });
  stop.abort();
});

test('links in place of a log or of its directory are refused, and what they lead to stays as it is', async () => {
  const secret = join(directory, 'key.pem');
  writeFileSync(secret, 'secret');
  symlinkSync(secret, path);
  expect(() => openLog(path)).toThrow();
  await expect(read()).rejects.toThrow();
  mkdirSync(join(directory, 'real'));
  symlinkSync(join(directory, 'real'), join(directory, 'logs'));
  expect(() => openLog(join(directory, 'logs', 'x.log'))).toThrow(/through a link/);
  expect(readFileSync(secret, 'utf8')).toBe('secret');
});

test('lines have numbers, and reading goes on from a place without holes or doubles', async () => {
  const keeper = createLogKeeper({ path, maxBytes: 60, keep: 3 });
  const pieces: LogPiece[] = [];
  let from: LogPiece['next'] | undefined;
  for (let n = 0; n < 40; n += 1) {
    await writeAt(Date.now(), `line ${n}\r\n`, keeper);
    if (n % 3 > 0) continue;
    // A reader of its own each time, as after a reconnect.
    const reader = openLogReader(path, { from });
    for (let piece = await reader.read(false); piece; piece = await reader.read(false)) {
      pieces.push(piece);
      from = piece.next;
    }
  }
  const lines = pieces.flatMap((piece) => [...linesOf(piece)].filter(({ gap }) => gap === undefined));
  expect(lines.map(({ text }) => text)).toEqual(Array.from({ length: 40 }, (_, n) => `line ${n}`));
  const numbered = pieces.filter(({ count }) => count > 0);
  expect(numbered.map(({ seq }) => seq)).toEqual(
    numbered.map((_, index) => numbered.slice(0, index).reduce((sum, { count }) => sum + count, 0)),
  );
  const tail = await openLogReader(path, { tail: 2 }).read(false);
  expect(tail).toMatchObject({ seq: 38, count: 2, text: 'line 38\r\nline 39\r' });
});

test('a line without an end, one that is longer than a piece, and what was rotated away are all told', async () => {
  const keeper = createLogKeeper({ path, maxBytes: 1e6, keep: 1 });
  await writeAt(Date.now(), `${'x'.repeat(100_000)}\nshort\nopen`, keeper);
  const reader = openLogReader(path, {});
  const all: TailedLine[] = [];
  for (let piece = await reader.read(false); piece; piece = await reader.read(false)) all.push(...linesOf(piece));
  expect(all.map(({ text }) => text.length)).toEqual([100_000, 5]);
  expect([...linesOf((await reader.read(true)) ?? expect.fail('no rest'))][0]?.text).toBe('open');
  const small = createLogKeeper({ path, maxBytes: 1, keep: 1 });
  for (const text of ['er\n', 'a\nb\nc\n', 'd\n', 'e\n']) await writeAt(Date.now(), text, small);
  const lost = await openLogReader(path, { from: { generation: 1, position: 0, seq: 0 } }).read(false);
  expect(lost).toMatchObject({ gap: 7, count: 0, next: { seq: 7 } });
});
