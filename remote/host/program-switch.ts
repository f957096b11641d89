/**
 * Brings one control process to the release that is wanted, and back where that does not work:
 *
 *     fetch    the files of the new one come here; what runs goes on
 *     try      it replaces what runs, and has to say that it serves (`serving.json`)
 *     keep     it is good from now on; or else the one before is started again, and the failure is kept
 *
 * All is told by `program.json` and what is wanted, so a host that was killed anywhere goes on: what runs is the old one or
 * the new one. Nobody else is needed for the way back: the director that is being replaced could not help.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ConpaasError, type Failure, type HostProcess, toFailure } from '../core/contract/index.ts';
import { type Program, ProgramState, programFile, Serving, servingFile } from '../core/contract/release.ts';
import { writeFileAtomic } from '../core/files/index.ts';
import { placeFile, readPlace } from '../core/process/index.ts';
import type { Supervised } from '../core/supervisor/index.ts';
import { directoryOf, ensureFiles, type ReleaseStore, type Source } from './release-store.ts';

export interface SwitchOptions {
  readonly store: ReleaseStore;
  /** Home of the process. */
  readonly home: string;
  /** Starts the bundles of a directory, in place of what runs; adopts what runs already. */
  launch(process: HostProcess, bundles: string): Promise<Supervised>;
  readonly log: (line: string) => void;
  /** Called when a trial has gone well. */
  readonly onGood?: (() => void) | undefined;
  /** Milliseconds, for tests. */
  readonly limits?: Partial<typeof defaults> | undefined;
}

export interface ProgramSwitch {
  /** Level-triggered. Does not wait for a trial. @throws where it cannot be started at all */
  settle(process: HostProcess): Promise<void>;
  /** Ends a trial that is under way, as if it had not begun. What it has started goes on. */
  cancel(): Promise<void>;
}

const defaults = {
  /** For the files to come. */
  fetchMs: 10 * 60_000,
  /** For a program to say that it serves. */
  serveMs: 60_000,
  /** So long it has to go on serving. */
  steadyMs: 500,
};
/** What dies so often does not come up. */
const deaths = 3;
const lookMs = 50;

interface Trial {
  readonly program: Program;
  readonly stop: AbortController;
  readonly ended: Promise<void>;
}

export function createProgramSwitch(options: SwitchOptions): ProgramSwitch {
  const { store, home, launch, log } = options;
  const limits = { ...defaults, ...options.limits };
  const stateFile = path.join(home, programFile);
  let trial: Trial | undefined;

  async function cancel(): Promise<void> {
    trial?.stop.abort(new ConpaasError('cancelled', 'Something else is wanted.'));
    await trial?.ended;
  }

  async function settle(process: HostProcess): Promise<void> {
    const { program } = process;
    if (trial && program && isSame(trial.program, program)) return;
    await cancel();
    if (!program) {
      await launch(process, store.bundles);
      return;
    }
    const state = await readState(stateFile);
    if (!state) {
      // Its first start: there is nothing to go back to.
      await ensureFiles(store, program, sourceOf(process, home), AbortSignal.timeout(limits.fetchMs));
      await writeState({ good: program.release });
      await launch(process, directoryOf(store, program.release));
      return;
    }
    const { good, failed } = state;
    const hasFailed = failed?.release === program.release && failed.attempt === program.attempt;
    if (good === program.release || hasFailed) {
      await launch(process, directoryOf(store, good));
      return;
    }
    const stop = new AbortController();
    const ended = tryOut(process, program, state, stop.signal)
      .catch((error: unknown) => {
        if (!stop.signal.aborted) log(`${process.name}: the trial of ${program.release} broke off: ${String(error)}`);
      })
      .finally(() => {
        trial = undefined;
      });
    trial = { program, stop, ended };
  }

  async function tryOut(
    process: HostProcess,
    program: Program,
    state: ProgramState,
    signal: AbortSignal,
  ): Promise<void> {
    const { release, attempt } = program;
    try {
      await ensureFiles(store, program, sourceOf(process, home), within(signal, limits.fetchMs));
      log(`${process.name}: trying ${release} in place of ${state.good}`);
      const supervised = await launch(process, directoryOf(store, release));
      await untilServing(supervised, release, signal);
    } catch (error) {
      signal.throwIfAborted();
      const failure = described(error);
      log(`${process.name}: ${release} did not work (${failure.message}); ${state.good} is put back`);
      await writeState({ ...state, failed: { release, attempt, failure } });
      await launch(process, directoryOf(store, state.good));
      return;
    }
    await writeState({ good: release, previous: state.good });
    log(`${process.name}: ${release} serves`);
    options.onGood?.();
  }

  /** @throws ConpaasError engine_failed: it dies; deadline_exceeded */
  async function untilServing(supervised: Supervised, release: string, signal: AbortSignal): Promise<void> {
    const begun = performance.now();
    const restarts = supervised.restarts;
    let since: { readonly pid: number; readonly at: number } | undefined;
    let died: Failure | undefined;
    for (;;) {
      const { state } = supervised;
      if (state.kind === 'backing_off' || state.kind === 'failed') died = state.failure;
      const pid = state.kind === 'running' ? state.pid : undefined;
      const serving = pid === undefined ? undefined : await readServing(home);
      const serves = serving?.release === release && serving.pid === pid;
      if (!serves || pid === undefined) since = undefined;
      else if (since?.pid !== pid) since = { pid, at: performance.now() };
      else if (performance.now() - since.at >= limits.steadyMs) return;
      if (supervised.restarts - restarts >= deaths && died) throw ConpaasError.of(died);
      if (performance.now() - begun > limits.serveMs) {
        if (died) throw ConpaasError.of(died);
        throw new ConpaasError('deadline_exceeded', `It did not serve within ${limits.serveMs / 1000} s.`, {
          retry: true,
          log: await lastLines(path.join(home, 'log')),
        });
      }
      await delay(lookMs, undefined, { signal });
    }
  }

  const writeState = (next: ProgramState): Promise<void> => writeFileAtomic(stateFile, JSON.stringify(next));

  return { settle, cancel };
}

function isSame(a: Program, b: Program): boolean {
  return a.release === b.release && a.attempt === b.attempt;
}

/** Where the director is that a process belongs to, by what it was told last. */
export function sourceOf({ bootstrap }: HostProcess, home: string): Source | undefined {
  const moved = readPlace(path.join(home, placeFile));
  const { director } = bootstrap as { director?: Source };
  return moved ?? director;
}

function within(signal: AbortSignal, milliseconds: number): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(milliseconds)]);
}

function described(error: unknown): Failure {
  const failure = toFailure(error);
  if (failure.code !== 'internal') return failure;
  return { ...failure, message: error instanceof Error ? error.message : String(error) };
}

async function readState(file: string): Promise<ProgramState | undefined> {
  const text = await readIfThere(file);
  return text === undefined ? undefined : ProgramState.parse(JSON.parse(text));
}

async function readServing(home: string): Promise<Serving | undefined> {
  const text = await readIfThere(path.join(home, servingFile));
  return text === undefined ? undefined : Serving.parse(JSON.parse(text));
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function lastLines(file: string): Promise<string[]> {
  const text = (await readIfThere(file)) ?? '';
  return text.trimEnd().split('\n').slice(-20);
}
