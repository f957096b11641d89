import { expect, test } from 'vitest';
import { type Retention, staying } from './retention.ts';

const day = 86_400_000;
const now = 100 * day + day / 2;
const blob = (name: string, size: number) => ({ sha256: name, size });
const at = (id: string, createdAt: number, size = 1, blobs: ReturnType<typeof blob>[] = []) => ({
  ...{ id, createdAt, size, blobs },
});
const rules: Retention = { newest: 2, days: 3, bytes: 1000 };

test.each([
  ['nothing', [], []],
  ['the newest few, however old', [at('a', 1), at('b', 2), at('c', 3)], ['c', 'b']],
  [
    'beside them the last one of each day',
    [
      at('n1', now),
      at('n2', now - 1000),
      at('n3', now - 2000),
      at('y-late', now - day),
      at('y-early', now - day - 1000),
      at('before', now - 2 * day),
      at('too old', now - 4 * day),
    ],
    ['n1', 'n2', 'y-late', 'before'],
  ],
  [
    'as many as there is room for, each blob counted once',
    [
      at('c', now, 100, [blob('x', 500)]),
      at('b', now - 1, 100, [blob('x', 500), blob('y', 300)]),
      at('a', now - day, 100, [blob('x', 500)]),
    ],
    ['c', 'b'],
  ],
  ['the newest, though there is no room for it', [at('b', now, 5000), at('a', now - 1, 1)], ['b']],
] as const)('%s', (_title, backups, expected) => {
  expect(staying(backups, rules, now)).toEqual(expected);
});
