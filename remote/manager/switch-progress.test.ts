import { expect, test } from 'vitest';
import type { NodeObservation } from '../core/contract/application.ts';
import { NodeId } from '../core/contract/ids.ts';
import { node, observation, service, specs, state, vm, world } from './fixtures.ts';
import { serviceInfo } from './info.ts';
import { assign } from './plan.ts';

const web = service('s1', 'web', { activeVersion: 'v1' });
const desired = (...versions: (string | undefined)[]) =>
  state(
    [web],
    [
      node('front', 's1', 'front', { version: 'v1' }),
      ...versions.map((version, index) => node(`back-${index}`, 's1', 'back', version ? { version } : {})),
    ],
  );
const hashOf = (of: ReturnType<typeof desired>, id: string) =>
  assign(world(of, [vm('first')])).get(NodeId.parse(id))?.hash ?? 'none';

const failure = { code: 'health_check_failed', message: 'It answers 500.' } as const;

test.each<[string, (string | undefined)[], (hash: string) => Partial<NodeObservation>, (string | undefined)[]]>([
  ['none is under way', ['v1', 'v1'], (hash) => ({ applied: hash }), [undefined, undefined]],
  ['the first has been told', ['v2', 'v1'], () => ({ applied: 'older' }), ['under_way', 'waiting']],
  ['the first serves it', ['v2', 'v1'], (hash) => ({ applied: hash }), ['done', 'waiting']],
  ['the first refuses it', ['v2', 'v1'], (hash) => ({ attempted: hash, failure }), ['failed', 'waiting']],
  ['its failure is of before', ['v2', 'v1'], () => ({ attempted: 'older', failure }), ['under_way', 'waiting']],
])('%s', (_when, versions, first, expected) => {
  const of = desired(...versions);
  const seen = [observation('back-0', first(hashOf(of, 'back-0'))), observation('back-1', { applied: 'older' })];
  const { nodes } = serviceInfo(world(of, [vm('first')], seen), specs, web);
  expect(nodes.map((one) => one.switch)).toEqual([undefined, ...expected]);
});

test('the first version of all, and a service that is stopped', () => {
  const fresh = service('s1', 'web', {});
  const of = state([fresh], [node('back-0', 's1', 'back', { version: 'v1' }), node('back-1', 's1', 'back')]);
  const seen = world(of, [vm('first')]);
  expect(serviceInfo(seen, specs, fresh).nodes.map((one) => one.switch)).toEqual(['under_way', 'waiting']);
  expect(serviceInfo(seen, specs, { ...fresh, running: false }).nodes.map((one) => one.switch)).toEqual([
    undefined,
    undefined,
  ]);
});
