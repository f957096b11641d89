/** Files of the desktop, shared by the window and any number of commands. */
export * from './data-directory.ts';
export * from './json-file.ts';
export { type LockOptions, withLock } from './lock.ts';
export { ownerName } from './owner-name.ts';
export * from './watch.ts';
