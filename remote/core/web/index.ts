/** Domains of services and their certificates: what everybody has to know of them. */
export * from './certificate.ts';
export * from './names.ts';
export * from './settings.ts';
