import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { batchOf } from './fixtures.ts';
import { levelMask } from './levels.ts';
import { Merged, ofLevels } from './merge.ts';
import { LogSearch } from './search.ts';
import { Spool } from './spool.ts';
import { SpooledLog } from './spooled-log.ts';

let directory: string;
let spool: Spool;

beforeEach(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'spool-'));
  spool = await Spool.open({ directory, capBytes: 64_000_000 });
});
afterEach(async () => {
  await spool[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true });
});

const newLog = (node: string, inside = spool) => new SpooledLog({ node, service: 'web', log: 'error' }, inside);

async function texts(merged: Merged, first = 0, count = 500): Promise<string[]> {
  const found: string[] = [];
  for (const { source, block, row } of merged.rows(first, count)) {
    found.push(`${source.node} ${(await source.texts(block))[row]}`);
  }
  return found;
}

/** Repeatable numbers below `below`. */
function dice(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
}

test.each([1, 2, 3, 4])('any window of the merged rows is what sorting them all would give (seed %d)', async (seed) => {
  const roll = dice(seed);
  const logs = [newLog('a'), newLog('b'), newLog('c')];
  const all: { text: string; time: number; order: number; at: number; isError: boolean }[] = [];
  for (const [order, log] of logs.entries()) {
    let time = roll(50);
    let seq = 0;
    for (let part = 0; part < 6; part += 1) {
      const lines = Array.from({ length: 1 + roll(3_000) }, (): [number, string] => {
        if (roll(4) === 0) time += roll(40);
        const isError = roll(5) === 0;
        const text = `${isError ? 'ERROR: ' : ''}line ${seq}`;
        all.push({ text: `${log.node} ${text}`, time, order, at: seq, isError });
        seq += 1;
        return [time, text];
      });
      await log.append(batchOf(log.node, seq - lines.length, lines));
    }
  }
  const sorted = all.sort((a, b) => a.time - b.time || a.order - b.order || a.at - b.at);
  const errors = sorted.filter(({ isError }) => isError);
  const since = sorted[Math.floor(sorted.length / 3)]?.time ?? 0;
  const until = sorted[Math.floor((sorted.length * 2) / 3)]?.time ?? 0;
  const inRange = sorted.filter(({ time }) => time >= since && time < until);
  for (const [merged, wanted] of [
    [new Merged(logs), sorted],
    [new Merged(logs, ofLevels(levelMask(['error']))), errors],
    [new Merged(logs, undefined, { since, until }), inRange],
  ] as const) {
    expect(merged.count).toBe(wanted.length);
    for (const first of [0, 1, roll(wanted.length), roll(wanted.length), wanted.length - 3]) {
      expect(await texts(merged, first, 40)).toEqual(wanted.slice(first, first + 40).map(({ text }) => text));
    }
    const [somewhere] = merged.rows(7, 1);
    expect(somewhere && merged.rank(somewhere.source, somewhere.block, somewhere.row)).toBe(7);
  }
});

test('older lines come before, gaps lie where lines are missing, and each line is found by its number', async () => {
  const log = newLog('a');
  await log.append(
    batchOf('a', 100, [
      [2_000, 'hundred'],
      [2_000, 'and one'],
    ]),
  );
  expect(log.hasOlder).toBe(true);
  log.beginOlder();
  await log.insert(
    batchOf(
      'a',
      40,
      [
        [1_000, 'forty'],
        [5_000, 'later than it can be'],
      ],
      { gap: 40 },
    ),
  );
  await log.append(batchOf('a', 112, [[1_500, 'not earlier than the one before']], { gap: 10 }));
  const merged = new Merged([log]);
  expect(await texts(merged)).toEqual([
    'a 40',
    'a forty',
    'a later than it can be',
    'a hundred',
    'a and one',
    'a 10',
    'a not earlier than the one before',
  ]);
  expect(merged.rows(0, 9).map(({ block, row }) => block.timeOf(row))).toEqual([
    1_000, 1_000, 2_000, 2_000, 2_000, 2_000, 2_000,
  ]);
  for (const [seq, text] of [
    [41, 'later than it can be'],
    [101, 'and one'],
    [112, 'not earlier than the one before'],
  ] as const) {
    const place = log.find(seq);
    expect(place && (await log.texts(place.block))[place.row]).toBe(text);
  }
  expect(log.find(60)).toBeUndefined();
});

test('nothing on the disk can be read, and the newest lines stay when the cap is reached', async () => {
  await using small = await Spool.open({ directory, capBytes: 1_000_000, segmentBytes: 100_000 });
  const log = newLog('a', small);
  for (let n = 0; n < 40_000; n += 1_000) {
    const lines = Array.from({ length: 1_000 }, (_, index): [number, string] => [
      n,
      `a secret line of number ${n + index}`,
    ]);
    await log.append(batchOf('a', n, lines));
  }
  await expect.poll(() => log.firstSeq).toBeGreaterThan(0);
  await expect.poll(() => small.bytes).toBeLessThan(1_000_000);
  expect(small.bytes).toBeGreaterThan(500_000);
  const merged = new Merged([log]);
  expect((await texts(merged, merged.count - 1))[0]).toBe('a a secret line of number 39999');
  expect((await texts(merged, 0, 1))[0]).toBe(`a a secret line of number ${log.firstSeq}`);
  let files = 0;
  for (const entry of readdirSync(directory, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    if (!entry.isFile() || entry.name === 'process.json') continue;
    files += 1;
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readFileSync(file).includes('secret')).toBe(false);
  }
  expect(files).toBeGreaterThan(4);
});

test('what a process that was killed in the middle of writing has left is removed', async () => {
  const module = JSON.stringify(new URL('./spool.ts', import.meta.url).href);
  const script = `const { Spool } = await import(${module});
    const spool = await Spool.open({ directory: ${JSON.stringify(directory)}, capBytes: 1e9 });
    const owner = { name: 'a', dropped() {} };
    console.log('writes');
    for (;;) await spool.write(owner, 'x'.repeat(60000), 1);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  await expect.poll(() => readdirSync(directory).length).toBe(2);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(readdirSync(directory)).toHaveLength(2);
  await using next = await Spool.open({ directory, capBytes: 1e9 });
  // Ours, which lives, and the next one's.
  expect(readdirSync(directory)).toHaveLength(2);
  const place = await next.write({ name: 'b', dropped: () => undefined }, 'still works', 1);
  expect(await next.read(place)).toBe('still works');
});

test('the end of a spool leaves nothing', async () => {
  const one = await Spool.open({ directory: path.join(directory, 'one'), capBytes: 1e9 });
  await one.write({ name: 'a', dropped: () => undefined }, 'x', 1);
  await one[Symbol.asyncDispose]();
  expect(existsSync(path.join(directory, 'one'))).toBe(true);
  expect(readdirSync(path.join(directory, 'one'))).toEqual([]);
});

async function search(log: SpooledLog, text: string, more: { regex?: boolean; levels?: 'error'[] } = {}) {
  const unread: { until: number | undefined }[] = [];
  const found = new LogSearch({
    query: { text, regex: more.regex ?? false, caseSensitive: false },
    mask: levelMask(more.levels),
    since: Number.NEGATIVE_INFINITY,
    until: Number.POSITIVE_INFINITY,
    logs: () => [log],
    async *unread() {
      unread.push({ until: log.firstSeq });
      yield { node: log.node, log: log.log, seqs: [3, 5], times: [1, 1] };
    },
    changed: () => undefined,
  });
  await expect.poll(() => found.busy, { timeout: 10_000 }).toBe(false);
  return { found, unread };
}

test('a search counts what is on disk, in memory, at the node, and what comes; no line twice', async () => {
  const log = newLog('a');
  const line = (n: number): [number, string] => [n, n % 100 === 0 ? `ERROR: needle ${n}` : `hay ${n}`];
  for (let n = 1_000; n < 20_000; n += 500) {
    await log.append(
      batchOf(
        'a',
        n,
        Array.from({ length: 500 }, (_, index) => line(n + index)),
      ),
    );
  }
  const { found, unread } = await search(log, 'NEEDLE');
  await using _closing = found;
  expect(unread).toEqual([{ until: 1_000 }]);
  expect(found.count).toBe(190 + 2);
  expect(
    found
      .hits()
      .map(({ seq }) => seq)
      .slice(0, 4),
  ).toEqual([3, 5, 1_000, 1_100]);
  await log.append(batchOf('a', 20_000, [line(20_000), line(20_001)]));
  found.goOn();
  await expect.poll(() => found.count).toBe(193);
  // Read from the node meanwhile: its hits are known already.
  log.beginOlder();
  await log.insert(
    batchOf(
      'a',
      0,
      Array.from({ length: 1_000 }, (_, n) => line(n)),
    ),
  );
  found.goOn();
  await expect.poll(() => found.busy).toBe(false);
  expect(found.count).toBe(193);
  const regex = await search(log, 'needle 1.*9?00$', { regex: true, levels: ['error'] });
  await using _too = regex.found;
  expect(regex.unread).toEqual([]);
  expect(regex.found.count).toBe(
    [...Array(201).keys()].filter((n) => /1.*00$/.test(`${n * 100}`) && `${n * 100}`.startsWith('1')).length,
  );
});

test('a search whose expression never ends says so', async () => {
  const log = newLog('a');
  await log.append(batchOf('a', 0, [[1, `${'a'.repeat(64)}!`]]));
  const { found } = await search(log, '^(a+)+$', { regex: true });
  await using _closing = found;
  expect(found.failure).toMatchObject({ code: 'deadline_exceeded' });
});
