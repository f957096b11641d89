/** What one part of a window shows of logs: a mixture of them, its levels and range, its search, its news. */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { ConpaasError, type Failure, toFailure } from '../../../remote/core/contract/errors.ts';
import type { LogQuery } from '../../../remote/core/contract/logs.ts';
import type { LogBar, LogNews, LogRow, LogRows } from '../calls/logs.ts';
import type { EventTimeline } from './events.ts';
import type { Choice, LogFollower } from './follower.ts';
import { everyLevel, levelMask, levelNames, levels } from './levels.ts';
import { Merged, type MergedRow } from './merge.ts';
import { type Hit, LogSearch } from './search.ts';
import type { Spool } from './spool.ts';
import type { SpooledLog, Timeline } from './spooled-log.ts';

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

/** Characters of a line that a page is sent. */
const shownLength = 4_000;
/** Between two pushes, ms: about a frame. */
const frameMs = 33;
/** A view that has nothing new says so now and then: its rate and lag go down. */
const quietMs = 1_000;

export class LogView implements AsyncDisposable {
  readonly id = randomUUID();
  readonly #options: LogViewOptions;
  readonly #closing = new AbortController();
  #choice: ViewChoice;
  #wanted: Disposable;
  #sources: readonly SpooledLog[] = [];
  #merged: Merged;
  #search: LogSearch | undefined;
  #tailRows = 0;
  /** One push at a time is on its way; the first when the page has said that it knows the view. */
  #drawn = false;
  #changed = true;
  #wake: (() => void) | undefined;
  #failure: Failure | undefined;
  #rate = { at: Date.now(), received: 0, lines: 0 };

  constructor(choice: ViewChoice, options: LogViewOptions) {
    this.#options = options;
    this.#choice = choice;
    this.#wanted = options.follower.want(choice);
    this.#merged = this.#merge();
    void this.#watch();
    void this.#push();
  }

  async choose(choice: ViewChoice): Promise<void> {
    const wanted = this.#options.follower.want(choice);
    this.#wanted[Symbol.dispose]();
    this.#wanted = wanted;
    this.#choice = choice;
    this.#merged = this.#merge();
    const query = this.#query;
    await this.search(undefined);
    if (query) await this.search(query);
    this.#reached.clear();
    this.#reachBack();
    this.#isNew();
  }

  follow(rows: number): void {
    this.#tailRows = rows;
    this.#isNew();
  }

  drawn(): void {
    this.#drawn = true;
    this.#wake?.();
  }

  async lines(first: number, count: number, anchor?: { node: string; log: string; seq: number }): Promise<LogRows> {
    let start = first;
    if (anchor) {
      const place = this.#find(anchor);
      if (place) start += this.#merged.rank(place.source, place.block, place.row);
    }
    const all = this.#merged.count;
    start = Math.max(0, Math.min(start, all));
    return { first: start, count: all, rows: await this.#rows(this.#merged.rows(start, count)) };
  }

  /** @throws ConpaasError not_found */
  async wholeLine(anchor: { node: string; log: string; seq: number }): Promise<string> {
    const place = this.#find(anchor);
    const text = place && (await place.source.texts(place.block))[place.row];
    if (text === undefined) throw new ConpaasError('not_found', 'This line is no longer kept.');
    return text;
  }

  async loadOlder(signal: AbortSignal): Promise<void> {
    await this.#options.follower.loadOlder(this.#sources, AbortSignal.any([signal, this.#closing.signal]));
    this.#isNew();
  }

  /** Logs whose older lines were read for the range of now. */
  readonly #reached = new Set<SpooledLog>();
  #reading = 0;

  /** A range that begins before what was read: the nodes are asked for what lies before, without being told to. */
  #reachBack(): void {
    const { since, until } = this.#choice;
    const early = (log: SpooledLog): boolean => {
      const first = log.blocks[0]?.firstTime;
      if (!log.hasOlder || first === undefined) return false;
      return since === undefined ? until !== undefined && until <= first : since < first;
    };
    const wanted = this.#sources.filter((log) => early(log) && !this.#reached.has(log));
    if (wanted.length === 0) return;
    for (const log of wanted) this.#reached.add(log);
    this.#reading += 1;
    this.#options.follower
      .loadOlder(wanted, this.#closing.signal)
      .catch((thrown: unknown) => {
        if (this.#closing.signal.aborted) return;
        this.#failure = toFailure(thrown);
        // What could not be read is read when the choice is made anew, or the node is reached again.
        for (const log of wanted) this.#reached.delete(log);
      })
      .finally(() => {
        this.#reading -= 1;
        this.#isNew();
      });
  }

  #query: LogQuery | undefined;

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
        changed: () => this.#isNew(),
      });
    }
    this.#isNew();
  }

  /** A hit by its number, or the nearest one from a row. Lines that only the node has are read first. */
  async findHit(
    wanted: { hit: number } | { row: number; direction: 'next' | 'previous' },
    signal: AbortSignal,
  ): Promise<{ hit: number; row: number } | null> {
    const hits = this.#search?.hits() ?? [];
    if (hits.length === 0) return null;
    const number = 'hit' in wanted ? Math.min(wanted.hit, hits.length - 1) : this.#nearest(hits, wanted);
    const hit = hits[number];
    if (!hit) return null;
    if (!hit.log.find(hit.seq)) await this.loadOlder(signal);
    const place = hit.log.find(hit.seq);
    if (!place) throw new ConpaasError('not_found', 'This line was rotated away or given up meanwhile.');
    return { hit: number, row: this.#merged.rank(hit.log, place.block, place.row) };
  }

  bar(buckets: number): LogBar {
    const count = Math.max(1, this.#merged.count);
    const bar = new Array<number>(buckets).fill(0);
    const hits = this.#search?.hits() ?? [];
    // So many lie close enough together for a bar of some hundred pixels.
    const step = Math.max(1, Math.floor(hits.length / 2_000));
    for (let index = 0; index < hits.length; index += step) {
      const hit = hits[index];
      const place = hit?.log.find(hit.seq);
      if (!hit || !place) continue;
      const row = this.#merged.rank(hit.log, place.block, place.row);
      const bucket = Math.min(buckets - 1, Math.floor((row / count) * buckets));
      bar[bucket] = (bar[bucket] ?? 0) + step;
    }
    const { since = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY } = this.#choice;
    const { events } = this.#options.events;
    const shown = events.filter(({ time }) => time >= since && time < until);
    return {
      hits: bar,
      events: shown.map(({ time, text, state }) => ({ row: this.#merged.rankAt(time), text, state })),
    };
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
      for (const { source, block, row } of rows) lines.push(await plainLine(source, block, row));
      yield { text: `${lines.join('\n')}\n`, lines: lines.length };
    }
  }

  get count(): number {
    return this.#merged.count;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    this.#wake?.();
    this.#wanted[Symbol.dispose]();
    await this.#search?.[Symbol.asyncDispose]();
  }

  #merge(): Merged {
    this.#sources = [...this.#options.follower.logs(this.#choice), ...this.#options.removed(this.#choice)];
    this.#rate.received = this.#received();
    const { levels: chosen, since, until } = this.#choice;
    return new Merged([...this.#sources, this.#options.events], levelMask(chosen), {
      ...(since === undefined ? {} : { since }),
      ...(until === undefined ? {} : { until }),
    });
  }

  #find({ node, log, seq }: { node: string; log: string; seq: number }): MergedRow | undefined {
    if (node === '') {
      const { events } = this.#options;
      const block = events.blocks.find((one) => seq >= one.firstSeq && seq < one.firstSeq + one.count);
      return block && { source: events, block, row: seq - block.firstSeq };
    }
    const source = this.#sources.find((one) => one.node === node && one.log === log);
    const place = source?.find(seq);
    return source && place && { source, ...place };
  }

  async #rows(rows: readonly MergedRow[]): Promise<LogRow[]> {
    const found: LogRow[] = [];
    for (const { source, block, row } of rows) {
      const { node, service, log } = source;
      const level = levelNames[block.levelOf(row)] ?? 'other';
      const text = (await source.texts(block))[row] ?? '';
      const about = { node, service, log, seq: block.seqOf(row), time: block.timeOf(row), level };
      if (level === 'gap') found.push({ ...about, text: '', gap: Number(text) });
      else if (text.length <= shownLength) found.push({ ...about, text });
      else found.push({ ...about, text: text.slice(0, shownLength), length: text.length });
    }
    const marks = (await this.#search?.marks(found.map(({ text }) => text))) ?? [];
    return found.map((row, index) => (marks[index]?.length ? { ...row, marks: marks[index] } : row));
  }

  #nearest(hits: readonly Hit[], { row, direction }: { row: number; direction: 'next' | 'previous' }): number {
    const rankOf = (hit: Hit): number => {
      const place = hit.log.find(hit.seq);
      return place ? this.#merged.rank(hit.log, place.block, place.row) : this.#merged.rankAt(hit.time);
    };
    let low = 0;
    let high = hits.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const hit = hits[middle];
      const rank = hit ? rankOf(hit) : 0;
      if (direction === 'next' ? rank <= row : rank < row) low = middle + 1;
      else high = middle;
    }
    // Round the end: after the last comes the first.
    return direction === 'next' ? low % hits.length : (low - 1 + hits.length) % hits.length;
  }

  #received(): number {
    return this.#sources.reduce((sum, { received }) => sum + received, 0);
  }

  #isNew(): void {
    this.#changed = true;
    this.#wake?.();
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
      this.#isNew();
      await delay(frameMs, undefined, { signal }).catch(() => undefined); // closed: the loop ends
      await follower.changed.next(seen, signal).catch(() => undefined);
      seen = follower.changed.generation;
    }
  }

  /** Says what is new: at most once a frame, and not before the page has drawn what it was told last. */
  async #push(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      if (!this.#drawn || !this.#changed) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, quietMs);
          this.#wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
        this.#wake = undefined;
        if (!this.#drawn) continue;
      }
      if (signal.aborted) return;
      this.#changed = false;
      this.#drawn = false;
      try {
        this.#options.news(await this.#news());
      } catch (thrown) {
        this.#failure = toFailure(thrown);
        this.#drawn = true;
      }
      await delay(frameMs, undefined, { signal }).catch(() => undefined); // closed: the loop ends
    }
  }

  async #news(): Promise<LogNews> {
    const { follower, spool } = this.#options;
    const { count } = this.#merged;
    const rows = Math.min(this.#tailRows, count);
    const search = this.#search;
    return {
      view: this.id,
      count,
      lag: follower.lag,
      rate: this.#measure(),
      spool: { bytes: spool.bytes, capBytes: spool.capBytes },
      older: this.#sources.some(({ hasOlder }) => hasOlder),
      reading: this.#reading > 0,
      ...(search && { search: { count: search.count, busy: search.busy, failure: search.failure } }),
      ...(this.#failure && { failure: this.#failure }),
      ...(rows > 0 && { tail: await this.#rows(this.#merged.rows(count - rows, rows)) }),
    };
  }

  #measure(): number {
    const now = Date.now();
    const seconds = (now - this.#rate.at) / 1000;
    if (seconds < 0.8) return this.#rate.lines;
    const received = this.#received();
    this.#rate = { at: now, received, lines: Math.max(0, Math.round((received - this.#rate.received) / seconds)) };
    return this.#rate.lines;
  }
}

/** A row as it stands in a saved file or on the clipboard. */
async function plainLine(source: Timeline, block: MergedRow['block'], row: number): Promise<string> {
  const text = (await source.texts(block))[row] ?? '';
  const time = new Date(block.timeOf(row)).toISOString();
  const level = block.levelOf(row);
  if (level === levels.event) return `── ${time} ${text}`;
  if (level === levels.gap) return `── ${source.node} ${source.log}: ${gapText(Number(text))}`;
  return `${time} ${source.node} ${source.log}  ${text}`;
}

/** What a gap says of itself. */
export function gapText(lines: number): string {
  if (lines < 0) return 'some lines may have been lost while the log was rotated';
  const count = lines.toLocaleString('en-GB');
  return lines === 1
    ? '1 line was rotated away before it could be read'
    : `${count} lines were rotated away before they could be read`;
}
