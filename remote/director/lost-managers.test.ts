import { expect, test } from 'vitest';
import { ApplicationId, OperationId, VmId } from '../core/contract/ids.ts';
import type { Operation } from '../core/contract/operation.ts';
import { node, service, specs, state } from '../manager/fixtures.ts';
import type { Inventory } from './inventory.ts';
import { LostManagers, slotOfLost } from './lost-managers.ts';
import type { ApplicationRecord, VmRecord } from './store.ts';

const kept = { name: 'app-test-s2-store-data-1', sizeGb: 10 };
const store = service('s2', 'store');
const first = { slot: 'first' };

test.each<[string, unknown, string | undefined]>([
  ['an application that never had a service', undefined, 'first'],
  ['nodes that hold nothing', state([service('s1', 'web')], [node('web-front-1', 's1', 'front')]), 'first'],
  ['data on a volume', state([store], [node('store-data-1', 's2', 'data', { volume: kept })]), 'first'],
  ['data on another machine', state([store], [node('store-data-1', 's2', 'data', { slot: 'm1' })]), 'first'],
  ['data that went with the machine', state([store], [node('store-data-1', 's2', 'data')]), undefined],
  ['a type that is not known', state([service('s3', 'other')], [node('other-1', 's3', 'any')]), undefined],
  ['a state that cannot be read', { schema: 7 }, undefined],
])('where a new manager goes: %s', (_name, document, slot) => {
  expect(slotOfLost(first, document, specs)).toBe(slot);
});

test('managers whose machine has vanished are replaced; where that fails, again after a while', async () => {
  const id = ApplicationId.parse('app-1');
  const vm: Pick<VmRecord, 'id' | 'managers' | 'state'> = { id: VmId.parse('vm-1'), managers: [1], state: 'joined' };
  const record = { id, name: 'One', epoch: 1 } as ApplicationRecord;
  const inventory = { applications: () => [record], vms: () => [vm] } as unknown as Inventory;
  const started: unknown[] = [];
  let running: Operation[] = [];
  const lost = new LostManagers({
    inventory,
    operations: {
      list: () => running,
      async start(kind, params) {
        started.push([kind, params]);
        return OperationId.parse('op-1');
      },
    },
  });
  await lost.replace(0);
  expect(started).toEqual([]);
  vm.state = 'gone';
  running = [{ state: 'running', target: { application: id } } as unknown as Operation];
  await lost.replace(0);
  expect(started, 'something is being done with it').toEqual([]);
  running = [];
  await lost.replace(0);
  expect(started).toEqual([['replace_manager', { application: id, name: 'One' }]]);
  // The cloud refused the machine.
  vm.state = 'failed';
  for (const [now, times] of [
    [59_999, 1],
    [60_000, 2],
    [179_999, 2],
    [180_000, 3],
  ] as const) {
    await lost.replace(now);
    expect(started).toHaveLength(times);
  }
  vm.state = 'joined';
  await lost.replace(200_000);
  // A machine that fails later did not fail by this.
  vm.state = 'failed';
  await lost.replace(10_000_000);
  expect(started).toHaveLength(3);
});
