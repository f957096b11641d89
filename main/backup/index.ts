/** Backups of directors on this computer. */
export {
  type BackupInfo,
  type BackupList,
  type BackupStore,
  type DamagedBackup,
  type OpenedBackup,
  openBackupStore,
} from './backup-store.ts';
export { type Taken, takeBackup } from './take.ts';
