/** What wheel, keys, mouse and scrollbar of a log ask of its rows. */
import { rowHeight, rowOfThumb, type Thumb } from './scale.ts';

/** The rows as far as input moves them. */
export interface ScrolledRows {
  /** The first row on the screen, with a fraction. */
  readonly top: number;
  readonly count: number;
  /** Rows on the screen. */
  readonly shown: number;
  readonly thumb: Thumb | undefined;
  scrollTo(top: number): void;
  toEnd(): void;
  /** Chooses more or fewer rows by keyboard. */
  extend(step: number): void;
  /** Chooses the row of an element. */
  choose(element: Element, isExtending: boolean): void;
  /** @returns whether rows were chosen */
  unchoose(): boolean;
  copy(): void;
}

export function listenTo(
  viewport: HTMLElement,
  scrollbar: HTMLElement,
  rows: ScrolledRows,
  { signal }: { readonly signal: AbortSignal },
): void {
  viewport.addEventListener('wheel', (event) => wheel(event, rows), { signal, passive: false });
  viewport.addEventListener('keydown', (event) => event.target === viewport && key(event, rows), { signal });
  viewport.addEventListener('click', (event) => click(event, rows), { signal });
  scrollbar.addEventListener('pointerdown', (event) => drag(event, scrollbar, rows), { signal });
}

function wheel(event: WheelEvent, rows: ScrolledRows): void {
  if (event.ctrlKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) return;
  event.preventDefault();
  const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 1 : 1 / rowHeight;
  rows.scrollTo(rows.top + event.deltaY * unit);
}

function key(event: KeyboardEvent, rows: ScrolledRows): void {
  const isCopy = (event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === 'c';
  // Text that was chosen with the mouse is the browser's to copy.
  if (isCopy && window.getSelection()?.isCollapsed !== false) {
    event.preventDefault();
    rows.copy();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const { shown } = rows;
  const steps: Readonly<Record<string, number>> = {
    ArrowUp: -1,
    ArrowDown: 1,
    PageUp: 1 - shown,
    PageDown: shown - 1,
  };
  const step = steps[event.key];
  if (step !== undefined && event.shiftKey) rows.extend(step);
  else if (step !== undefined) rows.scrollTo(rows.top + step);
  else if (event.key === 'Home') rows.scrollTo(0);
  else if (event.key === 'End') rows.toEnd();
  else if (event.key !== 'Escape' || !rows.unchoose()) return;
  event.preventDefault();
}

function click(event: MouseEvent, rows: ScrolledRows): void {
  if (window.getSelection()?.isCollapsed === false) return; // text is being chosen
  const element = event.target instanceof Element ? event.target.closest('.row') : null;
  if (element) rows.choose(element, event.shiftKey);
}

function drag(event: PointerEvent, scrollbar: HTMLElement, rows: ScrolledRows): void {
  const { thumb } = rows;
  if (!thumb || event.button !== 0) return;
  event.preventDefault();
  const box = scrollbar.getBoundingClientRect();
  const y = event.clientY - box.top;
  const onThumb = y >= thumb.top && y <= thumb.top + thumb.height;
  const grip = onThumb ? y - thumb.top : thumb.height / 2;
  const moving = new AbortController();
  const { signal } = moving;
  const move = ({ clientY }: { clientY: number }): void => {
    rows.scrollTo(rowOfThumb(clientY - box.top - grip, rows.shown, rows.count, box.height));
  };
  scrollbar.setPointerCapture(event.pointerId);
  scrollbar.addEventListener('pointermove', move, { signal });
  scrollbar.addEventListener('pointerup', () => moving.abort(), { signal });
  scrollbar.addEventListener('pointercancel', () => moving.abort(), { signal });
  if (!onThumb) move(event);
}
