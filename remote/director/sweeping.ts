/** What is cleared away now and then: machines, volumes, addresses, backups, blobs and logs that nothing needs any more. */
import { setTimeout as delay } from 'node:timers/promises';
import { toFailure } from '../core/contract/errors.ts';
import type { Director } from './director.ts';
import { LostManagers } from './lost-managers.ts';

const sweepEveryMs = 60_000;
/** A cloud that takes longer is asked again by the next sweep: nothing else may wait for it. */
const sweepMs = 300_000;
/** An upload that no application uses is deleted after a day. */
const unusedBlobMs = 86_400_000;

/** Sweeps at once and then every minute, until `signal` aborts. What fails is logged, once, and tried again. */
export async function sweepNowAndThen(director: Director, signal: AbortSignal): Promise<void> {
  const { machines, volumes, addresses, remoteOperations, states, history, blobs, inventory, log } = director;
  const { backups, volumeBackups, keptLogs } = director;
  const lostManagers = new LostManagers(director);
  let said: string | undefined;
  while (!signal.aborted) {
    try {
      await remoteOperations.interrupt({ now: Date.now() });
      const within = AbortSignal.any([signal, AbortSignal.timeout(sweepMs)]);
      inventory.tellSilent();
      await machines.sweep(within);
      await lostManagers.replace();
      await volumes.sweep(within);
      await addresses.sweep(within);
      await backups.sweep();
      await volumeBackups.sweep();
      const used = states.blobs().union(history.blobs()).union(backups.kept()).union(volumeBackups.kept());
      const deleted = await blobs.collect(used, unusedBlobMs);
      await keptLogs.sweep(inventory.applications().map(({ id }) => id));
      said = undefined;
      if (deleted > 0) log(`deleted ${deleted} blobs that nothing refers to`);
    } catch (error) {
      const text = `sweep: ${toFailure(error).message} ${error instanceof Error ? error.message : ''}`;
      // Said once, not each minute.
      if (!signal.aborted && text !== said) log(text);
      said = text;
    }
    await delay(sweepEveryMs, undefined, { signal, ref: false }).catch(() => undefined);
  }
}
