/** One log of one node as the hub keeps it: what was read before (older) and what comes (newer), in blocks. */
import type { LogBatch, LogPlace } from '../../../remote/core/contract/logs.ts';
import type { Searched } from '../../../remote/core/log-search/index.ts';
import { Block } from './block.ts';
import { type Level, levelOf, levels } from './levels.ts';
import type { Spool, SpoolOwner } from './spool.ts';

/** A row of a log: where it is, and what is known of it without reading. */
export interface RowPlace {
  readonly block: Block;
  readonly row: number;
  /** Of the block among those of its log. */
  readonly index: number;
}

/** A longer line is cut; the agent gives it in pieces of this size anyhow. */
const longestLine = 64 * 1024;
/** Blocks whose texts are kept at hand. */
const textsKept = 24;

/** What a view merges: logs, and the events among them. */
export interface Timeline {
  readonly node: string;
  readonly service: string;
  readonly log: string;
  /** Oldest first; times never go back. */
  readonly blocks: readonly Block[];
  /** Raised whenever blocks come or go elsewhere than at the end. */
  readonly shape: number;
  texts(block: Block): Promise<readonly string[]>;
}

export class SpooledLog implements Timeline, SpoolOwner {
  readonly node: string;
  readonly service: string;
  readonly log: string;
  readonly #spool: Spool;
  #older: Block[] = [];
  #newer: Block[] = [];
  #blocks: Block[] = [];
  #shape = 0;
  /** Where newer lines go on. */
  next: LogPlace | undefined;
  /** Number of the oldest line here; undefined: none yet. */
  #first: number | undefined;
  /** Added to the numbers of the agent, where it has begun to count anew. */
  #shift = 0;
  /** Lines that came, for the rate. */
  received = 0;
  readonly #texts = new Map<Block, readonly string[]>();

  constructor(about: { readonly node: string; readonly service: string; readonly log: string }, spool: Spool) {
    this.node = about.node;
    this.service = about.service;
    this.log = about.log;
    this.#spool = spool;
  }

  get name(): string {
    return `${this.node}/${this.log}`;
  }

  get blocks(): readonly Block[] {
    return this.#blocks;
  }

  get shape(): number {
    return this.#shape;
  }

  /** Whether there may be lines before the first here. */
  get hasOlder(): boolean {
    return this.#first !== undefined && this.#first > 0;
  }

  get firstSeq(): number | undefined {
    return this.#first;
  }

  /** Takes what comes next. Resolves when there is room for more. */
  async append(batch: LogBatch): Promise<void> {
    const last = this.#newer.at(-1) ?? this.#older.at(-1);
    const expected = last ? last.seqOf(last.count - 1) + (last.isOne ? 0 : 1) : batch.seq;
    if (batch.seq + this.#shift < expected) this.#shift = expected - batch.seq;
    const seq = batch.seq + this.#shift;
    this.#first ??= seq;
    this.#put(this.#newer, batch, seq, last?.lastTime ?? 0);
    this.next = batch.next;
    this.received += batch.count;
    await this.#spool.room();
  }

  /** Takes lines that come before all that newer reading brought; they come in their order. */
  async insert(batch: LogBatch): Promise<void> {
    const before = this.#older.length;
    this.#put(this.#older, batch, batch.seq, this.#older.at(-1)?.lastTime ?? 0, this.#newer[0]?.firstTime);
    if (before === 0 && this.#older[0]) this.#first = Math.min(this.#first ?? batch.seq, this.#older[0].firstSeq);
    // The last of the older blocks has grown: what was counted behind it is counted anew.
    this.#shape += 1;
    await this.#spool.room();
  }

  /** Older lines are about to be read anew: what was read of them before is let go. */
  beginOlder(): void {
    if (this.#older.length === 0) return;
    this.#older = [];
    this.#first = this.#newer[0]?.firstSeq;
    this.#reshape();
  }

  async texts(block: Block): Promise<readonly string[]> {
    if (block.texts) return block.texts;
    const known = this.#texts.get(block);
    if (known) return known;
    if (!block.place) return [];
    const texts = (await this.#spool.read(block.place)).split('\n');
    this.#texts.set(block, texts);
    for (const oldest of this.#texts.keys()) {
      if (this.#texts.size <= textsKept) break;
      this.#texts.delete(oldest);
    }
    return texts;
  }

  /** A block as a search in a worker takes it; undefined where it has gone. */
  async searchable(block: Block): Promise<Searched | undefined> {
    return block.place && this.#spool.has(block.place) ? this.#spool.searchable(block.place) : undefined;
  }

  /** The row with a number; undefined where it is not here. */
  find(seq: number): RowPlace | undefined {
    let low = 0;
    let high = this.#blocks.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#blocks[middle]?.firstSeq ?? 0) <= seq) low = middle;
      else high = middle - 1;
    }
    const block = this.#blocks[low];
    if (!block || seq < block.firstSeq) return undefined;
    const row = block.isOne ? 0 : seq - block.firstSeq;
    return row < block.count ? { block, row, index: low } : undefined;
  }

  dropped(segment: number): void {
    const stays = (block: Block): boolean => block.place?.segment !== segment;
    this.#older = this.#older.filter(stays);
    this.#newer = this.#newer.filter(stays);
    this.#reshape();
    this.#first = this.#blocks[0]?.firstSeq;
  }

  /** Adds to a run of blocks; times never go back, and never beyond `until`. */
  #put(run: Block[], batch: LogBatch, seq: number, after: number, until = Number.POSITIVE_INFINITY): void {
    const { times, gap } = batch;
    let time = bounded(times[1] ?? after, after, until);
    if (gap !== undefined) {
      // Before the lines that it tells of are missed.
      const block = new Block(seq, true);
      block.add(String(gap), time, levels.gap);
      this.#start(run, block);
      this.#finish(block);
    }
    if (batch.count === 0) return;
    let entry = 0;
    let index = 0;
    for (let start = 0; index < batch.count; index += 1) {
      const end = batch.text.indexOf('\n', start);
      let text = end < 0 ? batch.text.slice(start) : batch.text.slice(start, end);
      if (text.endsWith('\r')) text = text.slice(0, -1);
      if (text.length > longestLine) text = text.slice(0, longestLine);
      while (entry + 2 < times.length && (times[entry + 2] ?? 0) <= index) entry += 2;
      time = bounded(times[entry + 1] ?? time, time, until);
      this.#row(run, seq + index, text, time, levelOf(text));
      start = end < 0 ? batch.text.length : end + 1;
    }
  }

  #row(run: Block[], seq: number, text: string, time: number, level: Level): void {
    let block = run.at(-1);
    const goesOn =
      block?.texts && !block.isOne && !block.isFull && seq === block.firstSeq + block.count && !block.place;
    if (!block || !goesOn) {
      if (block && !block.isOne) this.#finish(block);
      block = new Block(seq, false);
      this.#start(run, block);
    }
    block.add(text, time, level);
    if (block.isFull) this.#finish(block);
  }

  #start(run: Block[], block: Block): void {
    run.push(block);
    if (run === this.#newer) this.#blocks.push(block);
    else this.#reshape();
  }

  /** Puts the texts of a block on the disk. They stay at hand until they are there. */
  #finish(block: Block): void {
    if (block.place || !block.texts || this.#finishing.has(block)) return;
    this.#finishing.add(block);
    this.#spool.write(this, block.texts.join('\n'), block.lastTime).then(
      (place) => {
        block.place = place;
        block.texts = undefined;
        this.#finishing.delete(block);
      },
      () => undefined, // the spool tells it to who waits for room; the texts stay in memory
    );
  }

  readonly #finishing = new Set<Block>();

  #reshape(): void {
    this.#blocks = [...this.#older, ...this.#newer];
    this.#shape += 1;
  }
}

const bounded = (time: number, least: number, most: number): number =>
  Math.min(Math.max(Math.round(time), least), Math.max(most, least));
