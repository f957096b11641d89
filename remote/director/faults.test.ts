/** Bad days of a cloud, as stories that are told again from their seeds. `test/crash/faults.test.ts` tells many more. */
import { afterEach, expect, test, vi } from 'vitest';
import { faults } from '../../test/support/faults/fault-injector.ts';
import { tellStories } from '../../test/support/faults/stories.ts';

afterEach(() => {
  vi.useRealTimers();
});

test('50 stories of failures end in what was wanted, with clear words, no orphan and nothing of others touched', async () => {
  const { wrong, begun, failedCalls, deaths } = await tellStories(1, 50);
  expect(wrong).toEqual([]);
  expect([...begun.keys()].sort()).toEqual([...faults].sort());
  expect(failedCalls).toBeGreaterThan(200);
  expect(deaths).toBeGreaterThan(50);
});
