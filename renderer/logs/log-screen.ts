/**
 * The rows of a log on the screen, drawn by hand: lines never enter a store or React's state. The hub holds them; this
 * asks for the window that is to be seen, at most one request at a time, and draws at most once a frame.
 */
import type { LogAnchor, LogNews, LogRow, LogRows } from '../../main/hub/protocol.ts';
import type { RowRange } from './row-choice.ts';
import { RowElement, type RowLook } from './row-elements.ts';
import { RowWindow } from './row-window.ts';
import { rowHeight, type Thumb, thumbOf } from './scale.ts';
import { listenTo, type ScrolledRows } from './screen-input.ts';
import type { LogTexts } from './texts.ts';

/** Letters of a node's name that have room, and the most that are given it: the rest is in its title. */
const nodeColumn = { least: 14, most: 28 };

export interface LogScreenSource {
  lines(first: number, count: number, anchor?: LogAnchor): Promise<LogRows>;
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
  readonly #window: RowWindow;
  #frame = 0;
  #owesDrawn = false;
  #nodeColumn = 0;
  #mark: RowLook['mark'];

  constructor(options: LogScreenOptions) {
    this.#options = options;
    const { viewport, scrollbar, source } = options;
    this.#window = new RowWindow({
      lines: (first, count, anchor) => source.lines(first, count, anchor),
      shown: () => this.shown,
      draw: () => this.#draw(),
      onFollowing: (following) => {
        source.follow(following ? this.shown + 2 : 0);
        options.onFollowing(following);
      },
      onFailure: (thrown) => options.onFailure(thrown),
    });
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
    this.#owesDrawn = true;
    this.#window.news(news);
  }

  setFollowing(following: boolean): void {
    this.#window.setFollowing(following);
  }

  setMark(mark: RowLook['mark']): void {
    this.#mark = mark;
    this.#draw();
  }

  setWrap(wrap: boolean): void {
    this.#options.viewport.classList.toggle('wrap', wrap);
    this.#draw();
  }

  /** As `RowWindow.show`. */
  show(row: number, line: LogAnchor): void {
    this.#window.show(row, line);
  }

  /** All rows are others now. */
  reset(): void {
    this.#window.reset();
  }

  /** Another choice is in force: what was asked for until now may be about the one before. */
  chosen(): void {
    this.#window.chosen();
  }

  /** Rows that were chosen; undefined: none. */
  get selection(): RowRange | undefined {
    return this.#window.choice.range;
  }

  /** The row from which the next hit is looked for. */
  get position(): number {
    return this.#window.position;
  }

  /** As in `RowWindow`. */
  get anchor(): LogAnchor | undefined {
    return this.#window.anchor;
  }

  get top(): number {
    return this.#window.top;
  }

  get count(): number {
    return this.#window.count;
  }

  /** Rows that fit, as far as lines are not wrapped. */
  get shown(): number {
    return Math.max(1, Math.floor(this.#options.viewport.clientHeight / rowHeight));
  }

  get thumb(): Thumb | undefined {
    const { count, following } = this.#window;
    return thumbOf(following ? count : this.top, this.shown, count, this.#options.scrollbar.clientHeight);
  }

  close(): void {
    this.#stop.abort();
    this.#window.close();
    this.#resized.disconnect();
    cancelAnimationFrame(this.#frame);
    this.#thumb.remove();
  }

  #sized(): void {
    if (this.#window.following) this.#options.source.follow(this.shown + 2);
    this.#draw();
  }

  scrollTo(top: number): void {
    this.#window.scrollTo(top);
  }

  toEnd(): void {
    this.setFollowing(true);
  }

  extend(step: number): void {
    this.#window.extend(step);
  }

  choose(element: Element, isExtending: boolean): void {
    const index = this.#pool.findIndex((one) => one.element === element);
    if (index < 0) return;
    this.setFollowing(false);
    this.#window.choice.choose(this.#drawnFirst + index, isExtending);
    this.#draw();
  }

  unchoose(): boolean {
    const had = this.#window.choice.unchoose();
    if (had) this.#draw();
    return had;
  }

  copy(): void {
    this.#options.onCopy();
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
    const visible = this.#window.visible();
    if (visible) this.#put(visible.rows, visible.first);
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
    const { choice, following } = this.#window;
    for (const [index, row] of rows.entries()) {
      const number = first + index;
      const current = number === choice.current;
      this.#pool[index]?.draw(row, { mark: this.#mark, selected: choice.has(number), current });
    }
    const elements = this.#pool.slice(0, rows.length).map(({ element }) => element);
    if (this.#canvas.childElementCount !== elements.length) this.#canvas.replaceChildren(...elements);
    const { viewport } = this.#options;
    // Following, the last row stands at the lower edge; otherwise the first at the upper one.
    const full = this.#canvas.offsetHeight > viewport.clientHeight;
    const offset = following && full ? viewport.clientHeight - this.#canvas.offsetHeight : 0;
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
    const last = Math.max(0, this.count - 1);
    scrollbar.setAttribute('aria-valuemax', String(last));
    scrollbar.setAttribute('aria-valuenow', String(Math.floor(Math.min(this.top, last))));
  }
}
