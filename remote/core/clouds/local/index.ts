/** The driver of the `local` cloud: this computer plays all machines. */
export { furtherSettings } from './further.ts';
export { createLocalCloud, LocalSettings } from './local-cloud.ts';
export { hostSocket } from './socket-path.ts';
