/**
 * Which release the host of a machine itself is of: what `host-program.json` says. The file that the machine was made with
 * (`<bundles>/host.mjs`) is started at every boot and for every call, and never replaced; it becomes the host that is wanted.
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { HostState } from '../../core/contract/release.ts';
import { writeFileAtomic } from '../../core/files/index.ts';
import { ownRelease } from '../../core/release/index.ts';

/** So long a new host has to serve, milliseconds: an emulated machine takes a good part of it to start a program. */
export const trialMs = 180_000;
/** What has ended so often before it served does not work. systemd gives up where a unit is started five times in 10 s. */
export const startsOfTrial = 2;

/** @param directory of the host */
export const stateFileOf = (directory: string): string => path.join(directory, 'host-program.json');

export async function readState(directory: string): Promise<HostState> {
  try {
    return HostState.parse(JSON.parse(await readFile(stateFileOf(directory), 'utf8')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return { good: ownRelease }; // nobody has ever replaced it
  }
}

export function writeState(directory: string, state: HostState): Promise<void> {
  return writeFileAtomic(stateFileOf(directory), JSON.stringify(state));
}

/** The state once a trial has not gone well; what was good before is what runs next. */
export function failedState({ trying, ...state }: HostState, message: string, log: readonly string[]): HostState {
  if (!trying) return state;
  const { release, attempt } = trying;
  return { ...state, failed: { release, attempt, failure: { code: 'engine_failed', message, log: [...log] } } };
}

/** The newest lines of the host's log. */
export async function lastLines(directory: string): Promise<string[]> {
  const file = path.join(directory, 'host.log');
  if (!existsSync(file)) return []; // with systemd they are in its journal
  return (await readFile(file, 'utf8')).trimEnd().split('\n').slice(-20);
}
