/** Files that survive a crash: whole and old, or whole and new, never half written; and the points to crash at in tests. */
export { copyInPlace, removeDurably, syncDirectory, writeFileAtomic, writeInPlace } from './atomic.ts';
export { crashPoint } from './crash-point.ts';
export { digestFile } from './digest.ts';
export { makePrivate } from './private.ts';
