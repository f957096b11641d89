/** What the director serves of its backups: to its owner alone, for keys are in them. */
import type { backupMethods } from '../../core/contract/backup.ts';
import type { directorMethods } from '../../core/contract/director.ts';
import type { Call, Handlers } from '../../core/contract/method.ts';
import type { Users } from '../users.ts';
import type { Backups } from './backups.ts';

export function backupHandlers(
  backups: Backups,
  users: Pick<Users, 'requireOwner'>,
): Pick<Handlers<typeof directorMethods>, keyof typeof backupMethods> {
  const owner = (call: Call): Backups => {
    users.requireOwner(call, 'take a backup of the director');
    return backups;
  };
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
