/** Memory of idle control processes: the share of each (PSS), beside a Node that does nothing. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { median } from './statistics.ts';
import type { Bench, Row } from './types.ts';

const samples = 5;
const pauseMs = 2000;
const name = 'Memory';
/** MB */
const aims = { director: 110, manager: 90, agent: 75 } as const;

export const memory: Bench = {
  name: 'memory',
  about: 'PSS of idle director, manager and agent',
  async run({ deployment, log, signal }) {
    const { apply, remove, processes } = await deployment();
    await apply(path.resolve(import.meta.dirname, '../../manifests/sudoku.json'), name);
    const bare = await startBareNode();
    try {
      const pids = new Map<string, number>([['bare', bare.pid ?? 0]]);
      for (const kind of ['director', 'manager', 'agent'] as const) {
        const [found, ...more] = processes(kind);
        if (found === undefined || more.length > 0) throw new Error(`There is not exactly one ${kind} process.`);
        pids.set(kind, found);
      }
      const seen = new Map(Array.from(pids.keys(), (kind): [string, number[]] => [kind, []]));
      for (let sample = 1; sample <= samples; sample += 1) {
        await delay(pauseMs, undefined, { signal });
        for (const [kind, pid] of pids) seen.get(kind)?.push(await shareOf(pid));
        log(Array.from(seen, ([kind, values]) => `${kind} ${(values.at(-1) ?? 0).toFixed(1)} MB`).join(', '));
      }
      const value = median(seen.get('bare') ?? []);
      return Object.entries(aims).map(
        ([kind, atMost]): Row => ({
          what: `PSS of an idle ${kind}`,
          unit: 'MB',
          measured: median(seen.get(kind) ?? []),
          beside: { what: 'a bare Node', value },
          aims: [{ of: 'measured', atMost }],
        }),
      );
    } finally {
      bare.kill('SIGKILL');
      await remove(name);
    }
  },
};

async function startBareNode(): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['--eval', 'setInterval(() => undefined, 60_000)'], { stdio: 'ignore' });
  await once(child, 'spawn');
  return child;
}

/** Memory of a process in MB (10⁶ bytes), pages it shares with others counted in parts. See proc_pid_smaps(5). */
export async function shareOf(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8');
  return (Number(/^Pss:\s+(\d+) kB/m.exec(text)?.[1]) * 1024) / 1e6;
}
