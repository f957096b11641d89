/**
 * A thousand stories of failures at the cloud, or as many as `CONPAAS_STORIES` says, from the seed `CONPAAS_SEED` on. Fifty
 * of them are told in `remote/director/faults.test.ts` too.
 */
import { afterEach, expect, test, vi } from 'vitest';
import { faults } from '../support/faults/fault-injector.ts';
import { tellStories } from '../support/faults/stories.ts';

const count = Number(process.env['CONPAAS_STORIES'] ?? 1000);
const first = Number(process.env['CONPAAS_SEED'] ?? 1);

afterEach(() => {
  vi.useRealTimers();
});

test(`${count} stories of failures end in what was wanted, with no orphan and nothing of others touched`, async () => {
  const { stories, begun, told, failedCalls, deaths, wrong } = await tellStories(first, count);
  console.log({ stories, failedCalls, deaths, wrong: wrong.length });
  console.log('faults', Object.fromEntries(begun), 'told', Object.fromEntries(told));
  expect(wrong).toEqual([]);
  expect([...begun.keys()].sort()).toEqual([...faults].sort());
});
