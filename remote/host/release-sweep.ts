/**
 * Removes releases that nothing on this machine runs, and that nothing would go back to: 7 MB each, and a hundred more
 * where Node is another one. What came lately stays, for an upgrade may be about to use it.
 */
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { programFile, ReleaseId } from '../core/contract/release.ts';

/** Younger ones stay, milliseconds. */
const youngMs = 3600_000;
const everyMs = 3600_000;

export interface ReleaseSweep {
  /** Directory of releases. */
  readonly releases: string;
  /** Files that say what is run and what was before: of control processes by their homes, and of hosts. */
  readonly states: readonly string[];
  /** What is to be run, whether it is by now or not. */
  readonly wanted: readonly (string | undefined)[];
  readonly log: (line: string) => void;
}

const State = z.object({
  good: ReleaseId.optional(),
  release: ReleaseId.optional(),
  previous: ReleaseId.optional(),
  trying: z.object({ release: ReleaseId }).optional(),
});

/** @returns names of those that were removed @throws where a state is damaged: then nothing is removed */
export async function sweepReleases({ releases, states, wanted, log }: ReleaseSweep): Promise<string[]> {
  const kept = new Set(wanted);
  for (const file of states) {
    const text = await readIfThere(file);
    if (text === undefined) continue;
    const { good, release, previous, trying } = State.parse(JSON.parse(text));
    for (const one of [good, release, previous, trying?.release]) kept.add(one);
  }
  const removed: string[] = [];
  for (const name of await namesIn(releases)) {
    const directory = path.join(releases, name);
    if (kept.has(name) || Date.now() - (await stat(directory)).mtimeMs < youngMs) continue;
    await rm(directory, { recursive: true, force: true });
    log(`the release ${name} is not needed any more`);
    removed.push(name);
  }
  return removed;
}

export interface KeptSwept extends Disposable {
  /** Something is good now, so something else may not be needed any more. */
  again(): void;
}

/** Sweeps at once, every hour, and when it is told. What cannot be removed is said, and tried again. */
export function keepReleasesSwept(
  { releases, log }: Pick<ReleaseSweep, 'releases' | 'log'>,
  look: () => Promise<Pick<ReleaseSweep, 'states' | 'wanted'>>,
): KeptSwept {
  let last: Promise<unknown> = Promise.resolve();
  const again = (): void => {
    last = last
      .then(async () => sweepReleases({ releases, log, ...(await look()) }))
      .catch((error: unknown) => log(`releases are not tidied up: ${String(error)}`));
  };
  again();
  const timer = setInterval(again, everyMs).unref();
  return { again, [Symbol.dispose]: () => clearInterval(timer) };
}

/** Where the processes with homes in a directory keep their states. */
export async function statesIn(homes: string): Promise<string[]> {
  return (await namesIn(homes)).map((name) => path.join(homes, name, programFile));
}

export async function namesIn(directory: string): Promise<string[]> {
  return (await orNothing(readdir(directory))) ?? [];
}

function readIfThere(file: string): Promise<string | undefined> {
  return orNothing(readFile(file, 'utf8'));
}

async function orNothing<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw error;
  }
}
