/**
 * Guards the trial of a host, from a process of its own that runs what has worked before: a new host that hangs can neither say so nor end.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { isAlive } from '../../core/supervisor/index.ts';
import { failedState, lastLines, readState, trialMs, writeState } from './state.ts';

const lookMs = 200;

/** Waits until a trial is over, and ends one that takes too long: the host is started again then, as the one before. */
export async function guardTrial(directory: string): Promise<void> {
  const begun = performance.now();
  for (;;) {
    const state = await readState(directory);
    if (!state.trying) return;
    // The machine's clock may have been set; ours cannot be.
    if (performance.now() - begun > trialMs || Date.now() > state.trying.until) {
      await writeState(directory, failedState(state, 'It did not serve in time.', await lastLines(directory)));
      const { process: tried } = state.trying;
      if (tried && isAlive(tried)) process.kill(tried.pid, 'SIGKILL');
      return;
    }
    await delay(lookMs);
  }
}
