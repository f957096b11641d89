/** A restoration as a whole: which backup, the steps, and what is cleared away where they fail. */
import { ConpaasError } from '../../remote/core/contract/errors.ts';
import type { DeploymentId } from '../../remote/core/contract/ids.ts';
import type { Deployment, DeploymentStore } from './deployment.ts';
import type { Deployments, RestoreOptions } from './deployments.ts';
import { removeMade, type WantedBackup } from './restore.ts';
import type { StartingOptions } from './starting.ts';

/** For the removal of what a failed restoration has made, milliseconds. */
const cleanUpMs = 60_000;

export interface RestoringParts extends Pick<StartingOptions, 'restoration' | 'withCloud' | 'run'> {
  readonly store: DeploymentStore;
  /** By id or name. @throws ConpaasError forbidden: this desktop is a guest there */
  withRoot(deployment: string | undefined): Promise<Deployment>;
  /** From the place that backups are copied to, where this computer lacks it. */
  fetchBackup(id: DeploymentId, backup: string | undefined, signal: AbortSignal): Promise<void>;
  wantedBackup(
    deployment: Deployment,
    backup: string | undefined,
    from: RestoreOptions['from'],
    signal: AbortSignal,
  ): Promise<WantedBackup>;
  /** Does what the director wants of this desktop from now on. */
  serve(deployment: Deployment): Promise<void>;
}

export function createRestoring(parts: RestoringParts): Deployments['restore'] {
  const { store, withRoot, withCloud, run, restoration } = parts;
  return async ({ deployment: idOrName, backup, from, onOperation, signal }) => {
    const deployment = await withRoot(idOrName);
    if (deployment.state === 'creating' || deployment.state === 'destroying') {
      throw new ConpaasError('conflict', `${deployment.name} is ${deployment.state}: there is no director to restore.`);
    }
    const { restoring } = deployment;
    const unfinished = restoring?.phase === 'switched' ? restoring.backup : undefined;
    if (from !== 'volume') await parts.fetchBackup(deployment.id, unfinished ?? backup, signal);
    const wanted: WantedBackup = unfinished
      ? { backup: unfinished }
      : await parts.wantedBackup(deployment, backup, from, signal);
    const title = `Restore the director of ${deployment.name}`;
    await run(deployment, { kind: 'restore', title, onOperation, signal }, (context) =>
      restoration(context, wanted),
    ).catch(async (error: unknown) => {
      // Up to the switch nothing has happened to the director before; what was made is not needed.
      await withCloud(await store.find(deployment.id), (context) =>
        removeMade(context, AbortSignal.timeout(cleanUpMs)),
      ).catch(() => undefined); // it stays on record, for the next attempt
      throw error;
    });
    const restored = await store.find(deployment.id);
    await parts.serve(restored);
    return restored;
  };
}
