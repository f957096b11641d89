/** What every control process does around its work: log lines, signals, and an end that leaves engines alone. */
import { flushCompileCache } from 'node:module';
import path from 'node:path';
import { contractVersion } from '../contract/method.ts';
import { type Serving, servingFile } from '../contract/release.ts';
import { writeFileAtomic } from '../files/index.ts';
import { ownRelease, productVersion } from '../release/index.ts';

/** By then a process has compiled what its first work needs. */
const compiledMs = 5000;

export interface ProcessContext {
  /** Its directory: first argument of the process. */
  readonly home: string;
  /** Aborts at SIGTERM or SIGINT. */
  readonly signal: AbortSignal;
  /** Writes one stamped line to standard error, which the host sends to a file. Never a secret. */
  log(line: string): void;
}

/**
 * Runs a control process: `start` gives what stops it. Ends with 0 after SIGTERM or SIGINT, with 1 when `start` throws.
 * @param name for the log and the process list
 */
export async function runProcess(
  name: string,
  start: (context: ProcessContext) => Promise<AsyncDisposable>,
): Promise<void> {
  const home = process.argv[2];
  const log = (line: string): void => {
    process.stderr.write(`${new Date().toISOString()} ${name}: ${line}\n`);
  };
  if (home === undefined) {
    log('usage: <bundle> <home directory>');
    process.exit(2);
  }
  process.title = `conpaas-${name}`;
  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop.abort(new Error(signal)));
  // A stray rejection is a bug, but no reason to take an application's control process down.
  process.on('unhandledRejection', (reason) =>
    log(`unhandled: ${reason instanceof Error ? reason.stack : String(reason)}`),
  );
  try {
    const running = await start({ home, signal: stop.signal, log });
    // Node would write it at a good end only, and processes like these are killed or live on. Absent before Node 22.
    setTimeout(() => flushCompileCache?.(), compiledMs).unref();
    if (!stop.signal.aborted) await tellServing(home);
    if (!stop.signal.aborted) {
      await new Promise<void>((resolve) => stop.signal.addEventListener('abort', () => resolve(), { once: true }));
    }
    await running[Symbol.asyncDispose]();
    process.exit(0);
  } catch (error) {
    if (stop.signal.aborted) process.exit(0);
    log(`cannot start: ${error instanceof Error ? error.stack : String(error)}`);
    process.exit(1);
  }
}

/** What its host waits for, when it tries another release of this program. */
async function tellServing(home: string): Promise<void> {
  const serving: Serving = {
    release: ownRelease,
    version: productVersion,
    contract: contractVersion,
    pid: process.pid,
  };
  await writeFileAtomic(path.join(home, servingFile), JSON.stringify(serving));
}
