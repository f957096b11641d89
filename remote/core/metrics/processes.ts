/** CPU and memory of trees of processes, from /proc. */
import { readFileSync } from 'node:fs';
import { listProcesses, type ProcessStat } from '../supervisor/proc.ts';

export interface TreeUse {
  /** Processor cores in use, as an average since the last measurement: 1.5 is one and a half cores. */
  readonly cpu: number;
  /** Bytes; shared pages are divided among those who share them (PSS). */
  readonly memory: number;
  readonly processes: number;
}

export interface Meter {
  /**
   * Measures the trees below the given processes.
   * @param roots pids by name
   */
  measure(roots: Readonly<Record<string, readonly number[]>>): Record<string, TreeUse>;
}

/** Clock ticks a second: a constant of Linux's user interface on all our architectures. */
const ticksPerSecond = 100;
/** A shorter interval gives no figure worth having: the last one is told again. */
const shortestMs = 200;

/** Makes a meter; it remembers the last measurement of each name, to tell the use of processors in between. */
export function createMeter(now: () => number = performance.now.bind(performance)): Meter {
  const last = new Map<string, { at: number; ticks: ReadonlyMap<string, number>; cpu: number }>();

  function use(name: string, tree: readonly ProcessStat[]): TreeUse {
    const at = now();
    // A process is its pid and start time; one that ended takes its last ticks with it.
    const ticks = new Map(tree.map((process) => [`${process.pid}/${process.startTime}`, process.ticks]));
    const before = last.get(name);
    const seconds = before ? (at - before.at) / 1000 : 0;
    let cpu = before?.cpu ?? 0;
    if (!before || at - before.at >= shortestMs) {
      let spent = 0;
      for (const [id, count] of ticks) spent += Math.max(0, count - (before?.ticks.get(id) ?? (before ? 0 : count)));
      cpu = seconds > 0 ? spent / ticksPerSecond / seconds : 0;
      last.set(name, { at, ticks, cpu });
    }
    return { cpu, memory: tree.reduce((sum, { pid }) => sum + memoryOf(pid), 0), processes: tree.length };
  }

  return {
    measure(roots) {
      const children = byParent(listProcesses());
      for (const name of last.keys()) if (!Object.hasOwn(roots, name)) last.delete(name);
      return Object.fromEntries(Object.entries(roots).map(([name, pids]) => [name, use(name, tree(children, pids))]));
    },
  };
}

function byParent(processes: readonly ProcessStat[]): Map<number, ProcessStat[]> {
  const children = new Map<number, ProcessStat[]>();
  for (const process of processes) {
    const siblings = children.get(process.parent);
    if (siblings) siblings.push(process);
    else children.set(process.parent, [process]);
  }
  return children;
}

function tree(children: ReadonlyMap<number, readonly ProcessStat[]>, roots: readonly number[]): ProcessStat[] {
  const wanted = new Set(roots);
  const found = [...children.values()].flat().filter(({ pid }) => wanted.has(pid));
  for (let index = 0; index < found.length; index += 1) {
    for (const child of children.get(found[index]?.pid ?? -1) ?? []) if (!wanted.has(child.pid)) found.push(child);
  }
  return found;
}

/** Bytes. PSS where the kernel lets us see it, else what is resident. */
function memoryOf(pid: number): number {
  try {
    return 1024 * Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1'))?.[1] ?? 0);
  } catch {
    // of another user, or gone
  }
  try {
    return 4096 * Number(readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ')[1] ?? 0);
  } catch {
    return 0; // gone
  }
}
