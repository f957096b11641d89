/** What one part of a window shows of logs: a mixture of them, its levels and range, its search, its news. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { ConpaasError, type Failure, toFailure } from '../../../remote/core/contract/errors.ts';
import type { LogQuery } from '../../../remote/core/contract/logs.ts';
import type { LogAnchor, LogBar, LogNews, LogRow, LogRows } from '../calls/logs.ts';
import type { EventTimeline } from './events.ts';
import { Excerpt } from './excerpt.ts';
import type { Choice, LogFollower } from './follower.ts';
import { barOf, nearestHit } from './hit-places.ts';
import { everyLevel, levelMask } from './levels.ts';
import { LineRate } from './line-rate.ts';
import { Merged, type MergedRow, ofLevels } from './merge.ts';
import { isReadTooLate, OlderLines } from './older-lines.ts';
import { frameMs, Pushing } from './pushing.ts';
import { plainLine, readRows } from './read-rows.ts';
import { hitsKept, LogSearch } from './search.ts';
import type { Spool } from './spool.ts';
import type { SpooledLog } from './spooled-log.ts';

export interface ViewChoice extends Choice {
  readonly levels?: readonly ('other' | 'debug' | 'info' | 'warning' | 'error')[] | undefined;
  readonly since?: number | undefined;
  readonly until?: number | undefined;
}

export interface LogViewOptions {
  readonly follower: LogFollower;
  readonly spool: Spool;
  readonly events: EventTimeline;
  /** Logs of nodes that are gone, once they are read. */
  removed(choice: Choice): readonly SpooledLog[];
  news(news: LogNews): void;
}

export class LogView implements AsyncDisposable {
  readonly id = randomUUID();
  readonly #options: LogViewOptions;
  readonly #closing = new AbortController();
  readonly #pushing: Pushing;
  readonly #older: OlderLines;
  readonly #rate = new LineRate();
  #choice: ViewChoice;
  #wanted: Disposable;
  #sources: readonly SpooledLog[] = [];
  #merged: Merged;
  #query: LogQuery | undefined;
  #search: LogSearch | undefined;
  /** Lines around each hit, where hits alone are shown. */
  #context: number | undefined;
  #excerpt: Excerpt | undefined;
  #tailRows = 0;
  #failure: Failure | undefined;

  constructor(choice: ViewChoice, options: LogViewOptions) {
    this.#options = options;
    this.#choice = choice;
    this.#wanted = options.follower.want(choice);
    this.#merged = this.#merge();
    this.#older = new OlderLines({
      read: (logs, signal) => options.follower.loadOlder(logs, signal),
      failed: (failure) => {
        this.#failure = failure;
      },
      changed: () => this.#pushing.isNew(),
    });
    this.#pushing = new Pushing(() => this.#push());
    void this.#watch();
  }

  async choose(choice: ViewChoice): Promise<void> {
    const wanted = this.#options.follower.want(choice);
    this.#wanted[Symbol.dispose]();
    this.#wanted = wanted;
    this.#choice = choice;
    this.#merged = this.#merge();
    await this.search(this.#query);
    this.#older.restart();
    this.#reachBack();
    this.#pushing.isNew();
  }

  follow(rows: number): void {
    this.#tailRows = rows;
    this.#pushing.isNew();
  }

  drawn(): void {
    this.#pushing.drawn();
  }

  async lines(first: number, count: number, anchor?: LogAnchor): Promise<LogRows> {
    const place = anchor && this.#find(anchor);
    const at = place && this.#merged.rank(place.source, place.block, place.row);
    const all = this.#merged.count;
    const start = Math.max(0, Math.min(first + (at ?? 0), all));
    const rows = await this.#rows(this.#merged.rows(start, count));
    return { first: start, count: all, rows, ...(at === undefined ? {} : { anchor: at }) };
  }

  /** @throws ConpaasError not_found */
  async wholeLine(anchor: LogAnchor): Promise<string> {
    const place = this.#find(anchor);
    const text = place && (await place.source.texts(place.block))[place.row];
    if (text === undefined) throw new ConpaasError('not_found', 'This line is no longer kept.');
    return text;
  }

  async loadOlder(signal: AbortSignal): Promise<void> {
    await this.#options.follower.loadOlder(this.#sources, AbortSignal.any([signal, this.#closing.signal]));
    this.#pushing.isNew();
  }

  /** @throws ConpaasError invalid_request where the expression is none */
  async search(query: LogQuery | undefined): Promise<void> {
    const before = this.#search;
    this.#search = undefined;
    this.#query = query;
    await before?.[Symbol.asyncDispose]();
    if (query) {
      const { levels: chosen, since, until } = this.#choice;
      const mask = levelMask(chosen);
      if (mask !== everyLevel) await this.loadOlder(this.#closing.signal);
      const range = { ...(since === undefined ? {} : { since }), ...(until === undefined ? {} : { until }) };
      this.#search = new LogSearch({
        query,
        mask,
        since: since ?? Number.NEGATIVE_INFINITY,
        until: until ?? Number.POSITIVE_INFINITY,
        logs: () => this.#sources,
        unread: (signal) => this.#options.follower.searchUnread(this.#sources, query, range, signal),
        changed: () => this.#pushing.isNew(),
      });
    }
    this.#excerptAnew();
  }

  /** Shows hits alone with so many lines around each, as long as something is searched for; undefined: all rows. */
  showHits(context: number | undefined): void {
    if (context === this.#context) return;
    this.#context = context;
    this.#excerptAnew();
    this.#reachBack();
  }

  /** A hit by its number, or the nearest one from a row. Lines that only the node has are read first. */
  async findHit(
    wanted: { hit: number } | { row: number; direction: 'next' | 'previous' },
    signal: AbortSignal,
  ): Promise<{ hit: number; row: number; line: LogAnchor } | null> {
    const hits = this.#search?.hits() ?? [];
    if (hits.length === 0) return null;
    const number = 'hit' in wanted ? Math.min(wanted.hit, hits.length - 1) : nearestHit(this.#merged, hits, wanted);
    const hit = hits[number];
    if (!hit) return null;
    if (!hit.log.find(hit.seq)) await this.loadOlder(signal);
    const place = hit.log.find(hit.seq);
    if (!place) throw new ConpaasError('not_found', 'This line was rotated away or given up meanwhile.');
    const line = { node: hit.log.node, log: hit.log.log, seq: hit.seq };
    return { hit: number, row: this.#merged.rank(hit.log, place.block, place.row), line };
  }

  bar(buckets: number): LogBar {
    const { since = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY } = this.#choice;
    const events = this.#options.events.events.filter(({ time }) => time >= since && time < until);
    return barOf(this.#merged, this.#search?.hits() ?? [], events, buckets);
  }

  rowAt(time: number): number {
    return Math.min(this.#merged.rankAt(time), Math.max(0, this.#merged.count - 1));
  }

  /** Rows as text, some at a time; each line once, each log in its order. */
  async *text(first: number, count: number): AsyncIterable<{ text: string; lines: number }> {
    const step = 2_000;
    for (let at = first; at < first + count; at += step) {
      this.#closing.signal.throwIfAborted();
      const rows = this.#merged.rows(at, Math.min(step, first + count - at));
      if (rows.length === 0) return;
      const lines: string[] = [];
      for (const row of rows) lines.push(await plainLine(row, this.#excerpt));
      yield { text: `${lines.join('\n')}\n`, lines: lines.length };
    }
  }

  get count(): number {
    return this.#merged.count;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    this.#pushing[Symbol.dispose]();
    this.#older[Symbol.dispose]();
    this.#wanted[Symbol.dispose]();
    await this.#search?.[Symbol.asyncDispose]();
  }

  #merge(): Merged {
    this.#sources = [...this.#options.follower.logs(this.#choice), ...this.#options.removed(this.#choice)];
    this.#rate.restart(this.#received());
    const { levels: chosen, since, until } = this.#choice;
    return new Merged([...this.#sources, this.#options.events], this.#excerpt ?? ofLevels(levelMask(chosen)), {
      ...(since === undefined ? {} : { since }),
      ...(until === undefined ? {} : { until }),
    });
  }

  /** Another search, other levels, or other lines around its hits. */
  #excerptAnew(): void {
    const search = this.#search;
    const { levels: chosen, since = Number.NEGATIVE_INFINITY } = this.#choice;
    this.#excerpt =
      search && this.#context !== undefined
        ? new Excerpt({ context: this.#context, mask: levelMask(chosen), since, found: () => search.found() })
        : undefined;
    this.#excerpt?.update();
    this.#merged = this.#merge();
    this.#pushing.isNew();
  }

  /** The nodes are asked for what lies before what was read, without being told to, where what is shown needs it. */
  #reachBack(): void {
    const { since, until } = this.#choice;
    const needed = (log: SpooledLog): boolean => (this.#excerpt ? log.hasOlder : isReadTooLate(log, since, until));
    this.#older.reach(this.#sources.filter(needed));
  }

  #find({ node, log, seq }: LogAnchor): MergedRow | undefined {
    if (node === '') {
      const { events } = this.#options;
      const block = events.blocks.find((one) => seq >= one.firstSeq && seq < one.firstSeq + one.count);
      return block && { source: events, block, row: seq - block.firstSeq };
    }
    const source = this.#sources.find((one) => one.node === node && one.log === log);
    const place = source?.find(seq);
    return source && place && { source, block: place.block, row: place.row };
  }

  async #rows(rows: readonly MergedRow[]): Promise<LogRow[]> {
    const found = await readRows(rows, this.#excerpt);
    const marks = (await this.#search?.marks(found.map(({ text }) => text))) ?? [];
    return found.map((row, index) => (marks[index]?.length ? { ...row, marks: marks[index] } : row));
  }

  #received(): number {
    return this.#sources.reduce((sum, { received }) => sum + received, 0);
  }

  /** Looks at what the follower has. */
  async #watch(): Promise<void> {
    const { follower } = this.#options;
    const { signal } = this.#closing;
    let seen = follower.changed.generation;
    let sources = '';
    while (!signal.aborted) {
      const now = [...follower.logs(this.#choice), ...this.#options.removed(this.#choice)];
      const named = now.map(({ name }) => name).join();
      if (named !== sources) {
        sources = named;
        this.#merged = this.#merge();
      }
      this.#failure = follower.failure;
      this.#reachBack();
      this.#search?.goOn();
      this.#pushing.isNew();
      await delay(frameMs, undefined, { signal }).catch(() => undefined); // closed: the loop ends
      await follower.changed.next(seen, signal).catch(() => undefined);
      seen = follower.changed.generation;
    }
  }

  async #push(): Promise<void> {
    try {
      this.#options.news(await this.#news());
    } catch (thrown) {
      this.#failure = toFailure(thrown);
      this.#pushing.drawn();
    }
  }

  async #news(): Promise<LogNews> {
    const { follower, spool } = this.#options;
    const behind = this.#excerpt?.update() ?? false;
    if (behind) this.#pushing.isNew();
    const { count } = this.#merged;
    const rows = Math.min(this.#tailRows, count);
    const search = this.#search;
    return {
      view: this.id,
      count,
      lag: follower.lag,
      rate: this.#rate.measure(this.#received()),
      spool: { bytes: spool.bytes, capBytes: spool.capBytes },
      older: this.#sources.some(({ hasOlder }) => hasOlder),
      reading: this.#older.reading,
      ...(search && {
        search: {
          count: search.count,
          kept: Math.min(search.count, hitsKept),
          busy: search.busy || behind,
          failure: search.failure,
        },
      }),
      ...(this.#failure && { failure: this.#failure }),
      ...(rows > 0 && { tail: await this.#rows(this.#merged.rows(count - rows, rows)) }),
    };
  }
}
