/** What the director serves of its backups: to its owner alone, for keys are in them. */
import type { backupMethods } from '../../core/contract/backup.ts';
import type { backupVolumeMethods } from '../../core/contract/backup-volume.ts';
import type { directorMethods } from '../../core/contract/director.ts';
import type { Call, Handlers } from '../../core/contract/method.ts';
import type { Users } from '../users.ts';
import type { Backups } from './backups.ts';
import type { VolumeBackups } from './volume-backups.ts';
import { listVolume, readVolume, volumeDirectory } from './volume-files.ts';

export function backupHandlers(
  backups: Backups,
  users: Pick<Users, 'requireOwner'>,
): Pick<Handlers<typeof directorMethods>, keyof typeof backupMethods> {
  const owner = forOwner(users, 'take a backup of the director', backups);
  return {
    get_backup_point: async (_params, call) => ({ point: owner(call).point() }),
    begin_backup: (_params, call) => owner(call).begin(),
    download_backup_file: ({ backup, name }, call) => owner(call).file(backup, name),
    download_backup_blob: ({ backup, blob }, call) => owner(call).blob(backup, blob),
    end_backup: async ({ backup }, call) => {
      await owner(call).end(backup);
      return {};
    },
  };
}

/** Of backups that the director writes to a volume, and of whatever volume with backups its machine has. */
export function backupVolumeHandlers(
  home: string,
  volumes: VolumeBackups,
  users: Pick<Users, 'requireOwner'>,
): Pick<Handlers<typeof directorMethods>, keyof typeof backupVolumeMethods> {
  const what = 'have to do with backups of the director';
  const owner = forOwner(users, what, volumes);
  const reading = forOwner(users, what, readingHandlers(home));
  return {
    get_backup_volume: async (_params, call) => ({ volume: (await owner(call).state()) ?? null }),
    set_backup_volume: async (setting, call) => {
      await owner(call).set(setting);
      return {};
    },
    clear_backup_volume: async (_params, call) => {
      await owner(call).clear();
      return {};
    },
    write_backup_volume: async (_params, call) => ({ volume: await owner(call).write(call.signal) }),
    list_backup_volume: async (params, call) => reading(call).list_backup_volume(params),
    download_from_backup_volume: async (params, call) => reading(call).download_from_backup_volume(params),
  };
}

/** What serves the owner. @throws ConpaasError forbidden: somebody else calls */
function forOwner<Served>(users: Pick<Users, 'requireOwner'>, what: string, served: Served): (call: Call) => Served {
  return (call) => {
    users.requireOwner(call, what);
    return served;
  };
}

/** For whoever may: what is on a volume is sealed. */
export function readingHandlers(home: string) {
  return {
    list_backup_volume: async ({ name }: { name: string }) => listVolume(await volumeDirectory(home, name)),
    download_from_backup_volume: async ({ name, file }: { name: string; file: string }) =>
      readVolume(await volumeDirectory(home, name), file),
  };
}
