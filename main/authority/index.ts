/** The root certificate authority of the desktop. */
export * from './authority.ts';
