/** Ends what was started: politely first, then all of it. */

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  catches,
  childrenOf,
  findByEnvironment,
  groupMembers,
  identify,
  isAlive,
  listProcesses,
  type ProcessIdentity,
  sendSignal,
  waitUntil,
} from './proc.ts';
import type { ProcessRecord, Records } from './records.ts';
import { openRecords } from './records.ts';

/** How long the kernel may take to clear away what got SIGKILL. */
const killMs = 10_000;

/** The engine of a record if it lives: recorded, or (we died in between) the child of its bubblewrap. */
export function livingMain(record: ProcessRecord): ProcessIdentity | undefined {
  if (record.main) return isAlive(record.main) ? record.main : undefined;
  if (!isAlive(record.leader)) return undefined;
  const child = childrenOf(record.leader.pid)[0];
  return child === undefined ? undefined : identify(child);
}

/** Asks the engine to end and waits for it as long as its record allows. False: it still runs. */
export async function endGracefully(record: ProcessRecord): Promise<boolean> {
  const main = livingMain(record);
  if (!main) return true;
  const signal = record.stop.signal as NodeJS.Signals;
  // As first process of its pid namespace it would ignore a signal that ends it elsewhere: leave that to SIGKILL.
  if (record.sandboxed && !catches(main.pid, signal)) return false;
  sendSignal(main.pid, signal);
  return waitUntil(() => !isAlive(main), record.stop.timeoutMs);
}

/**
 * Kills whatever is left of a record: the engine (and with it its pid namespace), its process group, and what left
 * the group but still carries our tag. Resolves when all of it is gone.
 */
export async function killAll(records: Records, record: ProcessRecord): Promise<void> {
  const rest = (): number[] => {
    const main = livingMain(record);
    return [...(main ? [main.pid] : []), ...groupMembers(record.leader)];
  };
  for (const pid of rest()) sendSignal(pid, 'SIGKILL');
  await waitUntil(() => rest().length === 0, killMs);
  if (record.sandboxed) return; // the pid namespace has taken all with it
  // Daemons that left the session. Again until none is found: one may have forked meanwhile.
  await killTagged(records, (name) => name === record.name);
}

/** Kills every process that carries our tag with a name that `which` accepts. */
export async function killTagged(records: Records, which: (name: string) => boolean): Promise<void> {
  await waitUntil(() => {
    const strays = findByEnvironment(records.tag('')).filter(({ rest }) => which(rest));
    for (const { pid } of strays) sendSignal(pid, 'SIGKILL');
    return strays.length === 0;
  }, killMs);
}

/** Ends one recorded process, gracefully, then all that is left, and removes the record. */
export async function endRecord(records: Records, record: ProcessRecord): Promise<void> {
  await endGracefully(record);
  await killAll(records, record);
  // Another start may have put a record of its own there meanwhile.
  if (records.read(record.name)?.leader.pid === record.leader.pid) records.remove(record.name);
}

/**
 * Ends every process that the supervisors of a directory, and of the directories in it, have recorded, e.g. all engines
 * of an agent whose VM is destroyed or switched off. The supervisors must be dead by then, or they start them again.
 * @param directory the `directory` of a SupervisorOptions, or its parent; one that does not exist is no error
 */
export async function endRecorded(directory: string): Promise<void> {
  if (!existsSync(directory)) return;
  const nested = readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(directory, entry.name));
  await Promise.all(
    [directory, ...nested].flatMap((path) => {
      const records = openRecords(path);
      return records.list().map((record) => endRecord(records, record));
    }),
  );
  // Started in the instant before somebody's death, not recorded yet. The tag of a parent covers those in it.
  await killTagged(openRecords(directory), () => true);
}

/** Pids of all living processes that a supervisor's directory records: engines, and the bubblewraps around them. */
export function recordedPids(directory: string): number[] {
  if (!existsSync(directory)) return [];
  return openRecords(directory)
    .list()
    .flatMap((record) => [livingMain(record)?.pid, isAlive(record.leader) ? record.leader.pid : undefined])
    .filter((pid) => pid !== undefined);
}

/**
 * Pids of all living processes of what a supervisor's directory records: engines, members of their groups, and whatever
 * descends from them.
 */
export function recordedTrees(directory: string): Set<number> {
  if (!existsSync(directory)) return new Set();
  const found = new Set(recordedPids(directory));
  for (const record of openRecords(directory).list()) for (const pid of groupMembers(record.leader)) found.add(pid);
  const processes = listProcesses();
  for (let before = -1; before !== found.size; ) {
    before = found.size;
    for (const { pid, parent } of processes) if (found.has(parent)) found.add(pid);
  }
  return found;
}
