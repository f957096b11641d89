/** Telling others that something changed, inside one process. */
export { Changed, latest, waitFor } from './changed.ts';
export { mergeByTime } from './merge.ts';
export { Topic } from './topic.ts';
