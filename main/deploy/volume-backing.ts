/** Backups on a volume, as this desktop deals with them: chosen, kept going, looked at, read, given up. */
import type { BackupVolume, backupVolumeMethods } from '../../remote/core/contract/backup-volume.ts';
import { ConpaasError } from '../../remote/core/contract/errors.ts';
import type { DeploymentId } from '../../remote/core/contract/ids.ts';
import { type PlaceToRead, placeLabel, type VolumeOfBackups, volumePlace } from '../backup/index.ts';
import {
  backupVolumeName,
  findBackupVolume,
  keepBackupVolume,
  removeBackupVolume,
  requireVolumes,
} from './backup-volume.ts';
import type { Deployment } from './deployment.ts';
import { answerMs, type DirectorClient } from './director.ts';
import type { Keyring } from './keyring.ts';
import type { UpContext } from './up.ts';

/** Old ones do not end because they are in use: a backup of a large director may be under way. Milliseconds. */
const cleanUpMs = 120_000;

export interface VolumeBackingParts {
  readonly keyring: Keyring;
  withCloud<T>(deployment: Deployment, work: (context: UpContext) => Promise<T>): Promise<T>;
  /** As it is on record now. */
  find(id: DeploymentId): Promise<Deployment>;
  /** A client of a director that answers. */
  director(id: DeploymentId, signal: AbortSignal): Promise<DirectorClient>;
  /** Of one that may not. */
  clientOf(deployment: Deployment): Promise<DirectorClient>;
}

export type VolumeBacking = ReturnType<typeof createVolumeBacking>;

export function createVolumeBacking(parts: VolumeBackingParts) {
  const { keyring } = parts;

  async function state(deployment: Deployment, signal: AbortSignal): Promise<BackupVolume | undefined> {
    const client = await parts.clientOf(deployment);
    return (await client.call('get_backup_volume', {}, { signal, timeoutMs: answerMs })).volume ?? undefined;
  }

  /** @throws ConpaasError conflict: the volume goes to another director just now */
  async function repair(deployment: Deployment, sizeGb: number, signal: AbortSignal): Promise<void> {
    await parts.withCloud(await parts.find(deployment.id), async (context) => {
      if (context.deployment.restoring) {
        throw new ConpaasError('conflict', 'The director is being restored.', { retry: true });
      }
      await keepBackupVolume(context, sizeGb, signal);
    });
  }

  return {
    state,
    /**
     * Makes the volume, has the director write to it, and waits for the first backup there.
     * @throws ConpaasError conflict: no volumes here, or there is one of another size; incompatible; what the cloud says
     */
    async choose(deployment: Deployment, place: VolumeOfBackups, signal: AbortSignal): Promise<void> {
      const { id } = deployment;
      const director = await parts.director(id, signal);
      const { methods } = await director.call('hello', {}, { signal });
      if (!methods.includes('set_backup_volume' satisfies keyof typeof backupVolumeMethods)) {
        throw new ConpaasError(
          'incompatible',
          'The director is of an earlier version, which writes no backups to volumes. Upgrade it: conpaas director upgrade',
        );
      }
      const before = await keyring.backupPlace(id);
      await parts.withCloud(await parts.find(id), async (context) => {
        await requireVolumes(context, signal);
        const present = await findBackupVolume(context, signal);
        if (present && present.sizeGb !== place.sizeGb) {
          throw new ConpaasError(
            'conflict',
            `There is a volume for backups already, of ${present.sizeGb} GB. For another size give it up first, with what is on it: conpaas director backup --to nowhere`,
          );
        }
        // On record before there is anything that costs money.
        await keyring.setBackupPlace(id, place);
        try {
          await keepBackupVolume(context, place.sizeGb, signal);
          await director.call('write_backup_volume', {}, { signal });
        } catch (error) {
          const limited = AbortSignal.timeout(cleanUpMs);
          const isGone = present === undefined && (await undo(context, director, limited));
          // What could not be removed stays on record.
          if (isGone) await keyring.setBackupPlace(id, before);
          throw error;
        }
      });
    },
    /** Removes the volume with all that is on it. @throws ConpaasError what the cloud says: then it stays chosen */
    async giveUp({ id }: Deployment, signal: AbortSignal): Promise<void> {
      const director = await parts.director(id, signal);
      await parts.withCloud(await parts.find(id), async (context) => {
        await director.call('clear_backup_volume', {}, { signal });
        await removeBackupVolume(context, signal);
      });
    },
    /**
     * Has it work where it does not, and the newest written.
     * @param write whether what has changed is to be there at once; else the director does it in its own time
     * @throws ConpaasError why there is no backup of now
     */
    async keep(deployment: Deployment, place: VolumeOfBackups, write: boolean, signal: AbortSignal): Promise<void> {
      const director = await parts.director(deployment.id, signal);
      const { volume } = await director.call('get_backup_volume', {}, { signal });
      const isBroken = !volume || (volume.failure !== undefined && volume.failure.code !== 'disk_full');
      if (isBroken) await repair(deployment, place.sizeGb, signal);
      if (isBroken || write) await director.call('write_backup_volume', {}, { signal });
      else if (volume.failure) throw ConpaasError.of(volume.failure);
    },
    /** What is on the volume, through a director that answers; undefined: none does. */
    async readable(deployment: Deployment, place: VolumeOfBackups | undefined, signal: AbortSignal) {
      try {
        const volume = await state(deployment, signal);
        if (!volume || volume.failure?.code === 'not_found') return undefined;
      } catch {
        signal.throwIfAborted();
        return undefined; // it is lost, or does not run: the volume goes to another machine
      }
      const client = await parts.clientOf(deployment);
      return volumePlace(place ? placeLabel(place) : 'the volume', {
        list: (limited) => client.call('list_backup_volume', { name: backupVolumeName }, { signal: limited }),
        download: async (file, limited) => {
          const params = { name: backupVolumeName, file };
          return (await client.download('download_from_backup_volume', params, { signal: limited })).stream;
        },
      }) satisfies PlaceToRead;
    },
  };
}

/** @returns whether nothing of it is left */
async function undo(context: UpContext, director: DirectorClient, signal: AbortSignal): Promise<boolean> {
  try {
    await director.call('clear_backup_volume', {}, { signal });
    await removeBackupVolume(context, signal);
    return true;
  } catch {
    return false; // whoever asked is told why it failed in the first place
  }
}
