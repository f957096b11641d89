import { expect, test } from 'vitest';
import { node, observation, service, specs, state, vm, world } from './fixtures.ts';
import { addressOf, nodeInfo } from './info.ts';

const store = service('s2', 'store');
const web = service('s1', 'web', { needs: [store.name] });
const back = node('back', 's1', 'back');
const data = node('data', 's2', 'data');
const desired = state([web, store], [back, data]);
const storeRuns = [observation('data')];

test.each([
  ['no machine yet', world(desired, []), 'creating', 'its machine is being created'],
  ['a machine that starts', world(desired, [vm('first', { state: 'running' })]), 'creating', 'its machine is starting'],
  ['waits for another service', world(desired, [vm('first')]), 'creating', 'what it needs is not running'],
  ['is about to begin', world(desired, [vm('first')], storeRuns), 'creating', 'its agent has not begun with it'],
  [
    'an agent that is away',
    { ...world(desired, [vm('first')], storeRuns), isConnected: () => false },
    'unreachable',
    'its agent is not connected',
  ],
  ['runs', world(desired, [vm('first')], [...storeRuns, observation('back')]), 'running', undefined],
] as const)('a node: %s', (_name, given, health, cause) => {
  const info = nodeInfo(given, specs, web, back);
  expect([info.state, info.cause]).toEqual([health, cause]);
});

test('the address of a service is as users reach it', () => {
  const at = (more: Parameters<typeof vm>[1]) => addressOf(world(desired, [vm('first', more)]), web);
  expect(at({ address: '127.0.0.9' })).toBe('http://127.0.0.9');
  expect(at({ address: '127.0.0.9', publicAddress: '203.0.113.1' })).toBe('http://203.0.113.1');
  const behind = { address: '127.0.0.9', publicAddress: '127.0.0.1' };
  expect(at({ ...behind, forwarded: { 80: 20_080 } })).toBe('http://127.0.0.1:20080');
  // Made before ports led to it, so that none does.
  expect(at({ ...behind, forwarded: { 443: 20_443 } })).toBe('http://127.0.0.9');
});
