/** CPU, memory and disk traffic of trees of processes, from /proc. */
import { readFileSync } from 'node:fs';
import { type ProcessStat, processTrees } from '../supervisor/proc.ts';

export interface TreeUse {
  /** Processor cores in use, as an average since the last measurement: 1.5 is one and a half cores. */
  readonly cpu: number;
  /** Bytes; shared pages are divided among those who share them (PSS). */
  readonly memory: number;
  readonly processes: number;
  /** Bytes a second from and to storage since the last measurement; undefined where the kernel does not let us see it. */
  readonly read: number | undefined;
  readonly written: number | undefined;
}

export interface Meter {
  /**
   * Measures the trees below the given processes.
   * @param roots pids by name
   * @param memory false: not this time, as the kernel walks through all pages for it; what was last measured is told
   */
  measure(roots: Readonly<Record<string, readonly number[]>>, memory?: boolean): Record<string, TreeUse>;
}

/** Clock ticks a second: a constant of Linux's user interface on all our architectures. */
const ticksPerSecond = 100;
/** A shorter interval gives no figure worth having: the last one is told again. */
const shortestMs = 200;

interface Last {
  readonly at: number;
  readonly ticks: ReadonlyMap<string, number>;
  readonly traffic: ReadonlyMap<string, Traffic>;
  readonly use: TreeUse;
}

interface Traffic {
  readonly read: number;
  readonly written: number;
}

/** Makes a meter; it remembers the last measurement of each name, to tell what was used in between. */
export function createMeter(now: () => number = performance.now.bind(performance)): Meter {
  const last = new Map<string, Last>();

  function use(name: string, tree: readonly ProcessStat[], withMemory: boolean): TreeUse {
    const at = now();
    const before = last.get(name);
    const processes = tree.length;
    const memory = before && !withMemory ? before.use.memory : tree.reduce((sum, { pid }) => sum + memoryOf(pid), 0);
    if (before && at - before.at < shortestMs) return { ...before.use, memory, processes };
    const seconds = before ? (at - before.at) / 1000 : 0;
    // A process is its pid and start time; one that ended takes its last ticks with it.
    const ticks = new Map(tree.map((process) => [idOf(process), process.ticks]));
    let spent = 0;
    for (const [id, count] of ticks) spent += Math.max(0, count - (before?.ticks.get(id) ?? (before ? 0 : count)));
    const traffic = new Map<string, Traffic>();
    for (const process of tree) {
      const found = trafficOf(process.pid);
      if (found) traffic.set(idOf(process), found);
    }
    const [read, written] = rates(before?.traffic, traffic, seconds);
    const found: TreeUse = {
      cpu: seconds > 0 ? spent / ticksPerSecond / seconds : 0,
      memory,
      processes,
      read,
      written,
    };
    last.set(name, { at, ticks, traffic, use: found });
    return found;
  }

  return {
    measure(roots, withMemory = true) {
      for (const name of last.keys()) if (!Object.hasOwn(roots, name)) last.delete(name);
      return Object.fromEntries(
        Object.entries(roots).map(([name, pids]) => [name, use(name, processTrees(pids), withMemory)]),
      );
    },
  };
}

function idOf({ pid, startTime }: ProcessStat): string {
  return `${pid}/${startTime}`;
}

function rates(
  before: ReadonlyMap<string, Traffic> | undefined,
  now: ReadonlyMap<string, Traffic>,
  seconds: number,
): [number | undefined, number | undefined] {
  if (!before || seconds <= 0 || now.size === 0) return [undefined, undefined];
  let [read, written] = [0, 0];
  for (const [id, traffic] of now) {
    const earlier = before.get(id) ?? { read: 0, written: 0 };
    read += Math.max(0, traffic.read - earlier.read);
    written += Math.max(0, traffic.written - earlier.written);
  }
  return [read / seconds, written / seconds];
}

/** proc(5), /proc/PID/io: bytes that went from and to storage, page cache aside. */
function trafficOf(pid: number): Traffic | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/io`, 'latin1');
    const field = (name: string) => Number(new RegExp(`^${name}: (\\d+)`, 'm').exec(text)?.[1]);
    const [read, written] = [field('read_bytes'), field('write_bytes')];
    return Number.isFinite(read) && Number.isFinite(written) ? { read, written } : undefined;
  } catch {
    return undefined; // of another user, or gone
  }
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
