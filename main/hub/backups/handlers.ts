import { ConpaasError } from '../../../remote/core/contract/errors.ts';
import { BackupPlace } from '../../backup/index.ts';
import type { Elsewhere } from '../../deploy/index.ts';
import type { backupCalls, ElsewhereFacts } from '../calls/backups.ts';
import type { Directors } from '../directors.ts';
import type { VaultKeeper } from '../vault/keeper.ts';
import type { SubjectHandlers } from '../window-port.ts';
import { type AutomaticBackups, everyMinutes } from './automatic.ts';

function factsOf({ kind, label, upToDate, copies, failure, sizeGb }: Elsewhere): ElsewhereFacts {
  return {
    ...{ kind, label, upToDate, sizeGb, failure },
    ...(copies && { copies: { count: copies.length, newest: copies[0]?.createdAt } }),
  };
}

export function backupHandlers(
  keeper: VaultKeeper,
  directors: Directors,
  automatic: AutomaticBackups,
): SubjectHandlers<typeof backupCalls> {
  return {
    director_backups: async (_params, { window }) => {
      const id = directors.chosen(window);
      const { deployments } = await keeper.open();
      const { name, access } = await deployments.find(id);
      const none = { backups: [], damaged: [], bytes: 0, elsewhere: undefined };
      const holdsRoot = access !== 'device';
      const { backups, damaged, bytes, elsewhere } = holdsRoot ? await deployments.backups(id) : none;
      return {
        ...{ name, holdsRoot, bytes, everyMinutes },
        backups: backups.map(({ id: backup, createdAt, size, applications }) => ({
          ...{ id: backup, createdAt, size, applications },
        })),
        damaged: damaged.map(({ file, why }) => ({ file, why })),
        ...(elsewhere && { elsewhere: factsOf(elsewhere) }),
        ...automatic.of(id),
      };
    },
    back_up_director: async (_params, { window, signal }) => {
      await automatic.backUpNow(directors.chosen(window), signal);
      return null;
    },
    copy_backups_to: async ({ bucket, volume }, { window, signal }) => {
      const id = directors.chosen(window);
      const { deployments } = await keeper.open();
      const given = bucket ? { kind: 's3', ...bucket } : volume && { kind: 'volume', ...volume };
      const place = given && BackupPlace.safeParse(given);
      if (place && !place.success) {
        throw new ConpaasError('invalid_request', `${place.error.issues[0]?.message ?? 'Something is malformed'}.`);
      }
      await deployments.setBackupPlace(id, place?.data, signal);
      return null;
    },
    restore_director: async ({ backup }, { window }) => {
      const id = directors.chosen(window);
      const { deployments } = await keeper.open();
      const { owner, access } = await deployments.find(id);
      if (access === 'device') {
        throw new ConpaasError('forbidden', 'Only the desktop that has made the director can restore it.');
      }
      const hub = await directors.of(window);
      await hub.restore(({ signal, onProgress }) =>
        deployments
          .restore({
            ...{ deployment: id, signal, ...(backup === undefined ? { from: 'volume' } : { backup, from: 'here' }) },
            // What has switched cannot go back; a failed one is begun again from the list.
            onOperation: (progress) => onProgress({ ...progress, requestedBy: owner, cancellable: false }),
          })
          .then(() => undefined),
      );
      return null;
    },
  };
}
