/** Credentials of clouds: kept in the vault, read from other tools' files, checked at the cloud. */
export { checkCredential } from './check.ts';
export { findAws, findOpenStack } from './find.ts';
export type { Proposal } from './proposal.ts';
export * from './store.ts';
