import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { FigureSpec } from '../../core/metrics/figures.ts';
import { mostNodes, type NodeSamples } from './blocks.ts';
import { createKeeper } from './keeper.ts';
import { chooseStep, minute, quarter, raw } from './levels.ts';
import { createLoads } from './load.ts';
import { answer } from './query.ts';
import { decodeRow, encodeRow } from './rows.ts';
import { MetricsStore } from './store.ts';

const over: Record<string, FigureSpec['over']> = { cpu: 'sum', share: 'average', p95: 'highest' };
const figures = Object.keys(over);
/** A quarter of an hour begins here. */
const start = 1_764_000_000 - (1_764_000_000 % 900);

let directory = '';
let now = 0;
let store: MetricsStore;
let notices: string[] = [];

function open(capBytes = 1e9): MetricsStore {
  return new MetricsStore({
    path: path.join(directory, 'metrics.db'),
    layout: () => figures,
    capBytes,
    now: () => now * 1000,
    notice: (text) => notices.push(text),
    log: () => undefined,
  });
}

beforeEach(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'metrics-'));
  notices = [];
  now = start;
  store = open();
});

afterEach(() => {
  store[Symbol.dispose]();
  rmSync(directory, { recursive: true });
});

function sample(
  node: string,
  times: number[],
  rows: (number | null)[][],
  more: Partial<NodeSamples> = {},
): NodeSamples {
  return {
    node,
    service: 'web',
    type: 'php',
    role: 'backend',
    figures,
    times: times.map((t) => t * 1000),
    rows,
    ...more,
  };
}

/** Pushes what happens in `seconds`, a sample each 5 s, and lets the keeper work as time goes by. */
async function live(
  seconds: number,
  values: (time: number) => Record<string, (number | null)[] | undefined>,
  keeper = createKeeper(store, 1e9),
): Promise<void> {
  for (const end = now + seconds; now < end; now += 5) {
    for (const [node, row] of Object.entries(values(now))) if (row) store.push('app', [sample(node, [now], [row])]);
    if (now % 60 === 0) {
      store.flush();
      await keeper.roll(now);
    }
  }
  store.flush();
  await keeper.roll(now);
}

function ask(from: number, to: number, more: { points?: number; by?: 'all' | 'node'; node?: string } = {}) {
  store.flush();
  const found = answer(store, {
    blocks: store.blocks.of('app'),
    figures,
    from: from * 1000,
    to: to * 1000,
    points: 800,
    by: 'all',
    spec: (_block, figure) => ({ over: over[figure] }) as FigureSpec,
    now,
    ...more,
  });
  const of = (figure: string, node?: string) => found.series.find((one) => one.figure === figure && one.node === node);
  return { ...found, of };
}

const countOf = (level: typeof raw) =>
  store.blocks.all().reduce((sum, block) => sum + [...store.rows(level, block, 0, 2 ** 32 - 1)].length, 0);

test('rows keep what was put into them', () => {
  const row = {
    ticks: 12,
    slots: new Map([
      [3, Float32Array.of(1, Number.NaN)],
      [31, Float32Array.of(2.5, 4)],
    ]),
  };
  const raws = decodeRow(encodeRow(row, false));
  expect(raws).toMatchObject({ rolled: false, ticks: 1 });
  expect([[...raws.slots], [...raws.numbers]]).toEqual([
    [3, 31],
    [1, Number.NaN, 2.5, 4],
  ]);
  expect(decodeRow(encodeRow(row, true))).toMatchObject({ rolled: true, ticks: 12 });
});

test('nodes are put together by the rule of each figure; gaps stay gaps', async () => {
  store.push('app', [
    sample(
      'a',
      [start, start + 5, start + 15],
      [
        [1, 0.2, 30],
        [2, 0.4, null],
        [4, 0.6, 10],
      ],
    ),
    sample(
      'b',
      [start, start + 5],
      [
        [10, 0.8, 20],
        [20, null, null],
      ],
    ),
  ]);
  now = start + 20;
  const { times, step, of } = ask(start, start + 20);
  expect(step).toBe(5);
  expect(times.map((time) => time / 1000 - start)).toEqual([0, 5, 10, 15]);
  expect(of('cpu')?.values).toEqual([11, 22, null, 4]);
  expect(of('share')?.values).toEqual([0.5, 0.4, null, 0.6]);
  expect(of('p95')?.values).toEqual([30, null, null, 10]);
  expect(ask(start, start + 20, { by: 'node' }).of('cpu', 'b')?.values).toEqual([10, 20, null, null]);
  expect(ask(start, start + 20, { node: 'a' }).of('cpu')?.values).toEqual([1, 2, null, 4]);
  expect(ask(start, start + 20, { points: 2 }).of('cpu')?.values.length).toBeLessThanOrEqual(2);
});

test('late samples and those that come twice stand beside the others of their moment', () => {
  store.push('app', [sample('a', [start], [[1, 1, 1]])]);
  store.flush();
  store.push('app', [sample('b', [start], [[2, 2, 2]]), sample('a', [start], [[1, 1, 1]])]);
  now = start + 5;
  expect(ask(start, start + 5).of('cpu')?.values).toEqual([3]);
});

test('minutes and quarters hold average and highest; what is not rolled up yet is told from what is finer', async () => {
  await live(2 * 900 + 120, (time) => ({ a: [time % 60 === 0 ? 12 : 0, 0.5, time % 900 === 5 ? 99 : 1] }));
  expect([countOf(minute), countOf(quarter)]).toEqual([(2 * 900 + 60) / 60, 2]);
  const fine = ask(start, now, { points: 40 });
  expect(fine.step).toBe(60);
  expect(fine.of('cpu')?.values).toEqual(new Array(32).fill(1));
  expect(fine.of('cpu')?.highest).toEqual(new Array(32).fill(12));
  const coarse = ask(start, now, { points: 4 });
  expect(coarse.step).toBe(900);
  expect(coarse.of('cpu')?.values).toEqual([1, 1, 1]);
  expect(coarse.of('p95')?.values).toEqual([99, 99, 1].map((value, index) => (index === 2 ? 99 : value)));
  expect(coarse.of('share')?.values).toEqual([0.5, 0.5, 0.5]);
});

test('a node that replaces another in the middle of a minute does not count twice', async () => {
  await live(180, (time) => (time < start + 90 ? { a: [2, 1, 1] } : { b: [2, 1, 1] }));
  expect(ask(start, start + 120, { points: 3 }).of('cpu')?.values).toEqual([2, 2]);
});

test('a minute is rolled up again for samples that come late, also by the next process', async () => {
  await live(120, (time) => ({ a: [time < start + 60 ? 1 : 3, 1, 1] }));
  store.push('app', [
    sample(
      'b',
      [start, start + 5],
      [
        [1, 1, 1],
        [1, 1, 1],
      ],
    ),
  ]);
  store[Symbol.dispose]();
  store = open();
  await createKeeper(store, 1e9).roll(now);
  expect(ask(start, start + 60, { points: 2 }).of('cpu')?.values[0]).toBeCloseTo((12 + 2) / 12, 3);
});

test('what is too old goes, level by level; a block without rows goes too', async () => {
  const keeper = createKeeper(store, 1e9);
  await live(1800, () => ({ a: [1, 1, 1] }), keeper);
  now += 3 * 3600;
  await keeper.tidy(now);
  expect([countOf(raw), countOf(minute), countOf(quarter)]).toEqual([0, 29, 1]);
  now += 3 * 86_400;
  await keeper.tidy(now);
  expect([countOf(minute), countOf(quarter)]).toEqual([0, 1]);
  now += 40 * 86_400;
  await keeper.tidy(now);
  expect(store.blocks.all()).toEqual([]);
});

test('the file keeps within its cap: the oldest goes first', async () => {
  const cap = 400_000;
  const keeper = createKeeper(store, cap);
  for (let node = 0; node < 20; node += 1) {
    const times = Array.from({ length: 240 }, (_, index) => now + index * 5);
    store.push(`app-${node}`, [
      sample(
        'a',
        times.filter((time) => time <= now + 60),
        times.map(() => [1, 2, 3]),
      ),
    ]);
  }
  await live(7000, () => Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`n${n}`, [1, 2, 3]])), keeper);
  expect(store.usedBytes()).toBeGreaterThan(cap);
  await keeper.tidy(now);
  expect(store.usedBytes()).toBeLessThanOrEqual(cap);
  expect(keeper.share).toBeLessThan(1);
  const values = ask(now - 7000, now).of('cpu')?.values ?? [];
  expect(values.findLast((value) => value !== null)).toBe(20);
  expect(values[0]).toBeNull();
});

test('a damaged file is set aside, at the start and while it is used, and said', () => {
  store.push('app', [sample('a', [start], [[1, 1, 1]])]);
  store[Symbol.dispose]();
  writeFileSync(
    path.join(directory, 'metrics.db'),
    'no database at all, but long enough to be read as one'.repeat(200),
  );
  store = open();
  expect(notices).toEqual([expect.stringContaining('was damaged')]);
  expect(existsSync(path.join(directory, 'metrics.db.damaged'))).toBe(true);
  store.push('app', [sample('a', [start], [[7, 1, 1]])]);
  now = start + 5;
  expect(ask(start, start + 5).of('cpu')?.values).toEqual([7]);
  store.mend(new RangeError('Invalid typed array length'));
  expect(notices).toHaveLength(2);
  expect(ask(start, start + 5).series).toEqual([]);
});

test('more nodes than an application may have are left out, and said once', () => {
  const nodes = Array.from({ length: mostNodes.lately + 40 }, (_, index) => sample(`n${index}`, [start], [[1, 1, 1]]));
  store.push('app', nodes);
  store.push('app', nodes);
  now = start + 5;
  expect(ask(start, start + 5).of('cpu')?.values).toEqual([mostNodes.lately]);
  expect(notices).toEqual([expect.stringContaining('more nodes than figures are kept of')]);
});

test('newest values are told while they are new; parts stand under the name of their node', () => {
  store.push('app', [
    sample('proxy-1', [start], [[1, 1, null]], { role: 'proxy', part: 'server/backend-1' }),
    sample('proxy-1', [start], [[2, 1, 1]], { role: 'proxy' }),
  ]);
  const [part, whole] = store.newest('app', 60);
  expect(part?.block).toMatchObject({ role: 'proxy:server', nodes: ['proxy-1/backend-1'] });
  expect([...(whole?.values ?? [])]).toEqual([2, 1, 1]);
  now += 100;
  expect(store.newest('app', 60)).toEqual([]);
});

test('the load of an application is its CPU of the last minutes', async () => {
  await live(300, () => ({ a: [0.25, 1, 1], b: [0.5, 1, 1] }));
  const loads = createLoads(store);
  expect(loads.refresh(now)).toEqual(['app']);
  expect(loads.of('app')).toEqual([75, 75, 75, 75]);
  expect(loads.refresh(now)).toEqual([]);
});

test('an application that is forgotten leaves nothing', async () => {
  await live(300, () => ({ a: [1, 1, 1] }));
  store.forget('app');
  expect([countOf(raw), countOf(minute), store.blocks.all(), store.newest('app', 999)]).toEqual([0, 0, [], []]);
});

test.each([
  [15 * 60, 800, 5, raw],
  [15 * 60, 100, 10, raw],
  [3600, 800, 5, raw],
  [86_400, 800, 120, minute],
  [7 * 86_400, 800, 900, quarter],
  [30 * 86_400, 800, 3600, quarter],
  [30 * 86_400, 10, 345_600 - 15_300, quarter],
] as const)('%d s in %d points: a point each %d s', (span, points, step, level) => {
  const chosen = chooseStep(start - span, start, points, start);
  expect(chosen.level).toBe(level);
  expect(Math.ceil(span / chosen.step)).toBeLessThanOrEqual(points);
  if (points > 10) expect(chosen.step).toBe(step);
});

test('a range that begins before the fine samples do is answered by coarser ones, however short it is', () => {
  expect(chooseStep(start - 4 * 3600, start - 4 * 3600 + 300, 800, start).level).toBe(minute);
  expect(chooseStep(start - 9 * 86_400, start - 9 * 86_400 + 300, 800, start).level).toBe(quarter);
});
