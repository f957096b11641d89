import { expect, test } from 'vitest';
import { parseRoute } from '../stores/route.ts';
import { topicOf } from './topic-of.ts';
import { findTopics, topics } from './topics.ts';

test('topics are found by every word, in title and text', () => {
  expect(findTopics('undo renaming').map(({ id }) => id)).toEqual(['application']);
  expect(findTopics('CONPAAS LOGS').map(({ id }) => id)).toEqual(['logs']);
  expect(findTopics('  ')).toEqual(topics);
  expect(findTopics('xylophone')).toEqual([]);
});

test('each topic has an id of its own', () => {
  expect(new Set(topics.map(({ id }) => id)).size).toBe(topics.length);
});

test.each([
  '#/applications',
  '#/new',
  '#/applications/app-1',
  '#/applications/app-1/logs',
  '#/applications/app-1/services/web',
  '#/applications/app-1/services/web/code',
  '#/activity',
  '#/settings',
  '#/editor',
])('%s has a topic that is there', (hash) => {
  expect(topics.map(({ id }) => id)).toContain(topicOf(parseRoute(hash)));
});
