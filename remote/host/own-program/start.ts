/** The start of a machine's host: the process becomes the host of the release that is wanted. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import type { HostState } from '../../core/contract/release.ts';
import { ownRelease } from '../../core/release/index.ts';
import { identify } from '../../core/supervisor/index.ts';
import { directoryOf, nodeOf, type ReleaseStore } from '../release-store.ts';
import { failedState, lastLines, readState, startsOfTrial, writeState } from './state.ts';

/** Says to the program that was chosen that it was: it does not choose again. */
const chosenVariable = 'CONPAAS_HOST_RELEASE';

/**
 * To be called first of all. Returns where this very program is wanted; else the process goes on as another program, under
 * the same number, so that whoever has started it notices nothing.
 * @param call whether this is no host, but a call of one: a trial is not begun by that
 */
export async function becomeWanted(directory: string, store: ReleaseStore, call: boolean): Promise<void> {
  const { [chosenVariable]: chosen } = process.env;
  delete process.env[chosenVariable]; // not for those that it starts
  if (chosen !== undefined) return;
  const state = call ? { ...(await readState(directory)), trying: undefined } : await begin(directory);
  const release = state.trying?.release ?? state.good;
  if (release === ownRelease) return;
  const program = path.join(directoryOf(store, release), 'host.mjs');
  // Nobody else could start the processes of this machine: better an older host than none.
  if (!existsSync(program)) return;
  const node = nodeOf(store, release);
  const environment = { ...process.env, [chosenVariable]: release };
  process.execve?.(node, [node, ...process.execArgv, program, ...process.argv.slice(2)], environment);
}

/** One more start. */
async function begin(directory: string): Promise<HostState> {
  const state = await readState(directory);
  const { trying } = state;
  if (!trying) return state;
  const why =
    trying.starts >= startsOfTrial
      ? `It has ended ${trying.starts} times before it served.`
      : Date.now() > trying.until
        ? 'It did not serve in time.'
        : undefined;
  const next =
    why === undefined
      ? { ...state, trying: { ...trying, starts: trying.starts + 1, process: identify(process.pid) } }
      : failedState(state, why, await lastLines(directory));
  await writeState(directory, next);
  return next;
}
