/** The two who take backups: for the owner's desktop, and by the director itself. */
import type { DeploymentId } from '../../core/contract/ids.ts';
import { Backups, type BackupsOptions } from './backups.ts';
import { VolumeBackups, type VolumeBackupsOptions } from './volume-backups.ts';

export async function openBackups(
  options: BackupsOptions & { readonly deployment: DeploymentId } & Pick<VolumeBackupsOptions, 'notice' | 'log'>,
): Promise<{ readonly backups: Backups; readonly volumeBackups: VolumeBackups }> {
  // Each has copies of its own: what one begins does not end what the other reads.
  const own = new Backups({ ...options, folder: 'backup-to-volume' });
  return { backups: new Backups(options), volumeBackups: await VolumeBackups.open({ ...options, backups: own }) };
}
