/** Encrypted files that leave this desktop: an export of everything, and hand-over files for other devices. */
export * from './everything.ts';
export { acceptHandOver, createHandOver, type HandOverRequest } from './hand-over.ts';
