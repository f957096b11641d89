import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Coalesced } from './coalesce.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => void vi.useRealTimers());

test('the last change of an object wins, and batches keep their distance', () => {
  const batches: [string, number | undefined][][] = [];
  const changes = new Coalesced<number>((batch) => batches.push([...batch]));
  for (let n = 1; n <= 1000; n++) changes.put('a', n);
  changes.put('b', undefined);
  vi.advanceTimersByTime(1);
  expect(batches).toEqual([
    [
      ['a', 1000],
      ['b', undefined],
    ],
  ]);
  changes.put('a', 1001);
  vi.advanceTimersByTime(50);
  expect(batches).toHaveLength(1);
  vi.advanceTimersByTime(60);
  expect(batches).toHaveLength(2);
});

test('a second of changes makes at most ten batches, and one at the start', () => {
  let batches = 0;
  const changes = new Coalesced<number>(() => {
    batches++;
  });
  for (let millisecond = 0; millisecond < 1000; millisecond++) {
    changes.put('a', millisecond);
    vi.advanceTimersByTime(1);
  }
  expect(batches).toBeGreaterThan(5);
  expect(batches).toBeLessThanOrEqual(11);
});

test('nothing is sent once it is disposed', () => {
  let batches = 0;
  const changes = new Coalesced<number>(() => {
    batches++;
  });
  changes.put('a', 1);
  changes[Symbol.dispose]();
  vi.advanceTimersByTime(1000);
  expect(batches).toBe(0);
});
