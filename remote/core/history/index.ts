/** Versions of a whole application: what they hold, how they differ, in words. */
export { compareVersions } from './difference.ts';
export { blobsOf, historyDocument } from './document.ts';
export { describeChange, valueText } from './words.ts';
