/** Many stories of failures, in virtual time, one after the other. */
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { vi } from 'vitest';
import type { Fault } from './fault-injector.ts';
import { type Ended, tellStory } from './story.ts';

/** All of them together; what is wrong says by which seed. */
export interface Told extends Omit<Ended, 'seed'> {
  readonly stories: number;
}

/** That writes are durable matters to the tests of the journal; here it would only take time. */
const memory = '/dev/shm';

/** @param first seed; the others follow. Time is virtual from here on: `vi.useRealTimers()` ends that */
export async function tellStories(first: number, count: number): Promise<Told> {
  vi.useFakeTimers({ toFake: ['Date'] });
  const begun = new Map<Fault, number>();
  const told = new Map<string, number>();
  const wrong: string[] = [];
  let failedCalls = 0;
  let deaths = 0;
  for (let seed = first; seed < first + count; seed += 1) {
    const directory = await mkdtemp(path.join(existsSync(memory) ? memory : os.tmpdir(), 'conpaas-story-'));
    try {
      const ended = await tellStory(seed, directory, { set: (ms) => vi.setSystemTime(ms) });
      for (const [fault, times] of ended.begun) begun.set(fault, (begun.get(fault) ?? 0) + times);
      for (const [code, times] of ended.told) told.set(code, (told.get(code) ?? 0) + times);
      wrong.push(...ended.wrong.map((one) => `seed ${seed}: ${one}`));
      failedCalls += ended.failedCalls;
      deaths += ended.deaths;
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  }
  return { stories: count, begun, failedCalls, deaths, told, wrong };
}
