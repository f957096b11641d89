import { expect, test } from 'vitest';
import type { Operation } from '../../remote/core/contract/operation.ts';
import { commandOf, noFilters, passes, quoted, sinceOf } from './filters.ts';

const now = Date.UTC(2026, 0, 31, 12, 0, 30);
const operation = {
  kind: 'apply',
  state: 'failed',
  target: { application: 'app-a' },
  requestedBy: 'ann',
  startedAt: now - 7_200_000,
} as Operation;

test.each([
  [{}, true],
  [{ application: 'app-a' }, true],
  [{ application: 'app-b' }, false],
  [{ state: 'failed', kind: 'apply', user: 'ann' }, true],
  [{ state: 'done' }, false],
  [{ kind: 'stop' }, false],
  [{ user: 'bob' }, false],
  [{ span: '1d' as const }, true],
  [{ span: '1h' as const }, false],
])('%j: %s', (filters, expected) => {
  expect(passes(operation, { ...noFilters, ...filters }, now)).toBe(expected);
});

test('what runs is shown however long ago it began', () => {
  expect(passes({ ...operation, state: 'running' }, { ...noFilters, span: '1h' }, now)).toBe(true);
});

test('spans begin at a whole minute', () => {
  expect(sinceOf('', now)).toBeUndefined();
  expect(sinceOf('1h', now)).toBe(Date.UTC(2026, 0, 31, 11, 0));
});

test('commands are safe to paste', () => {
  expect(quoted("it's; rm -rf /")).toBe("'it'\\''s; rm -rf /'");
  expect(commandOf('audit', { app: 'My Shop', user: '', since: '1h' })).toBe(
    "conpaas audit --app 'My Shop' --since 1h",
  );
});
