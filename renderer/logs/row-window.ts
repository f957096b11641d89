/**
 * The window of rows that is held of a log, and what of it is to be seen: without a screen. The hub has the rows; asked
 * for are those to be seen, one request at a time. Rows are numbered, and the numbers move when rows come before: so what
 * is asked for counts from a line that is held, and whatever goes by numbers here is moved by what the answer tells.
 */
import type { LogAnchor, LogNews, LogRow, LogRows } from '../../main/hub/protocol.ts';
import { RowChoice } from './row-choice.ts';
import { clamped } from './scale.ts';

/** Rows beyond the edges of the screen. */
const margin = 20;
/** A paused view looks after this many milliseconds whether rows came before those it shows. */
const settleMs = 400;

export interface RowWindowOptions {
  lines(first: number, count: number, anchor?: LogAnchor): Promise<LogRows>;
  /** Rows that fit on the screen. */
  shown(): number;
  /** What is to be seen is another. */
  draw(): void;
  onFollowing(following: boolean): void;
  onFailure(thrown: unknown): void;
}

/** A line, and the number that its row had. */
interface Placed {
  readonly line: LogAnchor;
  readonly row: number;
}

export class RowWindow {
  readonly choice = new RowChoice();
  readonly #options: RowWindowOptions;
  #count = 0;
  #top = 0;
  #following = true;
  #rows: readonly LogRow[] = [];
  #rowsFirst = 0;
  /** The line that is to be shown, until its rows are here. */
  #sought: Placed | undefined;
  /** It was scrolled to the very first row, whichever that is once it is here. */
  #toStart = false;
  #asking = false;
  #askAgain = false;
  /** Of what is shown: an answer about an earlier choice is none any more. */
  #generation = 0;
  #settledAt = Number.NEGATIVE_INFINITY;
  #closed = false;

  constructor(options: RowWindowOptions) {
    this.#options = options;
  }

  get count(): number {
    return this.#count;
  }

  /** The first row on the screen, with a fraction. */
  get top(): number {
    return this.#top;
  }

  get following(): boolean {
    return this.#following;
  }

  /** The row from which the next hit is looked for. */
  get position(): number {
    return this.choice.current ?? Math.floor(this.#following ? this.#count : this.#top);
  }

  /** The line that is looked at, or else the first on the screen; undefined while the end is followed. */
  get anchor(): LogAnchor | undefined {
    if (this.#following) return undefined;
    const row = this.#rows[this.position - this.#rowsFirst] ?? this.#rows[Math.floor(this.#top) - this.#rowsFirst];
    return row && lineOf(row);
  }

  close(): void {
    this.#closed = true;
  }

  /** What the hub says is new. */
  news(news: LogNews): void {
    this.#count = news.count;
    // A tail of the choice before may have come after the choice: where there is no row, none of it stays.
    const tail = news.tail ?? (news.count === 0 ? [] : undefined);
    if (tail && this.#following) {
      this.#rows = tail;
      this.#rowsFirst = news.count - tail.length;
      this.#top = Math.max(0, news.count - this.#shown);
    } else if (!this.#following && this.#top > clamped(this.#top, this.#shown, news.count)) {
      // There are fewer rows than before: what was shown is not among them.
      this.#top = clamped(this.#top, this.#shown, news.count);
      this.#rows = [];
    } else if (!this.#following && performance.now() - this.#settledAt > settleMs) {
      void this.#settle();
    }
    this.#options.draw();
  }

  setFollowing(following: boolean): void {
    if (following === this.#following) return;
    this.#following = following;
    this.#sought = undefined;
    this.#options.onFollowing(following);
    if (following) this.#top = clamped(this.#count, this.#shown, this.#count);
    this.#options.draw();
  }

  /**
   * Shows a row, a third from above, as the one that is looked at.
   * @param line what stands there: found again if rows come before it until it is shown
   */
  show(row: number, line: LogAnchor): void {
    this.setFollowing(false);
    this.choice.look(row);
    this.#top = clamped(row - Math.floor(this.#shown / 3), this.#shown, Math.max(this.#count, row + 1));
    this.#sought = { line, row };
    this.#toStart = false;
    this.#forget();
  }

  /** All rows are others now. */
  reset(): void {
    this.choice.look(undefined);
    this.#sought = undefined;
    this.#forget();
  }

  /** Another choice is in force: what was asked for until now may be about the one before. */
  chosen(): void {
    if (this.#following) this.#generation += 1;
    else this.#forget();
  }

  scrollTo(top: number): void {
    const wanted = clamped(top, this.#shown, this.#count);
    const atEnd = wanted >= this.#count - this.#shown;
    if (this.#following && top < this.#top) this.setFollowing(false);
    else if (!this.#following && atEnd && top > this.#top) {
      this.setFollowing(true);
      return;
    }
    if (!this.#following) this.#top = wanted;
    this.#toStart = wanted === 0;
    this.#options.draw();
  }

  extend(step: number): void {
    this.setFollowing(false);
    const to = this.choice.extend(step, Math.floor(this.#top), this.#count);
    if (to < this.#top) this.#top = to;
    else if (to >= this.#top + this.#shown) this.#top = clamped(to - this.#shown + 1, this.#shown, this.#count);
    this.#options.draw();
  }

  /** What is to be drawn now; undefined: what stands there stays. Asks for what is not held. */
  visible(): { readonly rows: readonly LogRow[]; readonly first: number } | undefined {
    if (this.#following) {
      const isSomething = this.#rows.length > 0 || this.#count === 0;
      return isSomething ? { rows: this.#rows, first: this.#rowsFirst } : undefined;
    }
    const shown = this.#shown + 1;
    const first = Math.floor(this.#top);
    const start = first - this.#rowsFirst;
    if (start < 0 || start + Math.min(shown, this.#count - first) > this.#rows.length) void this.#ask(first, shown);
    const rows = start < 0 ? [] : this.#rows.slice(start, start + shown);
    if (rows.length > 0) return { rows, first };
    return this.#count === 0 ? { rows, first: 0 } : undefined;
  }

  get #shown(): number {
    return this.#options.shown();
  }

  #forget(): void {
    this.#generation += 1;
    this.#rows = [];
    this.#options.draw();
  }

  /** A line that numbers can be counted from; undefined: none is held. */
  #placed(): Placed | undefined {
    if (this.#sought) return this.#sought;
    // Where it has been scrolled beyond what is held, the nearest there is.
    const from = Math.min(Math.max(0, Math.floor(this.#top) - this.#rowsFirst), Math.max(0, this.#rows.length - 1));
    const ahead = this.#rows.findIndex((row, index) => index >= from && isLine(row));
    const index = ahead >= 0 ? ahead : this.#rows.findLastIndex(isLine);
    const row = this.#rows[index];
    return row && { line: lineOf(row), row: this.#rowsFirst + index };
  }

  /** So many rows have come before all that is held. */
  #move(rows: number): void {
    this.#top += rows;
    this.#rowsFirst += rows;
    this.choice.move(rows);
  }

  /** Rows may have come before those that are shown: they stay where they are on the screen. */
  async #settle(): Promise<void> {
    const held = this.#rows;
    const placed = this.#placed();
    if (!placed || held.length === 0 || this.#asking) return;
    this.#settledAt = performance.now();
    await this.#alone(async () => {
      const { anchor } = await this.#options.lines(0, 0, placed.line);
      // Meanwhile other rows are held, perhaps of another choice: the answer says nothing about those.
      if (held !== this.#rows || this.#following || this.#closed || anchor === undefined) return;
      if (anchor === placed.row) return;
      this.#move(anchor - placed.row);
      this.#options.draw();
    });
  }

  async #ask(first: number, shown: number): Promise<void> {
    if (this.#asking) {
      this.#askAgain = true;
      return;
    }
    const generation = this.#generation;
    const held = this.#rows;
    const placed = this.#placed();
    await this.#alone(async () => {
      const start = Math.max(0, first - margin) - (placed?.row ?? 0);
      const answer = await this.#options.lines(start, Math.min(500, shown + 2 * margin), placed?.line);
      if (this.#following || this.#closed) return;
      const isStale = generation !== this.#generation || held !== this.#rows;
      const isLost = placed !== undefined && answer.anchor === undefined;
      if (isStale || isLost) {
        // From a line that is gone nothing is counted: by their numbers, then.
        if (!isStale) this.#lose();
        this.#askAgain = true;
        return;
      }
      const moved = placed && answer.anchor !== undefined ? answer.anchor - placed.row : 0;
      this.#move(moved);
      if (this.#toStart) this.#top = 0;
      this.#toStart &&= moved !== 0;
      this.#sought = undefined;
      this.#rows = answer.rows;
      this.#rowsFirst = answer.first;
      this.#count = answer.count;
      const top = clamped(this.#top, this.#shown, this.#count);
      const isMoved = moved !== 0 || top !== this.#top;
      this.#top = top;
      // Only what was asked for is drawn again: rows that are not there are not asked for for ever.
      if (answer.rows.length > 0 || isMoved) this.#options.draw();
    });
  }

  /** One request at a time. What could not be asked meanwhile is asked afterwards. */
  async #alone(request: () => Promise<void>): Promise<void> {
    this.#asking = true;
    try {
      await request();
    } catch (thrown) {
      this.#options.onFailure(thrown);
    } finally {
      this.#asking = false;
      if (this.#askAgain) {
        this.#askAgain = false;
        this.#options.draw();
      }
    }
  }

  #lose(): void {
    this.#sought = undefined;
    this.#rows = [];
  }
}

/** A gap has the number of the line after it, and events are numbered anew when one comes between. */
const isLine = ({ level }: LogRow): boolean => level !== 'gap' && level !== 'event';

const lineOf = ({ node, log, seq }: LogRow): LogAnchor => ({ node, log, seq });
