/**
 * Several logs as one, by time and then by the order of the logs, with any row found by its number among all and the
 * number of any row found: from what is in memory, whatever lies on the disk. Each log keeps its own order.
 */
import type { Block } from './block.ts';
import { everyLevel } from './levels.ts';
import type { Timeline } from './spooled-log.ts';

export interface Range {
  /** Milliseconds since the epoch; `until` is left out. */
  readonly since: number;
  readonly until: number;
}

export interface MergedRow {
  readonly source: Timeline;
  readonly block: Block;
  readonly row: number;
}

/** Which rows of the logs are shown. */
export interface RowFilter {
  /** Raised when rows come to be shown that were not, elsewhere than in the last block of a log. */
  version(source: Timeline): number;
  /** Whether it is known at once that nothing of a block is shown. */
  skips(block: Block): boolean;
  has(block: Block, row: number): boolean;
  /** Rows before `end` that are shown. */
  matching(block: Block, end?: number): number;
}

/** Rows of some levels. */
export function ofLevels(mask: number): RowFilter {
  return {
    version: () => 0,
    skips: () => false,
    has: (block, row) => block.has(mask, row),
    matching: (block, end) => block.matching(mask, end),
  };
}

/** Rows of the blocks before each block that are shown. */
interface Sums {
  shape: number;
  version: number;
  before: number[];
}

export class Merged {
  readonly #sources: readonly Timeline[];
  readonly #filter: RowFilter;
  readonly #range: Range;
  readonly #sums = new Map<Timeline, Sums>();

  constructor(sources: readonly Timeline[], filter = ofLevels(everyLevel), range: Partial<Range> = {}) {
    this.#sources = sources;
    this.#filter = filter;
    this.#range = { since: range.since ?? Number.NEGATIVE_INFINITY, until: range.until ?? Number.POSITIVE_INFINITY };
  }

  get count(): number {
    return this.#sources.reduce((sum, source) => sum + this.#upTo(source, this.#range.until) - this.#hidden(source), 0);
  }

  /** Number of a row among all; of a row that is not shown, of the next that is. */
  rank(source: Timeline, block: Block, row: number): number {
    const time = Math.max(block.timeOf(row), this.#range.since);
    let rank = 0;
    for (const other of this.#sources) {
      if (other === source) rank += this.#own(source, block, row) - this.#hidden(source);
      else {
        const first = this.#sources.indexOf(other) < this.#sources.indexOf(source);
        rank += this.#upTo(other, first ? time + 1 : time) - this.#hidden(other);
      }
    }
    return Math.max(0, rank);
  }

  /** Number of the first row at or after a time. */
  rankAt(time: number): number {
    return this.#sources.reduce((sum, source) => sum + this.#upTo(source, time) - this.#hidden(source), 0);
  }

  /** Rows `first` to `first + count - 1`, as far as there are. */
  rows(first: number, count: number): MergedRow[] {
    const heads = this.#heads(first);
    const found: MergedRow[] = [];
    while (found.length < count) {
      let best: Head | undefined;
      for (const head of heads) if (head.time < (best?.time ?? this.#range.until)) best = head;
      if (!best?.block) break;
      found.push({ source: best.source, block: best.block, row: best.row });
      this.#advance(best);
    }
    return found;
  }

  /** A cursor in each log, such that exactly `first` rows lie before them. */
  #heads(first: number): Head[] {
    const time = this.#timeOfRank(first);
    const heads = this.#sources.map((source) => this.#headAt(source, Math.max(time, this.#range.since)));
    let missing = first - this.rankAt(Math.max(time, this.#range.since));
    for (const head of heads) {
      while (missing > 0 && head.time === time) {
        this.#advance(head);
        missing -= 1;
      }
    }
    return heads;
  }

  /** The time of the row of a number: the latest with at most so many rows before it. */
  #timeOfRank(rank: number): number {
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (const { blocks } of this.#sources) {
      const [firstBlock] = blocks;
      const last = blocks.at(-1);
      if (!firstBlock || !last) continue;
      low = Math.min(low, firstBlock.firstTime);
      high = Math.max(high, last.lastTime);
    }
    if (!Number.isFinite(low)) return 0;
    low = Math.max(low, this.#range.since === Number.NEGATIVE_INFINITY ? low : this.#range.since);
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.rankAt(middle) <= rank) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #headAt(source: Timeline, time: number): Head {
    const { blocks } = source;
    const index = firstEndingAt(blocks, time);
    const head: Head = {
      source,
      index,
      row: blocks[index]?.rowAt(time) ?? 0,
      block: undefined,
      time: Number.POSITIVE_INFINITY,
    };
    this.#settle(head);
    return head;
  }

  #advance(head: Head): void {
    head.row += 1;
    this.#settle(head);
  }

  /** Moves a cursor on to the next row that is shown. */
  #settle(head: Head): void {
    const { blocks } = head.source;
    for (;;) {
      const block = blocks[head.index];
      if (!block) {
        head.block = undefined;
        head.time = Number.POSITIVE_INFINITY;
        return;
      }
      if (head.row === 0 && this.#filter.skips(block)) head.row = block.count;
      while (head.row < block.count && !this.#filter.has(block, head.row)) head.row += 1;
      if (head.row < block.count) {
        head.block = block;
        head.time = block.timeOf(head.row);
        return;
      }
      if (head.index === blocks.length - 1) {
        head.block = undefined;
        head.time = Number.POSITIVE_INFINITY;
        return;
      }
      head.index += 1;
      head.row = 0;
    }
  }

  #hidden(source: Timeline): number {
    return this.#range.since === Number.NEGATIVE_INFINITY ? 0 : this.#upTo(source, this.#range.since);
  }

  /** Rows shown of a log with a time before `time`. */
  #upTo(source: Timeline, time: number): number {
    const { blocks } = source;
    const index = firstEndingAt(blocks, time);
    const block = blocks[index];
    const before = this.#before(source, index);
    return block ? before + this.#filter.matching(block, block.rowAt(time)) : before;
  }

  /** Rows shown of a log before one of its rows. */
  #own(source: Timeline, block: Block, row: number): number {
    const index = source.blocks.indexOf(block, Math.max(0, firstEndingAt(source.blocks, block.firstTime) - 1));
    const at = index >= 0 ? index : source.blocks.indexOf(block);
    return at < 0 ? 0 : this.#before(source, at) + this.#filter.matching(block, row);
  }

  /** Rows shown in the blocks before one. The last block grows, so it is never in a sum. */
  #before(source: Timeline, index: number): number {
    const { blocks, shape } = source;
    let sums = this.#sums.get(source);
    const version = this.#filter.version(source);
    if (!sums || sums.shape !== shape || sums.version !== version) {
      sums = { shape, version, before: [0] };
      this.#sums.set(source, sums);
    }
    for (let next = sums.before.length; next <= Math.min(index, blocks.length - 1); next += 1) {
      sums.before.push((sums.before[next - 1] ?? 0) + this.#rowsOf(blocks[next - 1]));
    }
    if (index < blocks.length) return sums.before[index] ?? 0;
    const last = blocks.length - 1;
    return last < 0 ? 0 : this.#before(source, last) + this.#rowsOf(blocks[last]);
  }

  #rowsOf(block: Block | undefined): number {
    return block ? this.#filter.matching(block) : 0;
  }
}

interface Head {
  readonly source: Timeline;
  index: number;
  row: number;
  block: Block | undefined;
  time: number;
}

/** The first block that has a row at or after a time. */
function firstEndingAt(blocks: readonly Block[], time: number): number {
  let low = 0;
  let high = blocks.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((blocks[middle]?.lastTime ?? 0) < time) low = middle + 1;
    else high = middle;
  }
  return low;
}
