import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ConpaasError } from '../../contract/errors.ts';
import { borrowRelease, chooseHostRelease, readHostRelease, releasesOf } from './host-release.ts';

export interface HostSettings {
  /** Where the host keeps everything; one host per directory. */
  readonly directory: string;
  /** Where the bundles `host.mjs`, `director.mjs` … are. */
  readonly bundles: string;
  /** The Node that runs them. */
  readonly runtime: string;
  /** Directory of the local cloud that the director is on, where this is a further one: both have a host of one release. */
  readonly beside?: string | undefined;
}

const deadlineMs = 15_000;
const respawnMs = 300;

/**
 * Starts the host of a directory, of the release that was chosen for it, or of the one before where that does not start.
 * @throws ConpaasError `cloud_failed` with the last lines of the host's log
 */
export async function startHost(
  settings: HostSettings,
  answers: () => Promise<boolean>,
  signal: AbortSignal,
): Promise<void> {
  const { directory, bundles, beside } = settings;
  if (beside !== undefined && !(await readHostRelease(directory))) {
    const release = await borrowRelease(directory, beside);
    if (release !== undefined) await chooseHostRelease(directory, { release });
  }
  const chosen = await readHostRelease(directory);
  const placeOf = (release: string | undefined): string =>
    release === undefined ? bundles : path.join(releasesOf(directory), release);
  try {
    await start(settings, placeOf(chosen?.release), answers, signal);
  } catch (error) {
    if (!chosen || signal.aborted) throw error;
    await chooseHostRelease(directory, chosen.previous === undefined ? undefined : { release: chosen.previous });
    await start(settings, placeOf(chosen.previous), answers, signal);
  }
}

/**
 * Starts the host of a directory, detached, and waits until `answers` says so. Any number of processes may do so at
 * once: one host gets the directory's lock, the others end by themselves.
 * @throws ConpaasError `cloud_failed` with the last lines of the host's log
 */
async function start(
  settings: HostSettings,
  program: string,
  answers: () => Promise<boolean>,
  signal: AbortSignal,
): Promise<void> {
  mkdirSync(settings.directory, { recursive: true, mode: 0o700 });
  const logFile = path.join(settings.directory, 'host.log');
  const deadline = performance.now() + deadlineMs;
  let child = spawnHost(settings, program, logFile);
  let spawnedAt = performance.now();
  for (let pause = 5; !(await answers()); pause = Math.min(pause * 1.3, 100)) {
    signal.throwIfAborted();
    const { ended } = child;
    if ((ended !== undefined && !ended.well) || performance.now() > deadline) {
      const why = ended ? ended.how : `no answer within ${deadlineMs / 1000} s`;
      throw new ConpaasError('cloud_failed', `The local host did not start (${why}).`, {
        log: await lastLines(logFile),
        retry: true,
      });
    }
    // One that ended well has met another: that one answers in a moment, or was just ending itself.
    if (ended && performance.now() - spawnedAt > respawnMs) {
      child = spawnHost(settings, program, logFile);
      spawnedAt = performance.now();
    }
    await delay(pause, undefined, { signal });
  }
}

interface StartedHost {
  /** How it ended, if it has. */
  ended?: { readonly well: boolean; readonly how: string };
}

function spawnHost(settings: HostSettings, program: string, logFile: string): StartedHost {
  const started: StartedHost = {};
  const log = openSync(logFile, 'a', 0o600);
  const child = spawn(
    settings.runtime,
    ['--disable-warning=ExperimentalWarning', path.join(program, 'host.mjs'), settings.directory, settings.bundles],
    { detached: true, stdio: ['ignore', log, log], cwd: settings.directory, env: environment() },
  );
  closeSync(log);
  child.once('error', (error) => {
    started.ended = { well: false, how: error.message };
  });
  child.once('exit', (code, by) => {
    started.ended ??= { well: code === 0, how: by ?? `exit code ${code}` };
  });
  child.unref();
  return started;
}

/** The host outlives the window or command that starts it, and takes no more from it than this. */
function environment(): NodeJS.ProcessEnv {
  const kept = ['PATH', 'HOME', 'LANG', 'TZ', 'TMPDIR', 'CONPAAS_CRASH', 'CONPAAS_CRASH_COUNT'];
  return Object.fromEntries(kept.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
}

async function lastLines(file: string): Promise<string[]> {
  await using handle = await open(file, 'r');
  const { size } = await handle.stat();
  const length = Math.min(size, 4096);
  const { buffer } = await handle.read(Buffer.alloc(length), 0, length, size - length);
  return buffer.toString('utf8').trimEnd().split('\n').slice(-15);
}
