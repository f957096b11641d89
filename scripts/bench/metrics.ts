/**
 * The store of figures: what a moment of 50,000 nodes costs to take in and to roll up, beside a plain table with a row a
 * value; and what a month on a chart costs, beside merely reading as many rows.
 */
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { FigureSpec } from '../../remote/core/metrics/figures.ts';
import { nodeFigures } from '../../remote/core/metrics/figures.ts';
import type { NodeSamples } from '../../remote/director/metrics/blocks.ts';
import { createKeeper } from '../../remote/director/metrics/keeper.ts';
import { quarter } from '../../remote/director/metrics/levels.ts';
import { answer } from '../../remote/director/metrics/query.ts';
import type { Row as StoreRow } from '../../remote/director/metrics/rows.ts';
import { MetricsStore } from '../../remote/director/metrics/store.ts';
import { median } from './statistics.ts';
import type { Bench } from './types.ts';

const applications = 5_000;
const nodesEach = 10;
/** Of every node, and some of its engine. */
const figures = [...nodeFigures.map(({ name }) => name), 'requests', 'errors', 'p50', 'p95', 'p99'];
const ticks = 6;
const month = 30 * 86_400;
const rounds = 20;
const capBytes = 2 * 1024 ** 3;

function samplesAt(times: readonly number[], prefix: string): NodeSamples[] {
  return Array.from({ length: nodesEach }, (_, node) => ({
    node: `${prefix}-node-${node}`,
    service: 'web',
    type: 'php',
    role: 'backend',
    figures,
    times: times.map((time) => time * 1000),
    rows: times.map((time) => figures.map((_name, index) => ((time / 5 + node * 7 + index) % 100) / 3)),
  }));
}

export const metrics: Bench = {
  name: 'metrics',
  about: 'the store of figures: a moment of 50,000 nodes, a month on a chart',
  async run({ directory, log }) {
    let now = 1_764_000_000 - (1_764_000_000 % 900);
    const file = path.join(directory, 'metrics.db');
    const store = new MetricsStore({
      path: file,
      layout: () => figures,
      capBytes,
      now: () => now * 1000,
      notice: log,
      log,
    });
    const keeper = createKeeper(store, capBytes);
    const plain = new DatabaseSync(path.join(directory, 'plain.db'));
    plain.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL');
    plain.exec(
      'CREATE TABLE sample (series INTEGER, time INTEGER, value REAL, PRIMARY KEY (series, time)) STRICT, WITHOUT ROWID',
    );
    const insert = plain.prepare('INSERT INTO sample VALUES (?, ?, ?)');

    const took: number[] = [];
    const plainTook: number[] = [];
    // The first moment makes 50,000 places, once.
    for (let tick = 0; tick <= ticks; tick += 1) {
      now += 5;
      const all = Array.from({ length: applications }, (_, index) => samplesAt([now], `app-${index}`));
      const from = performance.now();
      for (const [index, nodes] of all.entries()) store.push(`app-${index}`, nodes);
      store.flush();
      if (tick > 0) took.push(performance.now() - from);
      if (tick === 0 || tick > 2) continue;
      const plainFrom = performance.now();
      plain.exec('BEGIN');
      let series = 0;
      for (const nodes of all)
        for (const node of nodes)
          for (const value of node.rows[0] ?? []) {
            insert.run(series, now, value);
            series += 1;
          }
      plain.exec('COMMIT');
      plainTook.push(performance.now() - plainFrom);
    }
    log(
      `a moment: ${took.map((ms) => Math.round(ms)).join(', ')} ms; plainly ${plainTook.map((ms) => Math.round(ms)).join(', ')} ms`,
    );
    now += 90;
    const rollFrom = performance.now();
    await keeper.roll(now);
    const rolled = performance.now() - rollFrom;
    const tidyFrom = performance.now();
    await keeper.tidy(now);
    const tidied = performance.now() - tidyFrom;
    log(
      `rolling up a minute: ${Math.round(rolled)} ms, tidying: ${Math.round(tidied)} ms, ${Math.round(store.usedBytes() / 1e6)} MB`,
    );

    // One application with a month of quarters.
    store.push('month', samplesAt([now - (now % 5)], 'month'));
    store.flush();
    const [block] = store.blocks.of('month');
    if (!block) throw new Error('The application has no block.');
    const begin = now - month - (now % 900);
    store.transaction(() => {
      for (let at = begin; at < now - 900; at += quarter.stepSeconds) {
        const row: StoreRow = { ticks: 180, slots: new Map() };
        for (let slot = 0; slot < nodesEach; slot += 1)
          row.slots.set(
            slot,
            Float32Array.from({ length: figures.length * 4 }, (_, index) => (at / 900 + slot + index) % 50),
          );
        store.putRolled(quarter, block, at, row);
      }
    });
    const ask = (wanted: readonly string[]) =>
      answer(store, {
        blocks: [block],
        figures: wanted,
        from: begin * 1000,
        to: now * 1000,
        points: 800,
        by: 'all',
        spec: () => ({ over: 'sum' }) as FigureSpec,
        now,
      });
    const asked: number[] = [];
    const read: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const from = performance.now();
      const { times } = ask(['requests']);
      asked.push(performance.now() - from);
      if (times.length > 800 || times.length < 700) throw new Error(`${times.length} points instead of 800 at most`);
      const readFrom = performance.now();
      let rows = 0;
      for (const _row of store.rows(quarter, block, begin, now)) rows += 1;
      read.push(performance.now() - readFrom);
      if (rows < 2_800) throw new Error(`only ${rows} rows`);
    }
    store[Symbol.dispose]();
    plain.close();
    return [
      {
        what: `taking in a moment of ${(applications * nodesEach).toLocaleString('en')} nodes, ${figures.length} figures each`,
        unit: 'ms',
        measured: median(took),
        beside: { what: 'a table with a row a value', value: median(plainTook) },
        // A moment is five seconds.
        aims: [
          { of: 'measured', atMost: 1000 },
          { of: 'ratio', atMost: 0.5 },
        ],
      },
      {
        what: 'rolling up a minute of them',
        unit: 'ms',
        measured: rolled,
        beside: { what: 'taking in its twelve moments', value: median(took) * 12 },
        aims: [{ of: 'measured', atMost: 6000 }],
      },
      {
        what: `a month of a figure of ${nodesEach} nodes in 800 points at most (p50 of ${rounds})`,
        unit: 'ms',
        measured: median(asked),
        beside: { what: 'reading as many rows', value: median(read) },
        aims: [
          { of: 'measured', atMost: 50 },
          { of: 'ratio', atMost: 3 },
        ],
      },
    ];
  },
};
