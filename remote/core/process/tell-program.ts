/** A manager or agent tells its director which release it runs, and what its host found when it tried another. */
import { watch } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { toFailure } from '../contract/errors.ts';
import { contractVersion } from '../contract/method.ts';
import { ProgramState, programFile } from '../contract/release.ts';
import { Changed } from '../events/index.ts';
import { ownRelease, productVersion } from '../release/index.ts';
import type { DirectorClient } from './membership.ts';

const longestPauseMs = 5000;

/** Tells at once, and after each change of `program.json`, until the signal aborts. */
export async function keepTelling(
  director: DirectorClient,
  home: string,
  signal: AbortSignal,
  log: (line: string) => void,
): Promise<void> {
  const changed = new Changed();
  const watcher = watch(home, (_event, name) => {
    if (name === null || name === programFile) changed.notify();
  });
  // A full table of watches: what is known now is told, and the rest at the next start.
  watcher.on('error', (error) => log(`changes of ${programFile} are not seen: ${error.message}`));
  signal.addEventListener('abort', () => watcher.close(), { once: true });
  for (let pause = 100; !signal.aborted; ) {
    const { generation } = changed;
    try {
      await tell(director, home, signal);
      pause = 100;
      await changed.next(generation, signal);
    } catch (error) {
      if (signal.aborted) return;
      const { code, message } = toFailure(error);
      if (code === 'unknown_method') return; // a director of before: it does not want to know
      log(`telling the director which program this is: ${message}`);
      await delay(pause, undefined, { signal }).catch(() => undefined); // the loop ends
      pause = Math.min(pause * 2, longestPauseMs);
    }
  }
}

async function tell(director: DirectorClient, home: string, signal: AbortSignal): Promise<void> {
  const { good, failed } = (await readState(path.join(home, programFile))) ?? {};
  await director.call(
    'tell_program',
    {
      ...{ release: ownRelease, version: productVersion, contract: contractVersion },
      ...(good !== undefined && { good }),
      ...(failed && { failed }),
    },
    { signal },
  );
}

async function readState(file: string): Promise<ProgramState | undefined> {
  try {
    return ProgramState.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
