/** Files that survive a crash: whole and old, or whole and new, never half written. */
export { removeDurably, syncDirectory, writeFileAtomic } from './atomic.ts';
