/** What /proc says of processes: who they are (a pid alone is reused), whether they live, who belongs together. */
import { closeSync, existsSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs';
import { constants } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';

/** Names one process for ever: a pid is used again, a pid with its start time and boot is not. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks after boot, /proc/PID/stat field 22. */
  readonly startTime: number;
  /** /proc/sys/kernel/random/boot_id */
  readonly bootId: string;
}

export interface ProcessStat {
  readonly pid: number;
  /** One letter; `Z` and `X` are dead. */
  readonly state: string;
  readonly parent: number;
  readonly group: number;
  readonly session: number;
  /** Clock ticks (100 a second on all Linux we run on) of user and system time, own and of reaped children. */
  readonly ticks: number;
  readonly startTime: number;
}

let knownBootId: string | undefined;

/** The kernel's random id of this boot. */
export function bootId(): string {
  knownBootId ??= readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  return knownBootId;
}

/** Longer than any line of /proc/PID/stat: 52 numbers, and a name of 64 bytes at most. */
const statLine = Buffer.alloc(2048);

/** /proc/PID/stat, or undefined where there is no such process. proc(5). */
export function readStat(pid: number): ProcessStat | undefined {
  let text: string;
  try {
    // All processes are read in a row, and readFileSync asks the kernel twice as often.
    const file = openSync(`/proc/${pid}/stat`, 'r');
    try {
      text = statLine.toString('latin1', 0, readSync(file, statLine, 0, statLine.length, 0));
    } finally {
      closeSync(file);
    }
  } catch {
    return undefined; // gone
  }
  // The second field is the program's name in parentheses, and may hold spaces and parentheses itself.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const number = (field: number) => Number(fields[field - 3]);
  return {
    pid,
    state: fields[0] ?? 'X',
    parent: number(4),
    group: number(5),
    session: number(6),
    ticks: number(14) + number(15) + number(16) + number(17),
    startTime: number(22),
  };
}

/** The identity of a living process, or undefined. */
export function identify(pid: number): ProcessIdentity | undefined {
  const stat = readStat(pid);
  if (!stat || isDead(stat)) return undefined;
  return { pid, startTime: stat.startTime, bootId: bootId() };
}

/** Whether exactly this process still runs (a zombie does not). */
export function isAlive(identity: ProcessIdentity): boolean {
  if (identity.bootId !== bootId()) return false;
  const stat = readStat(identity.pid);
  return stat !== undefined && stat.startTime === identity.startTime && !isDead(stat);
}

/** All living processes. */
export function listProcesses(): ProcessStat[] {
  const found: ProcessStat[] = [];
  for (const entry of readdirSync('/proc')) {
    if (!/^[0-9]+$/.test(entry)) continue;
    const stat = readStat(Number(entry));
    if (stat && !isDead(stat)) found.push(stat);
  }
  return found;
}

/**
 * Living members of the process group that `leader` founded. Empty where the group's number now belongs to somebody
 * else: while a group has members its number is not given to a new process, so a different process of that number
 * means that ours has died out.
 */
export function groupMembers(leader: ProcessIdentity): number[] {
  if (leader.bootId !== bootId()) return [];
  const now = readStat(leader.pid);
  if (now && now.startTime !== leader.startTime) return [];
  if (!hasGroup(leader.pid)) return [];
  return listProcesses()
    .filter((process) => process.group === leader.pid && process.startTime >= leader.startTime)
    .map((process) => process.pid);
}

/** Whether the kernel knows a process group of this number: one call, where looking for its members reads all of /proc. */
function hasGroup(group: number): boolean {
  try {
    process.kill(-group, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'; // EPERM: it has members, which are not ours to signal
  }
}

/**
 * Living processes that were started with `prefix...` as an entry of their environment, with the rest of that entry.
 * Sees only processes that we may look into: all for root, else our own.
 */
export function findByEnvironment(prefix: string): { pid: number; rest: string }[] {
  const found: { pid: number; rest: string }[] = [];
  for (const { pid } of listProcesses()) {
    if (pid === process.pid) continue;
    let environment: string;
    try {
      environment = readFileSync(`/proc/${pid}/environ`, 'utf8');
    } catch {
      continue; // gone, or of another user
    }
    const entry = environment.split('\0').find((candidate) => candidate.startsWith(prefix));
    if (entry !== undefined) found.push({ pid, rest: entry.slice(prefix.length) });
  }
  return found;
}

/** The children of a process, with the kernel's own lists where it has them (CONFIG_PROC_CHILDREN). */
export function childrenOf(pid: number): number[] {
  return kernelListsChildren() ? childrenOfThreads(pid) : childrenAmong(listProcesses())(pid);
}

/**
 * These processes and all that descend from them, each once; the living only. Looks at no other process where the kernel
 * lists children, proc(5). A list may lack a child while its siblings come and go: good for measuring, not for ending them.
 */
export function processTrees(roots: Iterable<number>): ProcessStat[] {
  const children = kernelListsChildren() ? childrenOfThreads : childrenAmong(listProcesses());
  const found = new Map<number, ProcessStat>();
  const wanted = [...roots];
  for (let pid = wanted.pop(); pid !== undefined; pid = wanted.pop()) {
    const stat = found.has(pid) ? undefined : readStat(pid);
    if (!stat || isDead(stat)) continue;
    found.set(pid, stat);
    wanted.push(...children(pid));
  }
  return [...found.values()];
}

let listsChildren: boolean | undefined;

function kernelListsChildren(): boolean {
  listsChildren ??= existsSync(`/proc/${process.pid}/task/${process.pid}/children`);
  return listsChildren;
}

/** The kernel lists them by the thread that made them. */
function childrenOfThreads(pid: number): number[] {
  return entriesOf(`/proc/${pid}/task`).flatMap((thread) => {
    try {
      const text = readFileSync(`/proc/${pid}/task/${thread}/children`, 'latin1').trim();
      return text === '' ? [] : text.split(' ').map(Number);
    } catch {
      return []; // gone
    }
  });
}

function entriesOf(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return []; // gone
  }
}

function childrenAmong(processes: readonly ProcessStat[]): (pid: number) => number[] {
  const children = new Map<number, number[]>();
  for (const { pid, parent } of processes) children.set(parent, [...(children.get(parent) ?? []), pid]);
  return (pid) => children.get(pid) ?? [];
}

/**
 * Whether a process has a handler for a signal. The first process of a pid namespace ignores signals it has no handler
 * for, pid_namespaces(7), where elsewhere it would end.
 */
export function catches(pid: number, signal: NodeJS.Signals): boolean {
  let status: string;
  try {
    status = readFileSync(`/proc/${pid}/status`, 'latin1');
  } catch {
    return false; // gone
  }
  const mask = /^SigCgt:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0';
  return (BigInt(`0x${mask}`) & (1n << BigInt(constants.signals[signal] - 1))) !== 0n;
}

/** Sends a signal; false where the process (or group, negative) is gone. */
export function sendSignal(pid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ESRCH' || code === 'EPERM') return false;
    throw error;
  }
}

/** Waits until `gone()` holds, asking often at first; false when `timeoutMs` have passed. */
export async function waitUntil(gone: () => boolean, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  for (let pause = 2; !gone(); pause = Math.min(pause * 1.5, 50)) {
    if (performance.now() > deadline) return false;
    await delay(pause);
  }
  return true;
}

function isDead(stat: ProcessStat): boolean {
  return stat.state === 'Z' || stat.state === 'X';
}
