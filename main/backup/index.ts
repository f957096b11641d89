/** Backups of directors on this computer. */
export type { OpenedBackup } from './backup-file.ts';
export {
  type BackupInfo,
  type BackupList,
  type BackupStore,
  type DamagedBackup,
  openBackupStore,
} from './backup-store.ts';
export { bringBack, copiesIn, copyOut, newestName } from './mirror.ts';
export { BackupPlace, openPlace, type Place, placeLabel } from './places/index.ts';
export { retention } from './retention.ts';
export { type Taken, takeBackup } from './take.ts';
