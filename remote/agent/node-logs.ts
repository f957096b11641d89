/** The logs of a node that engines open themselves: stamped and rotated here, as no supervised process does it. */
import { setTimeout as delay } from 'node:timers/promises';
import { createLogKeeper, type LogKeeper } from '../core/supervisor/index.ts';

/** How often they are looked at, ms. */
const interval = 1_000;
/** Those of the supervisor have limits of their own. */
export const logLimits = { maxBytes: 5 * 1024 * 1024, keep: 2 };

/** Keeps the logs at these paths until the signal aborts; asked for anew each time, as a node opens and closes some. */
export async function keepLogs(paths: () => Iterable<string>, signal: AbortSignal): Promise<void> {
  const keepers = new Map<string, LogKeeper>();
  while (!signal.aborted) {
    for (const path of paths()) {
      const keeper = keepers.get(path) ?? createLogKeeper({ path, ...logLimits });
      keepers.set(path, keeper);
      await keeper.look().catch(() => undefined); // not there yet; a link is refused to whoever reads it
    }
    await delay(interval, undefined, { signal }).catch(() => undefined); // the loop ends
  }
}
