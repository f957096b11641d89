import { expect, test, vi } from 'vitest';
import type { Operation } from '../../remote/core/contract/operation.ts';

// The page's bridge to the desktop is not there in a test; nothing here calls it.
vi.stubGlobal('window', { conpaas: undefined, addEventListener: () => undefined, matchMedia: () => new EventTarget() });
vi.stubGlobal('document', { getElementById: () => ({ textContent: '{}' }) });
const { longEnded } = await import('./notify-ended.ts');

const operation = (id: string, state: Operation['state'], endedAt?: number) =>
  ({ id, state, startedAt: 1000, endedAt }) as unknown as Operation;

test('only what was running and took long is told', () => {
  const before = new Map(
    [operation('long', 'running'), operation('short', 'running'), operation('old', 'done', 90_000)].map((each) => [
      each.id as string,
      each,
    ]),
  );
  const changed = [
    operation('long', 'failed', 9000),
    operation('short', 'done', 1500),
    operation('old', 'done', 90_000),
    operation('unknown', 'done', 90_000),
  ];
  expect(longEnded(changed, before).map(({ id }) => id)).toEqual(['long']);
});
