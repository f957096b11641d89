/** Secrets at rest. */
export * from './vault.ts';
