/** The little line in lists of applications: CPU in each of the last 15 minutes. */
import { minute } from './levels.ts';
import { parts } from './rows.ts';
import type { MetricsStore } from './store.ts';

const minutes = 15;
/** Minutes are rolled up a little after their end. */
const rolledAfterSeconds = 25;

export interface Loads {
  of(application: string): number[] | undefined;
  /** Looks at the store again where a minute has passed. @returns applications whose load is another than before */
  refresh(now: number): string[];
  forget(application: string): void;
}

export function createLoads(store: MetricsStore): Loads {
  const loads = new Map<string, number[]>();
  let seen = 0;
  return {
    of: (application) => loads.get(application),
    forget: (application) => void loads.delete(application),
    refresh(now) {
      const settled = now - rolledAfterSeconds;
      const last = settled - (settled % minute.stepSeconds) - minute.stepSeconds;
      if (last === seen) return [];
      seen = last;
      const first = last - (minutes - 1) * minute.stepSeconds;
      const sums = new Map<string, number[]>();
      for (const block of store.blocks.all()) {
        const column = block.figures.indexOf('cpu');
        if (column < 0 || block.newest < first) continue;
        const own = sums.get(block.application) ?? new Array<number>(minutes).fill(Number.NaN);
        sums.set(block.application, own);
        for (const { seconds, row } of store.rows(minute, block, first, last)) {
          let sum = 0;
          for (let index = 0; index < row.slots.length; index += 1)
            sum += row.numbers[(index * block.figures.length + column) * parts] ?? 0;
          const at = (seconds - first) / minute.stepSeconds;
          const before = own[at] ?? Number.NaN;
          own[at] = (Number.isNaN(before) ? 0 : before) + sum / Math.max(1, row.ticks);
        }
      }
      const changed: string[] = [];
      for (const application of loads.keys()) {
        if (!sums.has(application)) {
          loads.delete(application);
          changed.push(application);
        }
      }
      for (const [application, values] of sums) {
        const begin = values.findIndex((value) => !Number.isNaN(value));
        if (begin < 0) continue;
        const load = values
          .slice(begin)
          .map((value) => Math.min(999_999, Math.round((Number.isNaN(value) ? 0 : value) * 100)));
        if (load.join() !== loads.get(application)?.join()) changed.push(application);
        loads.set(application, load);
      }
      return changed;
    },
  };
}
