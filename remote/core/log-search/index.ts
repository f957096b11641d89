/** Search in logs, by text or by regular expression, in a worker that can be ended. */
export { createMarker, createMatcher, matchingLines } from './matcher.ts';
export { keyBytes, openSealed, seal, sealBytes } from './sealed.ts';
export { createSearcher, type Searched, type Searcher } from './searcher.ts';
export { visibleText } from './visible.ts';
