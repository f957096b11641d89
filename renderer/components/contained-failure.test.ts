import { expect, test } from 'vitest';
import { drawingFailure } from './contained-failure.ts';

test('a failure that was carried is shown as it is', () => {
  const failure = { code: 'not_found', message: 'It has gone.' } as const;
  expect(drawingFailure(Object.assign(new Error('It has gone.'), { failure }))).toEqual(failure);
});

test.each([
  [new TypeError('Failed to fetch dynamically imported module: app://conpaas/chunks/a.js'), 'could not be loaded'],
  [new TypeError('Cannot read properties of undefined'), 'failed while it was drawn'],
  ['thrown text', 'failed while it was drawn'],
])('%s is told in words, with what was thrown behind Details', (thrown, words) => {
  const failure = drawingFailure(thrown);
  expect(failure.message).toContain(words);
  expect(failure.log?.[0]).toContain(thrown instanceof Error ? thrown.message : thrown);
});
