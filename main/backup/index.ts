/** Backups of directors on this computer. */
export type { OpenedBackup } from '../../remote/core/backup/backup-file.ts';
export { retention } from '../../remote/core/backup/retention.ts';
export {
  type BackupInfo,
  type BackupList,
  type BackupStore,
  type DamagedBackup,
  openBackupStore,
} from './backup-store.ts';
export { bringBack, copiesIn, copyOut, newestName } from './mirror.ts';
export {
  BackupPlace,
  openPlace,
  type Place,
  type PlaceToRead,
  placeLabel,
  type VolumeOfBackups,
  type VolumeReader,
  volumePlace,
} from './places/index.ts';
export { type Taken, takeBackup } from './take.ts';
