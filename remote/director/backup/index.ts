export { adoptManagers, keptAfterMs } from './adoption.ts';
export { Backups } from './backups.ts';
export { backupHandlers } from './handlers.ts';
export { ConfirmedManagers, type Restored, readRestored, serveRestoration } from './restoring.ts';
