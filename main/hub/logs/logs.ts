/**
 * Logs that windows look at. Lines stay here, in a bounded buffer per view; a window is told how many there are and
 * asks for those it shows. When the buffer is full its oldest lines go, and what went is one gap line.
 */
import { randomUUID } from 'node:crypto';
import type { LogLine } from '../../../remote/core/contract/application.ts';
import { ConpaasError, type Failure, toFailure } from '../../../remote/core/contract/errors.ts';

/** Lines kept per view, and how many of them go at once when it is full. */
const capacity = 50_000;
const dropped = 5_000;

export interface LogNews {
  readonly view: string;
  /** Lines that can be asked for: 0 .. count - 1. */
  readonly count: number;
  /** Milliseconds between the newest line's stamp and its arrival here. */
  readonly lag: number;
  readonly failure?: Failure | undefined;
}

interface View {
  readonly stop: AbortController;
  lines: LogLine[];
  lag: number;
}

export class LogViews implements Disposable {
  readonly #views = new Map<string, View>();
  readonly #news: (news: LogNews) => void;

  constructor(news: (news: LogNews) => void) {
    this.#news = news;
  }

  /** Follows `source` until the view is closed. @returns the view */
  open(source: (signal: AbortSignal) => AsyncIterable<LogLine>): string {
    const id = randomUUID();
    const view: View = { stop: new AbortController(), lines: [], lag: 0 };
    this.#views.set(id, view);
    void this.#follow(id, view, source);
    return id;
  }

  async #follow(id: string, view: View, source: (signal: AbortSignal) => AsyncIterable<LogLine>): Promise<void> {
    try {
      for await (const line of source(view.stop.signal)) {
        view.lines.push(line);
        view.lag = Math.max(0, Date.now() - line.time);
        if (view.lines.length > capacity) view.lines = shortened(view.lines);
        this.#news({ view: id, count: view.lines.length, lag: view.lag });
      }
      this.#news({ view: id, count: view.lines.length, lag: view.lag });
    } catch (thrown) {
      if (view.stop.signal.aborted) return;
      this.#news({ view: id, count: view.lines.length, lag: view.lag, failure: toFailure(thrown) });
    }
  }

  lines(view: string, first: number, count: number): readonly LogLine[] {
    const found = this.#views.get(view);
    if (!found) throw new ConpaasError('not_found', 'This log is no longer open. Open it again.');
    return found.lines.slice(first, first + count);
  }

  close(view: string): void {
    this.#views.get(view)?.stop.abort();
    this.#views.delete(view);
  }

  [Symbol.dispose](): void {
    for (const view of [...this.#views.keys()]) this.close(view);
  }
}

/** The newest lines, after one line that says how many went. Pure, for its test. */
export function shortened(lines: readonly LogLine[], drop = dropped): LogLine[] {
  const rest = lines.slice(drop);
  const next = rest[0];
  if (!next) return rest;
  const lost = lines
    .slice(0, drop)
    .reduce((sum, line) => sum + (line.gap === undefined ? 1 : Math.max(line.gap, 0)), 0);
  return [{ ...next, text: '', gap: lost }, ...rest];
}
