/** Backups of directors on this computer. */
export {
  type BackupInfo,
  type BackupList,
  type BackupStore,
  type DamagedBackup,
  type OpenedBackup,
  openBackupStore,
} from './backup-store.ts';
export { bringBack, copiesIn, copyOut, newestName } from './mirror.ts';
export { BackupPlace, openPlace, type Place, placeLabel } from './places/index.ts';
export { retention } from './retention.ts';
export { type Taken, takeBackup } from './take.ts';
