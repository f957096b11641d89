/** The root certificate authority of the desktop. */
export * from './authority.ts';
export { toPkcs12 } from './pkcs12.ts';
export { type TrustSteps, trustSteps } from './trust-steps.ts';
