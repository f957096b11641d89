/** The process of a machine: started so that it outlives whoever starts it, and found again by what it was started with. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ConpaasError } from '../../contract/errors.ts';
import { identify, isAlive, type ProcessIdentity, sendSignal } from '../../supervisor/proc.ts';
import { nameArgument } from './arguments.ts';
import { boards } from './boards.ts';
import { architectureOf } from './image.ts';
import { tellMonitor } from './monitor.ts';
import { explained } from './programs.ts';
import { files, type Placed } from './record.ts';

/** A system that was told to end has ended by then; an emulated one takes its time. Milliseconds. */
const shutdownMs = 90_000;
const killMs = 10_000;
const startMs = 60_000;

/** undefined: it does not run. */
export function processOf({ record, directory }: Placed): ProcessIdentity | undefined {
  let pid: number;
  let words: string[];
  try {
    pid = Number.parseInt(readFileSync(path.join(directory, files.pid), 'utf8'), 10);
    words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return undefined; // never started, or ended
  }
  // The number may be another process's by now; nobody else has this word.
  return words.includes(nameArgument(record.id)) ? identify(pid) : undefined;
}

export function runs(placed: Placed): boolean {
  return processOf(placed) !== undefined;
}

/**
 * Starts it, in a session of its own: whoever starts it may end. Answers once the machine is made.
 * @throws ConpaasError `missing_package`; `cloud_failed` in QEMU's own words
 */
export async function startProcess(placed: Placed, words: readonly string[], signal: AbortSignal): Promise<void> {
  const { directory } = placed;
  const log = path.join(directory, files.log);
  const { emulator } = boards[architectureOf(placed.record.image)];
  const child = await begin(emulator, words, directory, log);
  try {
    await untilMade(child, placed, signal);
  } catch (error) {
    child.kill('SIGKILL');
    if (!(error instanceof ConpaasError)) throw error; // aborted
    const said = (await readFile(log, 'utf8')).trim().split('\n').slice(-15);
    throw new ConpaasError('cloud_failed', `${error.message} ${plain(said.at(-1) ?? '')}`, { log: said });
  } finally {
    child.unref();
  }
}

async function begin(
  emulator: string,
  words: readonly string[],
  directory: string,
  log: string,
): Promise<ChildProcess> {
  await using output = await open(log, 'w', 0o600);
  const child = spawn(emulator, words, { cwd: directory, detached: true, stdio: ['ignore', output.fd, output.fd] });
  await new Promise((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (error: NodeJS.ErrnoException) => reject(explained(error, emulator)));
  });
  return child;
}

/** Its monitor answers as soon as all devices are there. */
async function untilMade(child: ChildProcess, placed: Placed, signal: AbortSignal): Promise<void> {
  const deadline = performance.now() + startMs;
  for (let pause = 10; ; pause = Math.min(pause * 1.5, 200)) {
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new ConpaasError('cloud_failed', 'QEMU did not start the machine:');
    }
    try {
      await tellMonitor(placed.directory, { execute: 'query-status' }, signal);
      if (runs(placed)) return;
    } catch (error) {
      if (!(error instanceof ConpaasError)) throw error; // aborted
    }
    if (performance.now() > deadline) {
      throw new ConpaasError('cloud_failed', `QEMU did not start the machine within ${startMs / 1000} seconds.`);
    }
    await delay(pause, undefined, { signal });
  }
}

/** Without the name of the program, which everybody knows. */
const plain = (line: string): string => line.replace(/^qemu-system-\S+: /, '');

/** Ends it as its power button does; where the system does not end by itself in time, its power is cut. */
export async function shutDown(placed: Placed, signal: AbortSignal): Promise<void> {
  const found = processOf(placed);
  if (!found) return;
  try {
    await tellMonitor(placed.directory, { execute: 'system_powerdown' }, signal);
    if (await ended(found, shutdownMs, signal)) return;
  } catch (error) {
    if (!(error instanceof ConpaasError)) throw error; // aborted
  }
  await cutPower(placed, signal);
}

/** Ends it at once. */
export async function cutPower(placed: Placed, signal: AbortSignal): Promise<void> {
  const found = processOf(placed);
  if (!found) return;
  sendSignal(found.pid, 'SIGKILL');
  if (await ended(found, killMs, signal)) return;
  throw new ConpaasError('cloud_failed', `The process ${found.pid} of the machine does not end.`, { retry: true });
}

async function ended(found: ProcessIdentity, withinMs: number, signal: AbortSignal): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  for (let pause = 5; isAlive(found); pause = Math.min(pause * 1.5, 250)) {
    if (performance.now() > deadline) return false;
    await delay(pause, undefined, { signal });
  }
  return true;
}
