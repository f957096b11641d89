/**
 * Hits alone, with lines around them: which rows of the logs that is, as a filter for `Merged`. The lines around a hit are
 * those of its own log. Before each run of lines stands one row for what was left out there: the last line left out.
 */
import { type Block, fullBlock } from './block.ts';
import { levels } from './levels.ts';
import type { RowFilter } from './merge.ts';
import type { Hit } from './search.ts';
import type { RowPlace, SpooledLog, Timeline } from './spooled-log.ts';

export interface ExcerptOptions {
  /** Lines of the same log before and after each hit. */
  readonly context: number;
  /** Levels that are shown; lines of others are not counted as context. */
  readonly mask: number;
  /** Lines before this time are not counted as left out, ms since the epoch. */
  readonly since: number;
  /** All hits in the order in which they were found: the list only grows. */
  found(): readonly Hit[];
}

const hidden = 0;
const shown = 1;
const fold = 2;

/** What is shown of a block: a byte a row, and how many rows that are. */
interface Shown {
  readonly rows: Uint8Array;
  count: number;
}

/** Hits that one update looks at: what else the hub does goes on between two. */
const hitsAtOnce = 10_000;

export class Excerpt implements RowFilter {
  readonly #options: ExcerptOptions;
  readonly #blocks = new WeakMap<Block, Shown>();
  readonly #versions = new Map<Timeline, number>();
  #next = 0;
  /** Hits some of whose lines around them were not here yet: at the ends of logs, so they are few. */
  #cut: Hit[] = [];
  /** Hits that are not here, and the shape of their log in which they were not: they come only with another. */
  readonly #away = new Map<SpooledLog, { readonly shape: number; readonly hits: Hit[] }>();

  constructor(options: ExcerptOptions) {
    this.#options = options;
  }

  /** Takes what was found, and what came around it. @returns whether there is more to take */
  update(): boolean {
    const again = this.#cut;
    this.#cut = [];
    for (const hit of again) this.#take(hit);
    for (const [log, { shape, hits }] of this.#away) {
      if (log.shape === shape) continue;
      this.#away.delete(log);
      for (const hit of hits) this.#take(hit);
    }
    const hits = this.#options.found();
    const end = Math.min(hits.length, this.#next + hitsAtOnce);
    for (const hit of hits.slice(this.#next, end)) this.#take(hit);
    this.#next = end;
    return end < hits.length;
  }

  version(source: Timeline): number {
    return this.#versions.get(source) ?? 0;
  }

  skips(block: Block): boolean {
    return block.levelOf(0) !== levels.event && !this.#blocks.get(block)?.count;
  }

  has(block: Block, row: number): boolean {
    return block.levelOf(row) === levels.event || (this.#blocks.get(block)?.rows[row] ?? hidden) !== hidden;
  }

  matching(block: Block, end = block.count): number {
    if (block.levelOf(0) === levels.event) return end;
    const known = this.#blocks.get(block);
    if (!known || known.count === 0) return 0;
    if (end >= block.count) return known.count;
    let found = 0;
    for (let row = 0; row < end; row += 1) if (known.rows[row] !== hidden) found += 1;
    return found;
  }

  /** How many lines a row stands for that were left out; undefined where it stands for itself. */
  leftOut(source: Timeline, block: Block, row: number): number | undefined {
    if (this.#blocks.get(block)?.rows[row] !== fold) return undefined;
    const { mask, since } = this.#options;
    let count = 0;
    let rows = row + 1;
    for (let index = indexOf(source.blocks, block); index >= 0; index -= 1) {
      const one = source.blocks[index];
      if (!one) break;
      if (one !== block) rows = one.count;
      if (this.skips(one) && one.firstTime >= since) {
        count += one.matching(mask, rows);
        continue;
      }
      const known = this.#blocks.get(one)?.rows;
      for (let at = rows - 1; at >= 0; at -= 1) {
        if (known?.[at] === shown || one.timeOf(at) < since) return single(count);
        if (one.has(mask, at)) count += 1;
      }
    }
    return single(count);
  }

  #take(hit: Hit): void {
    const { log, seq } = hit;
    const place = log.find(seq);
    if (!place) {
      const away = this.#away.get(log) ?? { shape: log.shape, hits: [] };
      this.#away.set(log, away);
      away.hits.push(hit);
      return;
    }
    this.#show(log, place.block, place.row, shown);
    const before = this.#around(log, place, -1);
    const after = this.#around(log, place, 1);
    if (before || after) this.#cut.push(hit);
  }

  /** Shows the lines on one side of a hit. @returns whether some are not there (yet) */
  #around(log: SpooledLog, place: RowPlace, direction: -1 | 1): boolean {
    const { context, mask } = this.#options;
    const { blocks } = log;
    let { index, row } = place;
    let left = context;
    for (;;) {
      row += direction;
      const block = blocks[index];
      if (!block || row < 0 || row >= block.count) {
        index += direction;
        const next = blocks[index];
        if (!next) return direction < 0 ? log.hasOlder : left > 0;
        row = direction < 0 ? next.count : -1;
        continue;
      }
      if (!block.has(mask, row)) continue;
      if (left === 0) {
        if (direction < 0) this.#show(log, block, row, fold);
        return false;
      }
      this.#show(log, block, row, shown);
      left -= 1;
    }
  }

  #show(log: SpooledLog, block: Block, row: number, as: typeof shown | typeof fold): void {
    let known = this.#blocks.get(block);
    if (!known) {
      known = { rows: new Uint8Array(block.isFull ? block.count : fullBlock.lines), count: 0 };
      this.#blocks.set(block, known);
    }
    const before = known.rows[row];
    if (before === shown || before === as) return;
    known.rows[row] = as;
    if (before !== hidden) return;
    known.count += 1;
    if (block !== log.blocks.at(-1)) this.#versions.set(log, this.version(log) + 1);
  }
}

/** One line is as short as what would be said of it: it is shown. */
const single = (count: number): number | undefined => (count > 1 ? count : undefined);

function indexOf(blocks: readonly Block[], block: Block): number {
  let low = 0;
  let high = blocks.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((blocks[middle]?.firstSeq ?? 0) <= block.firstSeq) low = middle;
    else high = middle - 1;
  }
  // A gap has the number of the line after it.
  while (low > 0 && blocks[low] !== block) low -= 1;
  return low;
}
