export { adoptManagers, keptAfterMs } from './adoption.ts';
export type { Backups } from './backups.ts';
export { backupHandlers, backupVolumeHandlers } from './handlers.ts';
export { openBackups } from './open.ts';
export { ConfirmedManagers, type Restored, readRestored, serveRestoration } from './restoring.ts';
export type { VolumeBackups } from './volume-backups.ts';
