import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { EventTimeline } from './events.ts';
import { Excerpt } from './excerpt.ts';
import { batchOf } from './fixtures.ts';
import { everyLevel, levelMask } from './levels.ts';
import { Merged } from './merge.ts';
import { plainLine, readRows } from './read-rows.ts';
import { LogSearch } from './search.ts';
import { Spool } from './spool.ts';
import { SpooledLog } from './spooled-log.ts';

let directory: string;
let spool: Spool;

beforeEach(async () => {
  directory = mkdtempSync(path.join(tmpdir(), 'spool-'));
  spool = await Spool.open({ directory, capBytes: 1_000_000_000 });
});
afterEach(async () => {
  await spool[Symbol.asyncDispose]();
  rmSync(directory, { recursive: true });
});

const newLog = (node: string) => new SpooledLog({ node, service: 'web', log: 'error' }, spool);

async function write(log: SpooledLog, from: number, count: number, text: (n: number) => string): Promise<void> {
  const lines = Array.from({ length: count }, (_, n): [number, string] => [from + n, text(from + n)]);
  await log.append(batchOf(log.node, from, lines));
}

/** An excerpt of hits at these numbers, in a list that may grow. */
function excerptOf(log: SpooledLog, seqs: number[], context: number, mask = everyLevel) {
  const hits = seqs.map((seq) => ({ log, seq, time: seq }));
  const excerpt = new Excerpt({ context, mask, since: Number.NEGATIVE_INFINITY, found: () => hits });
  excerpt.update();
  return { excerpt, hits };
}

async function shownOf(merged: Merged, excerpt: Excerpt): Promise<string[]> {
  const rows = await readRows(merged.rows(0, 500), excerpt);
  return rows.map(({ text, leftOut }) => (leftOut === undefined ? text : `… ${leftOut}`));
}

test.each([
  { context: 0, seqs: [5, 6, 20], shown: ['… 5', '5', '6', '… 13', '20'] },
  { context: 1, seqs: [5, 20], shown: ['… 4', '4', '5', '6', '… 12', '19', '20', '21'] },
  // A single line between two runs is shown instead of being called left out.
  { context: 1, seqs: [0, 4], shown: ['0', '1', '2', '3', '4', '5'] },
  { context: 3, seqs: [29, 2], shown: ['0', '1', '2', '3', '4', '5', '… 20', '26', '27', '28', '29'] },
  { context: 1, seqs: [], shown: [] },
])('hits $seqs with $context lines around them', async ({ context, seqs, shown }) => {
  const log = newLog('a');
  await write(log, 0, 30, String);
  const { excerpt } = excerptOf(log, seqs, context);
  const merged = new Merged([log], excerpt);
  expect(await shownOf(merged, excerpt)).toEqual(shown);
  expect(merged.count).toBe(shown.length);
  for (const [number, { source, block, row }] of merged.rows(0, 500).entries()) {
    expect(merged.rank(source, block, row)).toBe(number);
  }
});

test('lines around a hit are those of its own log and of the levels shown, and events stay', async () => {
  const [a, b] = [newLog('a'), newLog('b')];
  await write(a, 0, 40, (n) => (n % 10 === 0 ? `ERROR: a ${n}` : `a ${n}`));
  await write(b, 0, 40, (n) => `b ${n}`);
  const events = new EventTimeline();
  events.set([{ time: 25, text: 'Deploy v7', state: 'done', operation: 'one' }]);
  const { excerpt } = excerptOf(a, [20], 1, levelMask(['error']));
  const merged = new Merged([a, b, events], excerpt);
  // Of the errors 0, 10, 20, 30, one lies before the lines shown.
  expect(await shownOf(merged, excerpt)).toEqual([
    'ERROR: a 0',
    'ERROR: a 10',
    'ERROR: a 20',
    'Deploy v7',
    'ERROR: a 30',
  ]);
});

test('what comes later takes its place: lines after the last hit, older lines, hits that are found meanwhile', async () => {
  const log = newLog('a');
  await write(log, 100, 10, String);
  const { excerpt, hits } = excerptOf(log, [109, 50], 2);
  const merged = new Merged([log], excerpt);
  expect(await shownOf(merged, excerpt)).toEqual(['… 7', '107', '108', '109']);
  await write(log, 110, 5_000, String);
  excerpt.update();
  expect((await shownOf(merged, excerpt)).slice(-3)).toEqual(['109', '110', '111']);
  log.beginOlder();
  await log.insert(
    batchOf(
      'a',
      0,
      Array.from({ length: 100 }, (_, n): [number, string] => [n, String(n)]),
    ),
  );
  hits.push({ log, seq: 5_000, time: 5_000 });
  excerpt.update();
  const all = ['… 48', '48', '49', '50', '51', '52', '… 54', '107', '108', '109', '110', '111'];
  expect(await shownOf(merged, excerpt)).toEqual([...all, '… 4886', '4998', '4999', '5000', '5001', '5002']);
  const [first] = merged.rows(0, 1);
  expect(first && (await plainLine(first, excerpt))).toBe('── a error: 48 lines left out');
});

test('a million lines: any window of the hits alone, as sorting and cutting them would give', async () => {
  const logs = ['a', 'b', 'c', 'd'].map(newLog);
  const each = 250_000;
  for (const log of logs) {
    for (let n = 0; n < each; n += 10_000) {
      await write(log, n, 10_000, (at) => (at % 1_000 === 7 ? `${log.node} needle ${at}` : `${log.node} ${at}`));
    }
  }
  await using search = new LogSearch({
    query: { text: 'needle', regex: false, caseSensitive: false },
    mask: everyLevel,
    since: Number.NEGATIVE_INFINITY,
    until: Number.POSITIVE_INFINITY,
    logs: () => logs,
    async *unread() {
      // all of it is here
    },
    changed: () => undefined,
  });
  await expect.poll(() => search.busy, { timeout: 60_000 }).toBe(false);
  expect(search.count).toBe(1_000);
  const excerpt = new Excerpt({ context: 2, mask: everyLevel, since: 0, found: () => search.found() });
  expect(excerpt.update()).toBe(false);
  const merged = new Merged(logs, excerpt);
  // Before each hit a row for what was left out and two lines, after it two.
  expect(merged.count).toBe(6_000);
  const wanted: string[] = [];
  for (let hit = 7; hit < each; hit += 1_000) {
    for (let at = hit - 3; at <= hit + 2; at += 1) {
      for (const { node } of logs) {
        const leftOut = hit === 7 ? 5 : 995;
        if (at === hit - 3) wanted.push(`… ${leftOut}`);
        else wanted.push(at === hit ? `${node} needle ${at}` : `${node} ${at}`);
      }
    }
  }
  for (const first of [0, 1, 2_999, 5_500]) {
    const rows = await readRows(merged.rows(first, 500), excerpt);
    expect(rows.map(({ text, leftOut }) => (leftOut === undefined ? text : `… ${leftOut}`))).toEqual(
      wanted.slice(first, first + 500),
    );
  }
});
