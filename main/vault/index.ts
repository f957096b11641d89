/** Secrets at rest. */

export { unlockVault } from './unlock.ts';
export * from './vault.ts';
