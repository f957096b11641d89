/** Work of a page's main thread per frame, from Chromium's own trace. */
import type { CDPSession, Page } from '@playwright/test';

interface TraceEvent {
  readonly name: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur?: number;
  /** Time of the processor, where `dur` is that of the clock: what else the machine does is not the page's work. */
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}

/** So far a frame of the scrolling goes, in pixels. */
const stride = 90;

/**
 * Scrolls an element for some frames and measures.
 * @returns milliseconds of work of the main thread in each frame
 */
export async function scrollingWork(page: Page, selector: string, frames: number): Promise<readonly number[]> {
  const session = await page.context().newCDPSession(page);
  const events = await traced(session, () =>
    page.evaluate(
      ([element, count, step]) =>
        new Promise<void>((resolve) => {
          const target = document.querySelector(element);
          let left = count;
          const next = (): void => {
            if (!target || left === 0) resolve();
            else {
              left -= 1;
              target.scrollTop += step;
              performance.mark('frame of the bench');
              requestAnimationFrame(next);
            }
          };
          requestAnimationFrame(next);
        }),
      [selector, frames, stride] as const,
    ),
  );
  return workPerFrame(events);
}

async function traced(session: CDPSession, work: () => Promise<unknown>): Promise<readonly TraceEvent[]> {
  const events: TraceEvent[] = [];
  session.on('Tracing.dataCollected', ({ value }) => events.push(...(value as unknown as TraceEvent[])));
  const complete = new Promise<void>((resolve) => session.once('Tracing.tracingComplete', () => resolve()));
  await session.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: ['toplevel', 'devtools.timeline', 'blink.user_timing', '__metadata'] },
  });
  await work();
  await session.send('Tracing.end');
  await complete;
  return events;
}

/** Sums the tasks of the scrolling page's main thread between the frames that it has marked. */
function workPerFrame(events: readonly TraceEvent[]): readonly number[] {
  const mains = events.filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain');
  const ofMain = (main: TraceEvent) => events.filter(({ pid, tid }) => pid === main.pid && tid === main.tid);
  const isMark = ({ name }: TraceEvent): boolean => name === 'frame of the bench';
  const own = mains.map(ofMain).find((all) => all.some(isMark)) ?? [];
  const begins = own
    .filter(isMark)
    .map(({ ts }) => ts)
    .sort((a, b) => a - b);
  const tasks = own.filter(({ name, ph }) => ph === 'X' && (name === 'RunTask' || name.endsWith('::RunTask')));
  if (begins.length < 10 || tasks.length === 0) {
    throw new Error(`The trace has ${begins.length} frames and ${tasks.length} tasks: nothing can be said of it.`);
  }
  return begins.slice(0, -1).map((begin, index) => {
    const end = begins[index + 1] ?? begin;
    // A task inside another one is part of it already.
    let until = 0;
    let total = 0;
    for (const { ts, dur = 0, tdur = dur } of tasks
      .filter((task) => task.ts >= begin && task.ts < end)
      .sort((a, b) => a.ts - b.ts)) {
      if (ts < until) continue;
      until = ts + dur;
      total += tdur;
    }
    return total / 1000;
  });
}
