import { expect, test } from 'vitest';
import { countText } from './count.ts';

test('counts', () => {
  expect([countText(1, 'node'), countText(0, 'node'), countText(2, 'entry', 'entries')]).toEqual([
    '1 node',
    '0 nodes',
    '2 entries',
  ]);
});
