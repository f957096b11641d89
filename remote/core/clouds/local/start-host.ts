import { spawn } from 'node:child_process';
import { mkdirSync, openSync } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ConpaasError } from '../../contract/errors.ts';

export interface HostSettings {
  /** Where the host keeps everything; one host per directory. */
  readonly directory: string;
  /** Where the bundles `host.mjs`, `director.mjs` … are. */
  readonly bundles: string;
  /** The Node that runs them. */
  readonly runtime: string;
}

const deadlineMs = 15_000;

/**
 * Starts the host of a directory, detached, and waits until `answers` says so. Any number of processes may do so at
 * once: one host gets the directory's lock, the others end by themselves.
 * @throws ConpaasError `cloud_failed` with the last lines of the host's log
 */
export async function startHost(
  settings: HostSettings,
  answers: () => Promise<boolean>,
  signal: AbortSignal,
): Promise<void> {
  mkdirSync(settings.directory, { recursive: true, mode: 0o700 });
  const logFile = path.join(settings.directory, 'host.log');
  let outcome: string | undefined;
  const child = spawnHost(settings, logFile, (ended) => {
    outcome = ended;
  });
  const deadline = performance.now() + deadlineMs;
  for (let pause = 5; !(await answers()); pause = Math.min(pause * 1.3, 100)) {
    signal.throwIfAborted();
    if (outcome !== undefined || performance.now() > deadline) {
      const log = await lastLines(logFile);
      throw new ConpaasError('cloud_failed', `The local host did not start${outcome ? ` (${outcome})` : ' in time'}.`, {
        log,
        retry: true,
      });
    }
    await delay(pause, undefined, { signal });
  }
  child.removeAllListeners();
}

/** A host that ends well has found another one at work, which will answer in a moment. */
function spawnHost(settings: HostSettings, logFile: string, onFailure: (outcome: string) => void) {
  const log = openSync(logFile, 'a', 0o600);
  const child = spawn(
    settings.runtime,
    [
      '--disable-warning=ExperimentalWarning',
      path.join(settings.bundles, 'host.mjs'),
      settings.directory,
      settings.bundles,
    ],
    { detached: true, stdio: ['ignore', log, log], cwd: settings.directory, env: environment() },
  );
  child.once('error', (error) => onFailure(error.message));
  child.once('exit', (code, by) => {
    if (code !== 0) onFailure(by ?? `exit code ${code}`);
  });
  child.unref();
  return child;
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
