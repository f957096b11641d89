/** Memory of the window with 100 applications: the shares (PSS) of all its processes, beside an empty Electron window. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { openDisplay } from '../../test/window/display.ts';
import { openBenchDeployment } from './deployment.ts';
import { inWindow } from './in-window.ts';
import { shareOf } from './memory.ts';
import { type Seed, seedDirectorOf } from './seed.ts';
import { median } from './statistics.ts';
import type { Bench, BenchContext } from './types.ts';
import { emptyApplication } from './window.ts';

const seed: Seed = { applications: 100, nodesEach: 10 };
const samples = 5;
const pauseMs = 2000;
const checkout = path.resolve(import.meta.dirname, '../..');

export const windowMemory: Bench = {
  name: 'window-memory',
  about: `PSS of the window with ${seed.applications} applications`,
  async run(context) {
    const { directory, signal } = context;
    // One of its own: the others have no use for so many applications.
    await using deployment = await openBenchDeployment(signal);
    await deployment.whileStopped(() => seedDirectorOf(deployment.home, seed));
    await deployment.connect();
    await writeFile(path.join(deployment.home, 'window.json'), JSON.stringify({ toldThatApplicationsGoOn: true }));
    await using display = await openDisplay();
    const empty = await inWindow(await emptyApplication(directory), directory, display.name, (_page, desktop) =>
      sharesOf('empty', desktop.process().pid ?? 0, context),
    );
    const ours = await inWindow(checkout, deployment.home, display.name, async (page, desktop) => {
      await page.getByText(`${seed.applications} applications`).waitFor({ timeout: 60_000 });
      return sharesOf('ours', desktop.process().pid ?? 0, context);
    });
    return [
      {
        what: `PSS of the window, all processes, ${seed.applications} applications`,
        unit: 'MB',
        measured: ours,
        beside: { what: 'an empty Electron window', value: empty },
        aims: [{ of: 'measured', atMost: 350 }],
      },
    ];
  },
};

/** The shares of a process and all that it has started, summed; the median of some samples. MB */
async function sharesOf(what: string, root: number, { log, signal }: BenchContext): Promise<number> {
  const sums: number[] = [];
  for (let sample = 0; sample < samples; sample += 1) {
    await delay(pauseMs, undefined, { signal });
    const pids = await withChildren(root);
    const shares = await Promise.all(pids.map(shareOf));
    sums.push(shares.reduce((sum, share) => sum + share, 0));
    log(`${what}: ${shares.map(Math.round).join(' + ')} = ${Math.round(sums.at(-1) ?? 0)} MB`);
  }
  return median(sums);
}

async function withChildren(root: number): Promise<number[]> {
  const parents = new Map<number, number>();
  for (const pid of (await readdir('/proc')).map(Number).filter(Number.isInteger)) {
    // It may have ended meanwhile.
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    const parent = Number(/\) \S (\d+)/.exec(stat)?.[1]);
    if (Number.isInteger(parent)) parents.set(pid, parent);
  }
  const isBelow = (pid: number): boolean => {
    for (let at: number | undefined = pid; at; at = parents.get(at)) if (at === root) return true;
    return false;
  };
  return [...parents.keys()].filter(isBelow);
}
