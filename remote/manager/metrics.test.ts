import { expect, test } from 'vitest';
import { ConpaasError } from '../core/contract/errors.ts';
import { VmId } from '../core/contract/ids.ts';
import type { Samples } from '../core/contract/metrics.ts';
import { node, service, state } from './fixtures.ts';
import { describeSamples, type NodeSamples, pushMetrics } from './metrics.ts';

const world = state([service('shop', 'web')], [node('web-back-1', 'shop', 'back')]);

const samples = (node: string, times: number[]): Samples => ({
  node,
  figures: ['cpu'],
  times,
  rows: times.map(() => [1]),
});

test('samples get the names of service and role; those of nodes that are gone are left out', () => {
  expect(describeSamples(world, [samples('web-back-1', [5]), samples('gone-1', [5])])).toEqual([
    { ...samples('web-back-1', [5]), service: 'shop', type: 'web', role: 'back' },
  ]);
});

test('what the director could not take is brought again; what it has taken is not', async () => {
  const stop = new AbortController();
  const asked: number[] = [];
  const pushed: NodeSamples[][] = [];
  const vm = VmId.parse('vm-one');
  let calls = 0;
  await pushMetrics({
    director: {
      call: async (_method: string, params: unknown) => {
        calls += 1;
        if (calls === 1) throw new ConpaasError('unreachable', 'The director is away.');
        pushed.push((params as { nodes: NodeSamples[] }).nodes);
        if (pushed.length === 2) stop.abort();
        return { everySeconds: 0 };
      },
    } as Parameters<typeof pushMetrics>[0]['director'],
    sources: () => [
      [
        vm,
        {
          samples: async (after) => {
            asked.push(after);
            const times = [5000, 10_000, 15_000].filter((time) => time > after);
            return { samples: [samples('web-back-1', times.slice(0, 2))], more: times.length > 2 };
          },
        },
      ],
    ],
    state: () => world,
    onSuperseded: () => undefined,
    signal: stop.signal,
    log: () => undefined,
  });
  expect(asked).toEqual([0, 0, 10_000]);
  expect(pushed.map(([one]) => one?.times)).toEqual([[5000, 10_000], [15_000]]);
});
