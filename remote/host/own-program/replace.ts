/**
 * Replaces the host of a machine by that of another release: the files come here, the state says that it is to be tried, and
 * this process ends. Whoever keeps the host running (systemd, or the machine's first script) starts it again, and it becomes the new
 * one (`start.ts`). That one says itself that it serves; where it dies, or does not say so in time (`guard.ts`), the one before
 * comes back. The control processes of the machine go on all the while, and are adopted.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ConpaasError, toFailure } from '../../core/contract/index.ts';
import { contractVersion } from '../../core/contract/method.ts';
import type { HostFacts, Program } from '../../core/contract/release.ts';
import { ownRelease, productVersion } from '../../core/release/index.ts';
import { directoryOf, ensureFiles, type ReleaseStore, type Source } from '../release-store.ts';
import { readState, trialMs, writeState } from './state.ts';

export interface OwnProgramOptions {
  readonly directory: string;
  readonly store: ReleaseStore;
  /** Ends this process; what it looks after goes on. */
  readonly end: () => void;
  readonly log: (line: string) => void;
}

export interface OwnProgram {
  facts(): Promise<HostFacts>;
  /**
   * Begins where it is not what runs already, and has not failed as this attempt.
   * @param source where the director is
   * @returns whether this process is going to end
   */
  replace(program: Program, source: Source | undefined, signal: AbortSignal): Promise<boolean>;
  /** This process serves: if it is being tried, it is good from now on. @returns whether it was */
  confirm(): Promise<boolean>;
}

/** So long it has to go on serving, milliseconds. */
const steadyMs = 1000;

export function createOwnProgram({ directory, store, end, log }: OwnProgramOptions): OwnProgram {
  let ending = false;
  const confirmed = Promise.withResolvers<void>();

  async function replace(program: Program, source: Source | undefined, signal: AbortSignal): Promise<boolean> {
    // While this process proves itself it orders no other: what has come of it is told then.
    if ((await readState(directory)).trying?.release === ownRelease) await confirmed.promise;
    const state = await readState(directory);
    const { good, previous, failed, trying } = state;
    const { release, attempt } = program;
    if (ending || trying) return ending;
    if (good === release || (failed?.release === release && failed.attempt === attempt)) return false;
    try {
      await ensureFiles(store, program, source, signal);
      // What the machine was made with is in no folder of its own.
      if (release !== previous && !existsSync(path.join(directoryOf(store, release), 'host.mjs'))) {
        throw new ConpaasError('not_found', `The host of ${release} is not on this machine.`);
      }
    } catch (error) {
      signal.throwIfAborted();
      const failure = toFailure(error);
      log(`the host of ${release} could not be tried: ${failure.message}`);
      await writeState(directory, { ...state, failed: { release, attempt, failure } });
      return false;
    }
    const until = Date.now() + trialMs;
    await writeState(directory, { ...state, trying: { release, attempt, starts: 0, until } });
    log(`the host of ${release} is tried in place of ${good}`);
    // What runs now has worked, so it looks after the trial of its successor.
    const script = process.argv[1] ?? '';
    const words = [...process.execArgv, script, '--guard', directory, store.bundles];
    spawn(process.execPath, words, { detached: true, stdio: 'ignore', cwd: '/', env: guardEnvironment() }).unref();
    ending = true;
    setImmediate(end);
    return true;
  }

  return {
    replace,
    async facts() {
      const { good, previous, failed } = await readState(directory);
      return {
        ...{ release: ownRelease, version: productVersion, contract: contractVersion, good },
        ...(previous !== undefined && { previous }),
        ...(failed && { failed }),
      };
    },
    async confirm() {
      try {
        if ((await readState(directory)).trying?.release !== ownRelease) return false;
        await delay(steadyMs);
        const { trying, good } = await readState(directory);
        if (trying?.release !== ownRelease || ending) return false;
        await writeState(directory, { good: ownRelease, previous: good });
        log(`the host of ${ownRelease} serves`);
        return true;
      } finally {
        confirmed.resolve();
      }
    },
  };
}

/** It runs this program, whichever is wanted by then. */
function guardEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'] };
}
