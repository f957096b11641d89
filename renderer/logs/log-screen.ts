/**
 * The rows of a log on the screen, drawn by hand: lines never enter a store or React's state. The hub holds them; this
 * asks for the window that is to be seen, at most one request at a time, and draws at most once a frame.
 */
import type { LogNews, LogRow, LogRows } from '../../main/hub/protocol.ts';
import { RowChoice, type RowRange } from './row-choice.ts';
import { RowElement, type RowLook } from './row-elements.ts';
import { clamped, rowHeight, type Thumb, thumbOf } from './scale.ts';
import { listenTo, type ScrolledRows } from './screen-input.ts';
import type { LogTexts } from './texts.ts';

/** Rows beyond the edges of the screen. */
const margin = 20;
/** A paused view looks after this many milliseconds whether rows came before those it shows. */
const settleMs = 400;
/** Letters of a node's name that have room, and the most that are given it: the rest is in its title. */
const nodeColumn = { least: 14, most: 28 };

/** A row, wherever the others go. */
export type RowAnchor = Pick<LogRow, 'node' | 'log' | 'seq'>;

export interface LogScreenSource {
  lines(first: number, count: number, anchor?: RowAnchor): Promise<LogRows>;
  /** So many last rows are wanted with each push; 0: none. */
  follow(rows: number): void;
  drawn(): void;
}

export interface LogScreenOptions {
  readonly viewport: HTMLElement;
  readonly scrollbar: HTMLElement;
  readonly source: LogScreenSource;
  readonly texts: LogTexts['row'];
  onFollowing(following: boolean): void;
  onCopy(): void;
  onShowWhole(row: LogRow): void;
  onFailure(thrown: unknown): void;
}

export class LogScreen implements ScrolledRows {
  readonly #options: LogScreenOptions;
  readonly #canvas = document.createElement('div');
  readonly #thumb = document.createElement('div');
  readonly #pool: RowElement[] = [];
  readonly #resized: ResizeObserver;
  readonly #stop = new AbortController();
  #count = 0;
  #top = 0;
  #following = true;
  #rows: readonly LogRow[] = [];
  #rowsFirst = 0;
  #asking = false;
  #askAgain = false;
  /** Of what is shown: an answer about an earlier choice is none any more. */
  #generation = 0;
  #frame = 0;
  #owesDrawn = false;
  #settledAt = 0;
  #nodeColumn = 0;
  #mark: RowLook['mark'];
  readonly #choice = new RowChoice();

  constructor(options: LogScreenOptions) {
    this.#options = options;
    const { viewport, scrollbar } = options;
    this.#canvas.className = 'canvas';
    this.#thumb.className = 'thumb';
    viewport.replaceChildren(this.#canvas);
    scrollbar.append(this.#thumb);
    this.#resized = new ResizeObserver(() => this.#sized());
    this.#resized.observe(viewport);
    listenTo(viewport, scrollbar, this, this.#stop);
  }

  /** What the hub says is new. */
  news(news: LogNews): void {
    this.#count = news.count;
    this.#owesDrawn = true;
    // A tail of the choice before may have come after the choice: where there is no row, none of it stays.
    const tail = news.tail ?? (news.count === 0 ? [] : undefined);
    if (tail && this.#following) {
      this.#rows = tail;
      this.#rowsFirst = news.count - tail.length;
      this.#top = Math.max(0, news.count - this.shown);
    } else if (!this.#following && this.#top > clamped(this.#top, this.shown, news.count)) {
      // There are fewer rows than before: what was shown is not among them.
      this.#top = clamped(this.#top, this.shown, news.count);
      this.#rows = [];
    } else if (!this.#following && performance.now() - this.#settledAt > settleMs) {
      void this.#settle();
    }
    this.#draw();
  }

  setFollowing(following: boolean): void {
    if (following === this.#following) return;
    this.#following = following;
    this.#options.source.follow(following ? this.shown + 2 : 0);
    this.#options.onFollowing(following);
    if (following) this.#top = clamped(this.#count, this.shown, this.#count);
    this.#draw();
  }

  setMark(mark: RowLook['mark']): void {
    this.#mark = mark;
    this.#draw();
  }

  setWrap(wrap: boolean): void {
    this.#options.viewport.classList.toggle('wrap', wrap);
    this.#draw();
  }

  /** Shows a row, a third from above, and marks it as the one that is looked at. */
  show(row: number): void {
    this.setFollowing(false);
    this.#choice.look(row);
    this.#top = clamped(row - Math.floor(this.shown / 3), this.shown, Math.max(this.#count, row + 1));
    this.#rows = [];
    this.#draw();
  }

  /** All rows are others now. */
  reset(): void {
    this.#generation += 1;
    this.#rows = [];
    this.#choice.look(undefined);
    this.#draw();
  }

  /** Another choice is in force: what was asked for until now may be about the one before. */
  chosen(): void {
    this.#generation += 1;
    if (this.#following) return;
    this.#rows = [];
    this.#draw();
  }

  /** Rows that were chosen; undefined: none. */
  get selection(): RowRange | undefined {
    return this.#choice.range;
  }

  /** The row from which the next hit is looked for. */
  get position(): number {
    return this.#choice.current ?? Math.floor(this.#following ? this.#count : this.#top);
  }

  /** The row that is looked at, or else the first on the screen; undefined while the end is followed. */
  get anchor(): RowAnchor | undefined {
    if (this.#following) return undefined;
    return this.#rows[this.position - this.#rowsFirst] ?? this.#rows[Math.floor(this.#top) - this.#rowsFirst];
  }

  get top(): number {
    return this.#top;
  }

  get count(): number {
    return this.#count;
  }

  /** Rows that fit, as far as lines are not wrapped. */
  get shown(): number {
    return Math.max(1, Math.floor(this.#options.viewport.clientHeight / rowHeight));
  }

  get thumb(): Thumb | undefined {
    const top = this.#following ? this.#count : this.#top;
    return thumbOf(top, this.shown, this.#count, this.#options.scrollbar.clientHeight);
  }

  close(): void {
    this.#stop.abort();
    this.#resized.disconnect();
    cancelAnimationFrame(this.#frame);
    this.#thumb.remove();
  }

  #sized(): void {
    if (this.#following) this.#options.source.follow(this.shown + 2);
    this.#draw();
  }

  scrollTo(top: number): void {
    const { shown } = this;
    const wanted = clamped(top, shown, this.#count);
    const atEnd = wanted >= this.#count - shown;
    if (this.#following && top < this.#top) this.setFollowing(false);
    else if (!this.#following && atEnd && top > this.#top) {
      this.setFollowing(true);
      return;
    }
    if (!this.#following) this.#top = wanted;
    this.#draw();
  }

  toEnd(): void {
    this.setFollowing(true);
  }

  extend(step: number): void {
    this.setFollowing(false);
    const to = this.#choice.extend(step, Math.floor(this.#top), this.#count);
    const { shown } = this;
    if (to < this.#top) this.#top = to;
    else if (to >= this.#top + shown) this.#top = clamped(to - shown + 1, shown, this.#count);
    this.#draw();
  }

  choose(element: Element, isExtending: boolean): void {
    const index = this.#pool.findIndex((one) => one.element === element);
    if (index < 0) return;
    this.setFollowing(false);
    this.#choice.choose(this.#drawnFirst + index, isExtending);
    this.#draw();
  }

  unchoose(): boolean {
    const had = this.#choice.unchoose();
    if (had) this.#draw();
    return had;
  }

  copy(): void {
    this.#options.onCopy();
  }

  /** Rows may have come before those that are shown: they stay where they are on the screen. */
  async #settle(): Promise<void> {
    this.#settledAt = performance.now();
    const rows = this.#rows;
    const top = Math.floor(this.#top);
    const [row] = rows.slice(Math.max(0, top - this.#rowsFirst));
    if (!row || this.#asking) return;
    try {
      const { node, log, seq } = row;
      const { first } = await this.#options.source.lines(0, 0, { node, log, seq });
      const moved = first - top;
      // Meanwhile other rows are shown, perhaps of another choice: the answer says nothing about those.
      if (moved === 0 || rows !== this.#rows || this.#following || this.#stop.signal.aborted) return;
      this.#top += moved;
      this.#rowsFirst += moved;
      this.#choice.move(moved);
      this.#draw();
    } catch (thrown) {
      this.#options.onFailure(thrown);
    }
  }

  #draw(): void {
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#drawNow();
    });
  }

  #drawnFirst = 0;

  #drawNow(): void {
    if (this.#stop.signal.aborted) return;
    const shown = this.shown + 1;
    const first = Math.floor(this.#top);
    const wanted = Math.min(shown, this.#count - first);
    const start = first - this.#rowsFirst;
    const rows = this.#following ? this.#rows : this.#rows.slice(Math.max(0, start), Math.max(0, start) + shown);
    if (!this.#following && (start < 0 || start + wanted > this.#rows.length)) void this.#ask(first, shown);
    if (rows.length > 0 && (this.#following || start >= 0)) this.#put(rows, this.#following ? this.#rowsFirst : first);
    else if (this.#count === 0) this.#put([], 0);
    this.#drawScrollbar();
    if (this.#owesDrawn) {
      this.#owesDrawn = false;
      this.#options.source.drawn();
    }
  }

  #put(rows: readonly LogRow[], first: number): void {
    while (this.#pool.length < rows.length) {
      this.#pool.push(new RowElement(this.#options.texts, (row) => this.#options.onShowWhole(row)));
    }
    this.#drawnFirst = first;
    this.#widen(Math.max(nodeColumn.least, ...rows.map(({ node }) => node.length)));
    for (const [index, row] of rows.entries()) {
      const number = first + index;
      const current = number === this.#choice.current;
      this.#pool[index]?.draw(row, { mark: this.#mark, selected: this.#choice.has(number), current });
    }
    const elements = this.#pool.slice(0, rows.length).map(({ element }) => element);
    if (this.#canvas.childElementCount !== elements.length) this.#canvas.replaceChildren(...elements);
    const { viewport } = this.#options;
    // Following, the last row stands at the lower edge; otherwise the first at the upper one.
    const full = this.#canvas.offsetHeight > viewport.clientHeight;
    const offset = this.#following && full ? viewport.clientHeight - this.#canvas.offsetHeight : 0;
    this.#canvas.style.transform = `translateY(${offset}px)`;
  }

  /** The column of names fits the longest seen so far. It never shrinks again: nothing jumps while lines pass. */
  #widen(letters: number): void {
    const wanted = Math.min(letters, nodeColumn.most);
    if (wanted <= this.#nodeColumn) return;
    this.#nodeColumn = wanted;
    this.#options.viewport.style.setProperty('--node-column', `${wanted}ch`);
  }

  #drawScrollbar(): void {
    const { scrollbar } = this.#options;
    const { thumb } = this;
    this.#thumb.hidden = thumb === undefined;
    if (thumb) {
      this.#thumb.style.height = `${thumb.height}px`;
      this.#thumb.style.transform = `translateY(${thumb.top}px)`;
    }
    scrollbar.setAttribute('aria-valuemax', String(Math.max(0, this.#count - 1)));
    scrollbar.setAttribute('aria-valuenow', String(Math.floor(Math.min(this.#top, Math.max(0, this.#count - 1)))));
  }

  async #ask(first: number, shown: number): Promise<void> {
    if (this.#asking) {
      this.#askAgain = true;
      return;
    }
    this.#asking = true;
    const generation = this.#generation;
    try {
      const start = Math.max(0, first - margin);
      const answer = await this.#options.source.lines(start, Math.min(500, shown + 2 * margin));
      if (this.#following || this.#stop.signal.aborted) return;
      if (generation !== this.#generation) {
        this.#askAgain = true;
        return;
      }
      this.#rows = answer.rows;
      this.#rowsFirst = answer.first;
      this.#count = answer.count;
      const top = clamped(this.#top, this.shown, this.#count);
      const moved = top !== this.#top;
      this.#top = top;
      // Only what was asked for is drawn again: rows that are not there are not asked for for ever.
      if (answer.rows.length > 0 || moved) this.#draw();
    } catch (thrown) {
      this.#options.onFailure(thrown);
    } finally {
      this.#asking = false;
      if (this.#askAgain) {
        this.#askAgain = false;
        this.#draw();
      }
    }
  }
}
