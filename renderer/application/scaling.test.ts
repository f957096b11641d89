import { expect, test } from 'vitest';
import { scaling } from './scaling.ts';

const roles = [
  { name: 'proxy', count: 1 },
  { name: 'backend', count: 3 },
];

test('the difference is asked for, not the total', () => {
  expect(scaling(roles, { backend: 5 })).toEqual({ add: { backend: 2 }, remove: {}, text: 'backend 3 → 5' });
  expect(scaling(roles, { backend: 1, proxy: 2 })).toEqual({
    add: { proxy: 1 },
    remove: { backend: 2 },
    text: 'proxy 1 → 2, backend 3 → 1',
  });
});

test('counts that are what they were ask for nothing', () => {
  expect(scaling(roles, { backend: 3 })).toEqual({ add: {}, remove: {}, text: '' });
});
