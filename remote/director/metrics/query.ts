/** Answers questions about figures over time: rows of blocks become evenly spaced values. */
import type { MetricResult, MetricSeries } from '../../core/contract/figures.ts';
import type { FigureSpec } from '../../core/metrics/figures.ts';
import type { Block } from './blocks.ts';
import { chooseStep, type Level, levels } from './levels.ts';
import { parts, type StoredRow } from './rows.ts';
import type { MetricsStore } from './store.ts';

export interface Question {
  readonly blocks: readonly Block[];
  /** Only this node, and what it tells of its parts or others of it. */
  readonly node?: string | undefined;
  readonly figures: readonly string[];
  /** Milliseconds since the epoch. */
  readonly from: number;
  readonly to: number;
  readonly points: number;
  readonly by: 'all' | 'node';
  /** What a figure of a block is. */
  spec(block: Block, figure: string): FigureSpec | undefined;
  /** Seconds since the epoch. */
  readonly now: number;
}

/** What is summed up for one series, by interval. */
interface Bins {
  readonly over: FigureSpec['over'];
  readonly sum: Float64Array;
  readonly count: Float64Array;
  readonly highest: Float64Array;
}

export function answer(store: MetricsStore, question: Question): MetricResult {
  const from = Math.floor(question.from / 1000);
  const to = Math.ceil(question.to / 1000);
  const { step, level } = chooseStep(from, to, question.points, question.now);
  const begin = from - (from % step);
  const length = Math.min(question.points, Math.max(1, Math.ceil((to - begin) / step)));
  const series = new Map<string, { figure: string; node: string | undefined; bins: Bins; ticks: Float64Array }>();
  const binsOf = (figure: string, node: string | undefined, over: FigureSpec['over']) => {
    const key = `${figure}\n${node ?? ''}`;
    let found = series.get(key);
    if (!found) {
      const empty = () => new Float64Array(length);
      found = {
        figure,
        node,
        ticks: empty(),
        bins: { over, sum: empty(), count: empty(), highest: empty().fill(Number.NEGATIVE_INFINITY) },
      };
      series.set(key, found);
    }
    return found;
  };

  for (const block of question.blocks) {
    const columns = question.figures.flatMap((figure) => {
      const column = block.figures.indexOf(figure);
      const spec = question.spec(block, figure);
      return column < 0 || !spec ? [] : [{ figure, column, over: spec.over }];
    });
    const slots = slotsOf(block, question.node);
    if (columns.length === 0 || slots.length === 0) continue;
    const rows = [...rowsOf(store, block, level, begin, begin + length * step - 1)];
    for (const { figure, column, over } of columns) {
      const groups =
        question.by === 'node'
          ? slots.map((slot) => [new Set([slot]), block.nodes[slot]] as const)
          : [[new Set(slots), undefined] as const];
      for (const [only, node] of groups) {
        const found = blockBins(rows, { only, column, width: block.figures.length, over, begin, step, length });
        if (!found) continue;
        const into = binsOf(figure, node, over);
        merge(into.bins, found.bins);
        // Nodes of all blocks were looked at in the same moments: those of the block that has most of them count.
        for (let bin = 0; bin < length; bin += 1)
          into.ticks[bin] = Math.max(into.ticks[bin] ?? 0, found.ticks[bin] ?? 0);
      }
    }
  }

  return {
    step,
    times: Array.from({ length }, (_, bin) => (begin + bin * step) * 1000),
    series: [...series.values()].map(({ figure, node, bins, ticks }) => told(figure, node, bins, ticks)),
  };
}

/** Where a node stands in a block, or all nodes. `proxy/server` is of its proxy and of its server. */
export function slotsOf(block: Block, node: string | undefined): number[] {
  return [...block.nodes.keys()].filter((slot) => {
    const name = block.nodes[slot] ?? '';
    return node === undefined || name === node || name.startsWith(`${node}/`) || name.endsWith(`/${node}`);
  });
}

/** Rows of the wanted level, and of finer ones where it has none yet: the newest minutes are not rolled up. */
function* rowsOf(
  store: MetricsStore,
  block: Block,
  level: Level,
  from: number,
  to: number,
): Generator<{ seconds: number; row: StoredRow }> {
  let next = from;
  for (const finer of levels.slice(0, levels.indexOf(level) + 1).reverse()) {
    for (const one of store.rows(finer, block, next, to)) {
      next = one.seconds + finer.stepSeconds;
      yield one;
    }
  }
}

function blockBins(
  rows: readonly { seconds: number; row: StoredRow }[],
  how: {
    only: ReadonlySet<number>;
    column: number;
    width: number;
    over: FigureSpec['over'];
    begin: number;
    step: number;
    length: number;
  },
): { bins: Bins; ticks: Float64Array } | undefined {
  const { only, column, width, over, begin, step, length } = how;
  const empty = () => new Float64Array(length);
  const bins: Bins = { over, sum: empty(), count: empty(), highest: empty().fill(Number.NEGATIVE_INFINITY) };
  const ticks = empty();
  let any = false;
  for (const { seconds, row } of rows) {
    const bin = Math.floor((seconds - begin) / step);
    let [sum, count, highest] = [0, 0, over === 'sum' ? 0 : Number.NEGATIVE_INFINITY];
    for (let index = 0; index < row.slots.length; index += 1) {
      if (!only.has(row.slots[index] ?? -1)) continue;
      const at = (index * width + column) * (row.rolled ? parts : 1);
      const value = row.numbers[at] ?? Number.NaN;
      const n = row.rolled ? (row.numbers[at + 1] ?? 0) : Number.isNaN(value) ? 0 : 1;
      if (n === 0) continue;
      const top = row.rolled ? (row.numbers[at + 3] ?? value) : value;
      sum += value;
      count += n;
      highest = over === 'sum' ? highest + top : Math.max(highest, top);
    }
    if (count === 0) continue;
    any = true;
    bins.sum[bin] = (bins.sum[bin] ?? 0) + sum;
    bins.count[bin] = (bins.count[bin] ?? 0) + count;
    bins.highest[bin] = Math.max(bins.highest[bin] ?? highest, highest);
    ticks[bin] = (ticks[bin] ?? 0) + row.ticks;
  }
  return any ? { bins, ticks } : undefined;
}

function merge(into: Bins, from: Bins): void {
  for (let bin = 0; bin < into.sum.length; bin += 1) {
    if ((from.count[bin] ?? 0) === 0) continue;
    const first = (into.count[bin] ?? 0) === 0;
    into.sum[bin] = (into.sum[bin] ?? 0) + (from.sum[bin] ?? 0);
    into.count[bin] = (into.count[bin] ?? 0) + (from.count[bin] ?? 0);
    const [own, other] = [into.highest[bin] ?? 0, from.highest[bin] ?? 0];
    into.highest[bin] = first ? other : into.over === 'sum' ? own + other : Math.max(own, other);
  }
}

function told(figure: string, node: string | undefined, bins: Bins, ticks: Float64Array): MetricSeries {
  const value = (bin: number): number | null => {
    const [sum = 0, count = 0, highest = 0] = [bins.sum[bin], bins.count[bin], bins.highest[bin]];
    if (count === 0) return null;
    if (bins.over === 'highest') return rounded(highest);
    return rounded(bins.over === 'average' ? sum / count : sum / (ticks[bin] || 1));
  };
  const length = bins.sum.length;
  return {
    figure,
    ...(node === undefined ? {} : { node }),
    values: Array.from({ length }, (_, bin) => value(bin)),
    highest: Array.from({ length }, (_, bin) => (bins.count[bin] ? rounded(bins.highest[bin] ?? 0) : null)),
  };
}

/** Stored as 32-bit floats: six digits are what they hold. */
function rounded(value: number): number {
  return Number(value.toPrecision(6));
}
