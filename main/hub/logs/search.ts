/**
 * A search in what a view shows: in the spool, in a worker; for what is not in the spool, at the agents; and in what
 * comes while it is open. All hits are counted; so many can be stepped through.
 */
import { type Failure, toFailure } from '../../../remote/core/contract/errors.ts';
import type { LogQuery } from '../../../remote/core/contract/logs.ts';
import { createSearcher, type Searcher } from '../../../remote/core/log-search/index.ts';
import type { Block } from './block.ts';
import { everyLevel, levels } from './levels.ts';
import type { SpooledLog } from './spooled-log.ts';

export interface Hit {
  readonly log: SpooledLog;
  readonly seq: number;
  readonly time: number;
}

export interface LogSearchOptions {
  readonly query: LogQuery;
  readonly mask: number;
  readonly since: number;
  readonly until: number;
  logs(): readonly SpooledLog[];
  /** What is not in the spool. */
  unread(signal: AbortSignal): AsyncIterable<{
    node: string;
    log: string;
    seqs: number[];
    times: number[];
  }>;
  changed(): void;
}

/** Hits that can be stepped through. */
export const hitsKept = 200_000;

export class LogSearch implements AsyncDisposable {
  readonly #options: LogSearchOptions;
  readonly #searcher: Searcher;
  readonly #closing = new AbortController();
  /** How many rows of a block have been searched. */
  readonly #searched = new WeakMap<Block, number>();
  /** Blocks of a log, from its start, that need no second look while its shape stays. */
  readonly #through = new Map<SpooledLog, { readonly shape: number; readonly blocks: number }>();
  /** Number of the first line here when the search began: what lies before is the agents' to search. */
  readonly #boundary = new Map<SpooledLog, number>();
  /** As they were found. */
  readonly #found: Hit[] = [];
  #sorted: readonly Hit[] = [];
  #count = 0;
  #failure: Failure | undefined;
  #isFirst = true;
  #turn: Promise<void>;
  #again = false;
  #busy = true;
  /** For the rows on the screen: a worker of its own, which need not wait for what is searched. */
  #marker: Searcher | undefined;

  /** @throws ConpaasError invalid_request where the expression is none */
  constructor(options: LogSearchOptions) {
    this.#options = options;
    this.#searcher = createSearcher(options.query);
    this.#turn = this.#round();
  }

  get count(): number {
    return this.#count;
  }

  get failure(): Failure | undefined {
    return this.#failure;
  }

  /** Whether it is still looking through what was there. */
  get busy(): boolean {
    return this.#busy;
  }

  /** The hits that are kept, by time. */
  hits(): readonly Hit[] {
    if (this.#sorted.length !== this.#found.length) {
      this.#sorted = [...this.#found].sort(
        (a, b) => a.time - b.time || a.log.name.localeCompare(b.log.name) || a.seq - b.seq,
      );
    }
    return this.#sorted;
  }

  /** The hits that are kept, as they were found: the list only grows. */
  found(): readonly Hit[] {
    return this.#found;
  }

  /**
   * Where an expression is found in lines that are shown; nothing for a text, and nothing where it takes too long (the
   * search itself tells of that).
   */
  async marks(lines: readonly string[]): Promise<readonly (readonly number[])[]> {
    const { query } = this.#options;
    if (!query.regex || lines.length === 0 || this.#closing.signal.aborted) return [];
    this.#marker ??= createSearcher(query);
    try {
      return await this.#marker.mark(lines);
    } catch {
      return [];
    }
  }

  /** More lines may be there. */
  goOn(): void {
    if (this.#busy) {
      this.#again = true;
      return;
    }
    this.#busy = true;
    this.#turn = this.#round();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    await this.#searcher[Symbol.asyncDispose]();
    await this.#marker?.[Symbol.asyncDispose]();
    await this.#turn;
  }

  async #round(): Promise<void> {
    const { signal } = this.#closing;
    try {
      // Levels are told from the text, which only the spool has: where they matter, older lines are read first.
      if (this.#isFirst && this.#options.mask === everyLevel) {
        for (const log of this.#options.logs()) if (log.firstSeq !== undefined) this.#boundary.set(log, log.firstSeq);
      }
      do {
        this.#again = false;
        for (const log of this.#options.logs()) await this.#searchLog(log, signal);
        if (this.#isFirst) {
          this.#isFirst = false;
          await this.#searchUnread(signal);
        }
      } while (this.#again && !signal.aborted);
    } catch (thrown) {
      if (!signal.aborted) this.#failure = toFailure(thrown);
    } finally {
      this.#busy = false;
      if (!signal.aborted) this.#options.changed();
    }
  }

  /** The newest first: that is where people look. */
  async #searchLog(log: SpooledLog, signal: AbortSignal): Promise<void> {
    const { blocks, shape } = log;
    const known = this.#through.get(log);
    const start = known?.shape === shape ? known.blocks : 0;
    const boundary = this.#boundary.get(log) ?? 0;
    const { length } = blocks;
    for (let index = length - 1; index >= start; index -= 1) {
      const block = blocks[index];
      if (!block || block.firstSeq < boundary) continue;
      const from = this.#searched.get(block) ?? 0;
      if (from >= block.count) continue;
      if (block.lastTime < this.#options.since || block.firstTime >= this.#options.until) continue;
      await this.#searchBlock(log, block, from);
      if (signal.aborted) return;
    }
    this.#through.set(log, { shape, blocks: Math.max(0, length - 1) });
  }

  async #searchBlock(log: SpooledLog, block: Block, from: number): Promise<void> {
    const { mask, since, until } = this.#options;
    const { count } = block;
    let rows: number[];
    if (block.place && !block.texts) {
      const what = await log.searchable(block);
      if (!what) return; // it has gone for newer lines
      rows = await this.#searcher.find(what);
    } else {
      const texts = (await log.texts(block)).slice(from, count);
      rows = (await this.#searcher.find({ text: texts.join('\n') })).map((row) => row + from);
    }
    this.#searched.set(block, count);
    let found = false;
    for (const row of rows) {
      const time = block.timeOf(row);
      if (row < from || row >= count || !block.has(mask, row) || time < since || time >= until) continue;
      if (block.levelOf(row) === levels.gap) continue; // its text is a number
      this.#add({ log, seq: block.seqOf(row), time });
      found = true;
    }
    if (found) this.#options.changed();
  }

  async #searchUnread(signal: AbortSignal): Promise<void> {
    if (this.#options.mask !== everyLevel) return;
    const names = new Map(this.#options.logs().map((log) => [log.name, log]));
    for await (const { node, log: name, seqs, times } of this.#options.unread(signal)) {
      const log = names.get(`${node}/${name}`);
      if (!log || seqs.length === 0) continue;
      for (const [index, seq] of seqs.entries()) {
        if (seq < (this.#boundary.get(log) ?? 0)) this.#add({ log, seq, time: times[index] ?? 0 });
      }
      this.#options.changed();
    }
  }

  #add(hit: Hit): void {
    this.#count += 1;
    if (this.#found.length < hitsKept) this.#found.push(hit);
  }
}
