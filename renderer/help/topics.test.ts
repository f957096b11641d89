import { expect, test } from 'vitest';
import { parseRoute } from '../stores/route.ts';
import { topicOf } from './topic-of.ts';
import { findTopics, topics } from './topics.ts';

test('topics are found by every word, in title and text', () => {
  expect(findTopics('undo renaming', topics()).map(({ id }) => id)).toEqual(['application']);
  expect(findTopics('CONPAAS LOGS', topics()).map(({ id }) => id)).toEqual(['logs']);
  expect(findTopics('  ', topics())).toEqual(topics());
  expect(findTopics('xylophone', topics())).toEqual([]);
});

test.each([
  '#/applications',
  '#/new',
  '#/applications/app-1',
  '#/applications/app-1/logs',
  '#/applications/app-1/services/web',
  '#/applications/app-1/services/web/code',
  '#/applications/app-1/metrics',
  '#/applications/app-1/history',
  '#/activity',
  '#/clouds',
  '#/security',
  '#/settings',
  '#/editor',
])('%s has a topic that is there', (hash) => {
  expect(topics().map(({ id }) => id)).toContain(topicOf(parseRoute(hash)));
});
