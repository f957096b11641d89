/** What the director tells a manager as it changes: machines and volumes. What was known stays while it is away. */
import { setTimeout as delay } from 'node:timers/promises';
import { toFailure } from '../core/contract/errors.ts';
import type { Manager } from './manager.ts';

/** Follows the application's machines, and dials their agents, until `signal` aborts. */
export function watchVms(manager: Manager, signal: AbortSignal, onSuperseded: () => void): Promise<void> {
  const { director, observed, agents, reporter } = manager;
  return watch(manager, 'machines', signal, onSuperseded, async (heard) => {
    let first = true;
    for await (const vms of director.stream('watch_vms', {}, { signal })) {
      heard();
      if (first) reporter.again();
      first = false;
      observed.setVms(vms);
      agents.follow(vms);
    }
  });
}

/** Follows the application's volumes until `signal` aborts. */
export function watchVolumes(manager: Manager, signal: AbortSignal, onSuperseded: () => void): Promise<void> {
  return watch(manager, 'volumes', signal, onSuperseded, async (heard) => {
    for await (const volumes of manager.director.stream('watch_volumes', {}, { signal })) {
      heard();
      manager.observed.setVolumes(volumes);
    }
  });
}

/** Follows what the director tells, again after each end, until the signal aborts. */
async function watch(
  { log }: Manager,
  what: string,
  signal: AbortSignal,
  onSuperseded: () => void,
  follow: (heard: () => void) => Promise<void>,
): Promise<void> {
  for (let pause = 50; !signal.aborted; pause = Math.min(pause * 2, 2000)) {
    try {
      await follow(() => {
        pause = 50;
      });
    } catch (error) {
      if (signal.aborted) return;
      const failure = toFailure(error);
      if (failure.code === 'superseded') return onSuperseded();
      if (failure.code !== 'unreachable') log(`watching ${what}: ${failure.code}: ${failure.message}`);
    }
    // What was known stays; agents are dialled all the same while the director is away.
    await delay(pause, undefined, { signal }).catch(() => undefined);
  }
}
