import { describe, expect, test } from 'vitest';
import type { NodeObservation, VmInfo } from '../core/contract/application.ts';
import { mostSlots } from '../core/contract/director-managers.ts';
import { NodeId, VmId } from '../core/contract/ids.ts';
import type { VolumeInfo } from '../core/contract/volumes.ts';
import type { DesiredState } from '../core/service/state.ts';
import { node, observation, service, specs, state, vm, world } from './fixtures.ts';
import { type Action, assign, plan } from './plan.ts';

const first = VmId.parse('vm-first');
const m1 = VmId.parse('vm-m1');

function actions(
  desired: DesiredState,
  vms: VmInfo[],
  options: { nodes?: NodeObservation[]; acknowledged?: [VmId, string][]; volumes?: VolumeInfo[] } = {},
): Action[] {
  const acknowledged = new Map(options.acknowledged ?? []);
  const { nodes, volumes } = options;
  return plan({ ...world(desired, vms, nodes), volumes, acknowledged, ownSlot: 'first', specs });
}

const web = service('s1', 'web');
const packed = state([web], [node('web-front-1', 's1', 'front'), node('web-back-1', 's1', 'back')]);
const spread = state(
  [web],
  [
    node('web-front-1', 's1', 'front'),
    node('web-back-1', 's1', 'back'),
    node('web-back-2', 's1', 'back', { slot: 'm1' }),
  ],
);

const kept = { name: 'app-test-s2-store-main-1', sizeGb: 10 };
const stored = state([service('s2', 'store')], [node('store-main-1', 's2', 'main', { slot: 'm1', volume: kept })]);
const volume = (more: Partial<VolumeInfo> = {}): VolumeInfo => ({
  ...{ ...kept, application: stored.application, node: NodeId.parse('store-main-1'), cloud: 'local', createdAt: 0 },
  ...{ state: 'attached', attachedTo: m1 },
  ...more,
});
const attach = { kind: 'attach_volumes', vm: m1, volumes: [{ ...kept, node: 'store-main-1' }] };

/** A table: what is wanted and what there is, and the kinds of action that must follow. */
const cases: [string, Action[], unknown[]][] = [
  ['nothing wanted, nothing there', actions(state([], []), [vm('first')]), []],
  ['a machine is missing', actions(spread, [vm('first')]), [{ kind: 'create_vms', slots: ['m1'], cloud: undefined }]],
  ['a machine is being created: it is waited for', actions(spread, [vm('first'), vm('m1', { state: 'creating' })]), []],
  [
    'a machine was refused by its cloud: it is asked for again',
    actions(spread, [vm('first'), vm('m1', { state: 'failed' })]),
    [{ kind: 'create_vms', slots: ['m1'], cloud: undefined }],
  ],
  [
    'a machine has vanished, and nothing with it: another takes its place',
    actions(spread, [vm('first'), vm('m1', { state: 'gone' })]),
    [{ kind: 'create_vms', slots: ['m1'], cloud: undefined }],
  ],
  [
    'a machine has vanished, and with it the address of the application: another takes its place',
    actions(state([web], [node('web-front-1', 's1', 'front', { slot: 'm1' })]), [
      vm('first'),
      vm('m1', { state: 'gone' }),
    ]),
    [{ kind: 'create_vms', slots: ['m1'], cloud: undefined }],
  ],
  [
    'a machine has vanished with data that exists once: it is not replaced by an empty one',
    actions(state([service('s2', 'store')], [node('store-data-1', 's2', 'data', { slot: 'm1' })]), [
      vm('first'),
      vm('m1', { state: 'gone' }),
    ]),
    [],
  ],
  [
    'a machine has vanished whose data lies on a volume: another takes its place',
    actions(stored, [vm('first'), vm('m1', { state: 'gone' })], { volumes: [volume()] }),
    [{ kind: 'create_vms', slots: ['m1'], cloud: undefined }],
  ],
  ['a volume is missing', actions(stored, [vm('first'), vm('m1')], { volumes: [] }), [attach]],
  [
    'a volume is on a machine that was there before',
    actions(stored, [vm('first'), vm('m1')], { volumes: [volume({ attachedTo: first })] }),
    [attach],
  ],
  ['a volume is where its node is', actions(stored, [vm('first'), vm('m1')], { volumes: [volume()] }), []],
  [
    'what volumes there are is not known: none is asked for, and none destroyed',
    actions(stored, [vm('first'), vm('m1')]),
    [],
  ],
  [
    'a volume waits for its machine to run',
    actions(stored, [vm('first'), vm('m1', { state: 'creating' })], { volumes: [] }),
    [],
  ],
  [
    'a service is gone, and its volume follows',
    actions(state([], []), [vm('first')], { volumes: [volume()] }),
    [{ kind: 'destroy_volumes', names: [kept.name] }],
  ],
  [
    'a service is gone, but its engine is still being ended',
    actions(state([], []), [vm('first')], { volumes: [volume()], nodes: [observation('store-main-1')] }),
    [],
  ],
  [
    'a volume is being destroyed already',
    actions(state([], []), [vm('first')], { volumes: [volume({ state: 'destroying' })] }),
    [],
  ],
  ['the own machine is said to have vanished', actions(packed, [vm('first', { state: 'gone' })]), []],
  [
    'a machine was refused and is no longer wanted',
    actions(packed, [vm('first'), vm('m1', { state: 'failed' })]),
    [{ kind: 'destroy_vms', vms: [m1] }],
  ],
  ['a machine is of no use', actions(packed, [vm('first'), vm('m1')]), [{ kind: 'destroy_vms', vms: [m1] }]],
  ['it is being destroyed already', actions(packed, [vm('first'), vm('m1', { state: 'destroying' })]), []],
  ['the own machine is never destroyed', actions(state([], []), [vm('first')]), []],
  [
    'a service on another cloud',
    actions(state([service('s1', 'web', { cloud: 'ec2' })], [node('web-back-2', 's1', 'back', { slot: 'm1' })]), [
      vm('first'),
    ]),
    [{ kind: 'create_vms', slots: ['m1'], cloud: 'ec2' }],
  ],
  [
    'more machines are missing than can be asked for in one call: the others come afterwards',
    actions(
      state(
        [web],
        Array.from({ length: mostSlots + 6 }, (_, at) =>
          node(`web-back-${at + 1}`, 's1', 'back', { slot: `m${at + 1}` }),
        ),
      ),
      [vm('first')],
    ),
    [{ kind: 'create_vms', slots: Array.from({ length: mostSlots }, (_, at) => `m${at + 1}`), cloud: undefined }],
  ],
  ['an agent is not connected: it is not told', actions(packed, [vm('first')]), []],
];

describe('plan', () => {
  test.each(cases)('%s', (_name, found, expected) => {
    expect(found).toEqual(expected);
  });

  test('a connected agent is told once, and again only when something changes', () => {
    const told = actions(packed, [vm('first')], { acknowledged: [[first, '']] });
    expect(told).toMatchObject([
      { kind: 'set_nodes', vm: first, nodes: [{ node: 'web-front-1' }, { node: 'web-back-1' }] },
    ]);
    const hash = told[0]?.kind === 'set_nodes' ? told[0].hash : '';
    expect(actions(packed, [vm('first')], { acknowledged: [[first, hash]] })).toEqual([]);
    const changed = state([service('s1', 'web', { environment: { A: '1' } })], packed.nodes);
    expect(actions(changed, [vm('first')], { acknowledged: [[first, hash]] })).toHaveLength(1);
  });

  test('a stopped service keeps its nodes and runs nothing', () => {
    const stopped = state([service('s1', 'web', { running: false })], packed.nodes);
    expect(actions(stopped, [vm('first')], { acknowledged: [[first, '']] })).toMatchObject([
      { kind: 'set_nodes', nodes: [{ running: false }, { running: false }], keep: [] },
    ]);
  });

  test('what needs another service is not started before that runs, but kept when it runs already', () => {
    const desired = state(
      [service('s1', 'web', { needs: ['s2'] }), service('s2', 'store')],
      [node('web-back-1', 's1', 'back'), node('store-data-1', 's2', 'data')],
    );
    const told = (nodes: NodeObservation[]): unknown[] => [...assign(world(desired, [vm('first')], nodes)).keys()];
    expect(told([])).toEqual(['store-data-1']);
    expect(told([observation('store-data-1')])).toEqual(['web-back-1', 'store-data-1']);
    expect(
      told([observation('store-data-1', { state: 'failed' }), observation('web-back-1', { applied: 'x' })]),
    ).toEqual(['web-back-1', 'store-data-1']);
    const waiting = actions(desired, [vm('first')], { acknowledged: [[first, '']] });
    expect(waiting).toMatchObject([{ nodes: [{ node: 'store-data-1' }], keep: ['web-back-1'] }]);
  });

  test('what runs is not told that it gets nothing, while it is not known what a service that it needs provides', () => {
    const desired = (running: boolean) =>
      state(
        [service('s1', 'web', { needs: ['s2'] }), service('s2', 'store', { running })],
        [node('web-back-1', 's1', 'back'), node('store-data-1', 's2', 'data', { slot: 'm1' })],
      );
    const told = (running: boolean, vms: VmInfo[]): unknown[] => [
      ...assign(world(desired(running), vms, [observation('web-back-1', { applied: 'x' })])).keys(),
    ];
    expect(told(true, [vm('first')])).toEqual(['store-data-1']);
    expect(told(true, [vm('first'), vm('m1')])).toEqual(['web-back-1', 'store-data-1']);
    expect(told(false, [vm('first')])).toEqual(['web-back-1', 'store-data-1']);
  });

  test('the environment of a service: its own wins over secrets, secrets over what it needs', () => {
    const desired = state(
      [service('s1', 'web', { needs: ['s2'], secrets: ['KEY'], environment: { KEY: 'own' } }), service('s2', 'store')],
      [node('web-back-1', 's1', 'back'), node('store-data-1', 's2', 'data')],
    );
    const told = assign({
      ...world(desired, [vm('first')], [observation('store-data-1')]),
      secrets: { KEY: 'secret' },
    });
    expect([...told.values()][0]?.configuration['environment']).toEqual({ STORE_HOST: '127.9.0.2', KEY: 'own' });
  });
});
