/** Identities: keys, certificates, joining, renewal, and who may call what. */
export * from './authorize.ts';
export * from './bootstrap.ts';
export * from './credentials.ts';
export { directorEpoch, epochOf } from './director-epoch.ts';
export { loadForge } from './forge.ts';
export { createIssuer, type Issued, type Issuer } from './issuer.ts';
export * from './join.ts';
export * from './join-token.ts';
export * from './keep-renewed.ts';
export * from './keys.ts';
export * from './peer.ts';
export * from './renewal.ts';
export { createIntermediateRequest, createRequest, requestFingerprint } from './request.ts';
export * from './token.ts';
export { createWebAuthority, openWebAuthority, type WebAuthority, websiteLifeMs } from './web-authority.ts';
