/**
 * The rows of a log on the screen, drawn by hand: lines never enter a store or React's state. The hub holds them; this
 * asks for the window that is to be seen, at most one request at a time, and draws at most once a frame.
 */
import type { LogNews, LogRow, LogRows } from '../../main/hub/protocol.ts';
import { RowElement, type RowLook } from './row-elements.ts';
import { clamped, rowHeight, rowOfThumb, type Thumb, thumbOf } from './scale.ts';

/** Rows beyond the edges of the screen. */
const margin = 20;
/** A paused view looks after this many milliseconds whether rows came before those it shows. */
const settleMs = 400;

export interface LogScreenSource {
  lines(first: number, count: number, anchor?: { node: string; log: string; seq: number }): Promise<LogRows>;
  /** So many last rows are wanted with each push; 0: none. */
  follow(rows: number): void;
  drawn(): void;
}

export interface LogScreenOptions {
  readonly viewport: HTMLElement;
  readonly scrollbar: HTMLElement;
  readonly source: LogScreenSource;
  onFollowing(following: boolean): void;
  onCopy(): void;
  onShowWhole(row: LogRow): void;
  onFailure(thrown: unknown): void;
}

export class LogScreen {
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
  #mark: RowLook['mark'];
  #current: number | undefined;
  #selection: { readonly from: number; readonly to: number } | undefined;

  constructor(options: LogScreenOptions) {
    this.#options = options;
    const { viewport, scrollbar } = options;
    this.#canvas.className = 'canvas';
    this.#thumb.className = 'thumb';
    viewport.replaceChildren(this.#canvas);
    scrollbar.append(this.#thumb);
    this.#resized = new ResizeObserver(() => this.#sized());
    this.#resized.observe(viewport);
    const { signal } = this.#stop;
    viewport.addEventListener('wheel', (event) => this.#wheel(event), { signal, passive: false });
    viewport.addEventListener('keydown', (event) => this.#key(event), { signal });
    viewport.addEventListener('click', (event) => this.#click(event), { signal });
    scrollbar.addEventListener('pointerdown', (event) => this.#drag(event), { signal });
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
      this.#top = Math.max(0, news.count - this.#shown());
    } else if (!this.#following && this.#top > clamped(this.#top, this.#shown(), news.count)) {
      // There are fewer rows than before: what was shown is not among them.
      this.#top = clamped(this.#top, this.#shown(), news.count);
      this.#rows = [];
    } else if (!this.#following && performance.now() - this.#settledAt > settleMs) {
      void this.#settle();
    }
    this.#draw();
  }

  setFollowing(following: boolean): void {
    if (following === this.#following) return;
    this.#following = following;
    this.#options.source.follow(following ? this.#shown() + 2 : 0);
    this.#options.onFollowing(following);
    if (following) this.#top = clamped(this.#count, this.#shown(), this.#count);
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
    this.#current = row;
    this.#selection = undefined;
    this.#top = clamped(row - Math.floor(this.#shown() / 3), this.#shown(), Math.max(this.#count, row + 1));
    this.#rows = [];
    this.#draw();
  }

  /** All rows are others now. */
  reset(): void {
    this.#generation += 1;
    this.#rows = [];
    this.#current = undefined;
    this.#selection = undefined;
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
  get selection(): { readonly first: number; readonly count: number } | undefined {
    if (!this.#selection) return undefined;
    const { from, to } = this.#selection;
    return { first: Math.min(from, to), count: Math.abs(to - from) + 1 };
  }

  /** The row from which the next hit is looked for. */
  get position(): number {
    return this.#current ?? Math.floor(this.#following ? this.#count : this.#top);
  }

  close(): void {
    this.#stop.abort();
    this.#resized.disconnect();
    cancelAnimationFrame(this.#frame);
    this.#thumb.remove();
  }

  /** Rows that fit, as far as lines are not wrapped. */
  #shown(): number {
    return Math.max(1, Math.floor(this.#options.viewport.clientHeight / rowHeight));
  }

  #sized(): void {
    if (this.#following) this.#options.source.follow(this.#shown() + 2);
    this.#draw();
  }

  #scrollTo(top: number): void {
    const shown = this.#shown();
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

  #wheel(event: WheelEvent): void {
    if (event.ctrlKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) return;
    event.preventDefault();
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 1 : 1 / rowHeight;
    this.#scrollTo(this.#top + event.deltaY * unit);
  }

  #key(event: KeyboardEvent): void {
    if (event.target !== this.#options.viewport) return;
    const isCopy = (event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === 'c';
    // Text that was chosen with the mouse is the browser's to copy.
    if (isCopy && window.getSelection()?.isCollapsed !== false) {
      event.preventDefault();
      this.#options.onCopy();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const shown = this.#shown();
    const steps: Readonly<Record<string, number>> = {
      ArrowUp: -1,
      ArrowDown: 1,
      PageUp: 1 - shown,
      PageDown: shown - 1,
    };
    const step = steps[event.key];
    if (step !== undefined && event.shiftKey) this.#extend(step);
    else if (step !== undefined) this.#scrollTo(this.#top + step);
    else if (event.key === 'Home') this.#scrollTo(0);
    else if (event.key === 'End') this.setFollowing(true);
    else if (event.key === 'Escape' && this.#selection) this.#selection = undefined;
    else return;
    event.preventDefault();
    this.#draw();
  }

  #extend(step: number): void {
    this.setFollowing(false);
    const from = this.#selection?.from ?? this.#current ?? Math.floor(this.#top);
    const to = Math.min(Math.max(0, (this.#selection?.to ?? from) + step), this.#count - 1);
    this.#selection = { from, to };
    const shown = this.#shown();
    if (to < this.#top) this.#top = to;
    else if (to >= this.#top + shown) this.#top = clamped(to - shown + 1, shown, this.#count);
  }

  #click(event: MouseEvent): void {
    if (window.getSelection()?.isCollapsed === false) return; // text is being chosen
    const element = event.target instanceof Element ? event.target.closest('.row') : null;
    const index = this.#pool.findIndex((one) => one.element === element);
    if (index < 0) return;
    const row = this.#drawnFirst + index;
    this.setFollowing(false);
    this.#selection =
      event.shiftKey && this.#selection ? { from: this.#selection.from, to: row } : { from: row, to: row };
    this.#current = row;
    this.#draw();
  }

  #drag(event: PointerEvent): void {
    const { scrollbar } = this.#options;
    const thumb = this.#thumbNow();
    if (!thumb || event.button !== 0) return;
    event.preventDefault();
    const box = scrollbar.getBoundingClientRect();
    const y = event.clientY - box.top;
    const onThumb = y >= thumb.top && y <= thumb.top + thumb.height;
    const grip = onThumb ? y - thumb.top : thumb.height / 2;
    const moving = new AbortController();
    const move = ({ clientY }: { clientY: number }): void => {
      const row = rowOfThumb(clientY - box.top - grip, this.#shown(), this.#count, box.height);
      this.#scrollTo(row);
    };
    scrollbar.setPointerCapture(event.pointerId);
    scrollbar.addEventListener('pointermove', move, { signal: moving.signal });
    scrollbar.addEventListener('pointerup', () => moving.abort(), { signal: moving.signal });
    scrollbar.addEventListener('pointercancel', () => moving.abort(), { signal: moving.signal });
    if (!onThumb) move(event);
  }

  #thumbNow(): Thumb | undefined {
    const top = this.#following ? this.#count : this.#top;
    return thumbOf(top, this.#shown(), this.#count, this.#options.scrollbar.clientHeight);
  }

  /** Rows may have come before those that are shown: they stay where they are on the screen. */
  async #settle(): Promise<void> {
    this.#settledAt = performance.now();
    const [row] = this.#rows.slice(Math.max(0, Math.floor(this.#top) - this.#rowsFirst));
    if (!row || this.#asking) return;
    try {
      const { node, log, seq } = row;
      const { first } = await this.#options.source.lines(0, 0, { node, log, seq });
      const moved = first - Math.floor(this.#top);
      if (moved === 0 || this.#following || this.#stop.signal.aborted) return;
      this.#top += moved;
      this.#rowsFirst += moved;
      if (this.#current !== undefined) this.#current += moved;
      if (this.#selection) {
        this.#selection = { from: this.#selection.from + moved, to: this.#selection.to + moved };
      }
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
    const shown = this.#shown() + 1;
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
      this.#pool.push(new RowElement((row) => this.#options.onShowWhole(row)));
    }
    const selection = this.selection;
    this.#drawnFirst = first;
    for (const [index, row] of rows.entries()) {
      const number = first + index;
      const selected =
        selection !== undefined && number >= selection.first && number < selection.first + selection.count;
      this.#pool[index]?.draw(row, { mark: this.#mark, selected, current: number === this.#current });
    }
    const elements = this.#pool.slice(0, rows.length).map(({ element }) => element);
    if (this.#canvas.childElementCount !== elements.length) this.#canvas.replaceChildren(...elements);
    const { viewport } = this.#options;
    // Following, the last row stands at the lower edge; otherwise the first at the upper one.
    const full = this.#canvas.offsetHeight > viewport.clientHeight;
    const offset = this.#following && full ? viewport.clientHeight - this.#canvas.offsetHeight : 0;
    this.#canvas.style.transform = `translateY(${offset}px)`;
  }

  #drawScrollbar(): void {
    const { scrollbar } = this.#options;
    const thumb = this.#thumbNow();
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
      const top = clamped(this.#top, this.#shown(), this.#count);
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
