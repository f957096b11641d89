/**
 * The rows of a log, drawn by hand: lines never enter a store or React's state. The hub holds them; this asks for the
 * window that is on the screen, at most one request at a time, and draws at most once a frame.
 */
import type { LogLine } from '../../remote/core/contract/application.ts';

/** Pixels; every row is one line. */
const rowHeight = 20;
/** Rows beyond the edges of the screen. */
const margin = 40;

export interface LogSource {
  lines(first: number, count: number): Promise<readonly LogLine[]>;
}

export class LogRows {
  readonly #scroller: HTMLElement;
  readonly #canvas: HTMLElement;
  readonly #source: LogSource;
  readonly #onFollowing: (following: boolean) => void;
  #count = 0;
  #following = true;
  #asking = false;
  #again = false;
  #frame = 0;
  /** Where it was scrolled to when we last looked. */
  #top = 0;
  #closed = false;

  /** @param onFollowing told when scrolling leaves or reaches the end */
  constructor(scroller: HTMLElement, source: LogSource, onFollowing: (following: boolean) => void) {
    this.#scroller = scroller;
    this.#source = source;
    this.#onFollowing = onFollowing;
    this.#canvas = document.createElement('div');
    this.#canvas.style.position = 'relative';
    scroller.replaceChildren(this.#canvas);
    scroller.addEventListener('scroll', this.#scrolled, { passive: true });
  }

  setCount(count: number): void {
    this.#count = count;
    this.#draw();
  }

  setFollowing(following: boolean): void {
    this.#following = following;
    if (following) this.#draw();
  }

  close(): void {
    this.#closed = true;
    cancelAnimationFrame(this.#frame);
    this.#scroller.removeEventListener('scroll', this.#scrolled);
  }

  readonly #scrolled = (): void => {
    const { scrollTop, clientHeight, scrollHeight } = this.#scroller;
    const atEnd = scrollTop + clientHeight >= scrollHeight - rowHeight;
    // New lines move the end away from us: only who scrolls up wants to stop following.
    const upwards = scrollTop < this.#top;
    this.#top = scrollTop;
    if (this.#following ? upwards && !atEnd : atEnd) {
      this.#following = !this.#following;
      this.#onFollowing(this.#following);
    }
    this.#draw();
  };

  #draw(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => void this.#drawNow());
  }

  async #drawNow(): Promise<void> {
    if (this.#closed) return;
    this.#canvas.style.height = `${this.#count * rowHeight}px`;
    if (this.#following) this.#scroller.scrollTop = this.#scroller.scrollHeight;
    this.#top = this.#scroller.scrollTop;
    if (this.#asking) {
      this.#again = true;
      return;
    }
    this.#asking = true;
    try {
      const first = Math.max(0, Math.floor(this.#scroller.scrollTop / rowHeight) - margin);
      const count = Math.min(500, Math.ceil(this.#scroller.clientHeight / rowHeight) + 2 * margin);
      const lines = await this.#source.lines(first, count);
      if (!this.#closed) this.#canvas.replaceChildren(...lines.map((line, index) => row(line, first + index)));
    } catch {
      // The view was closed meanwhile, or the hub restarts: the next count draws again.
    } finally {
      this.#asking = false;
      if (this.#again) {
        this.#again = false;
        this.#draw();
      }
    }
  }
}

const clock = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
});

function row(line: LogLine, index: number): HTMLElement {
  const element = document.createElement('div');
  element.style.position = 'absolute';
  element.style.top = `${index * rowHeight}px`;
  element.style.height = `${rowHeight}px`;
  element.style.whiteSpace = 'pre';
  if (line.gap !== undefined) {
    element.className = 'gap';
    element.textContent = `── ${line.node}: ${line.gap < 0 ? 'an unknown number of' : line.gap} lines went before they could be read ──`;
    return element;
  }
  element.append(
    cell('time', clock.format(line.time)),
    cell('node', line.node),
    cell('log', line.log),
    cell('text', line.text),
  );
  return element;
}

function cell(name: string, text: string): HTMLElement {
  const element = document.createElement('span');
  element.className = name;
  element.textContent = text;
  return element;
}
