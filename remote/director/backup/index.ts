export { Backups } from './backups.ts';
export { backupHandlers } from './handlers.ts';
