/** Secrets at rest. */

export type { FindKeychain, Keychain } from './keychain.ts';
export { checkPassphrase, type Protection, shortestPassphrase, type Unlock } from './protection.ts';
export { deriveKey, newScryptSettings, ScryptSettings, Sealed, seal, unseal } from './sealing.ts';
export { unlockVault } from './unlock.ts';
export * from './vault.ts';
