import { expect, test } from 'vitest';
import { z } from 'zod';
import type { Placement } from '../service/placement.ts';
import type { ServiceSpec } from '../service/spec.ts';
import { type DesiredState, emptyService } from '../service/state.ts';
import { planMachines, validateManifest } from './index.ts';
import { testSpecs } from './test-specs.ts';

const node = (id: string, service: string, role: string, slot: string, phase = 'wanted') => ({
  id,
  service,
  role,
  slot,
  phase,
  restarts: 0,
  operation: 'op-1',
  createdAt: 0,
});

const state = {
  schema: 1,
  application: 'app-1',
  name: 'shop',
  description: '',
  nextService: 3,
  nextSlot: 4,
  services: [
    { ...emptyService('s1' as never, 'php', 'web'), cloud: 'ec2' },
    emptyService('s2' as never, 'mysql', 'db'),
  ],
  nodes: [
    node('web-proxy-1', 's1', 'proxy', 'first'),
    node('web-backend-1', 's1', 'backend', 'first'),
    node('web-backend-2', 's1', 'backend', 'm1'),
    node('web-backend-3', 's1', 'backend', 'm2'),
    node('db-mysql-1', 's2', 'mysql', 'm3'),
  ],
} as unknown as DesiredState;

const web = (more: object) => ({ Type: 'php', ServiceName: 'web', ...more });
const db = { Type: 'mysql', ServiceName: 'db' };

test.each<[string, DesiredState | undefined, object[], unknown, Placement?]>([
  ['the first of each role shares the machine of the manager', undefined, [web({}), db], { added: [], freed: [] }],
  [
    'further ones have their own, where the manifest wants them',
    undefined,
    [web({ StartupInstances: { backend: 3 }, Cloud: 'ec2' }), db],
    { added: ['ec2', 'ec2'], freed: [] },
  ],
  [
    'spread: each has its own',
    undefined,
    [web({ StartupInstances: { backend: 2 } }), db],
    { added: [undefined, undefined, undefined, undefined], freed: [] },
    'spread',
  ],
  ['spread: those that there are stay', state, [web({}), db], { added: [], freed: [] }, 'spread'],
  ['what a manifest leaves out stays', state, [web({}), db], { added: [], freed: [] }],
  ['more', state, [web({ StartupInstances: { backend: 5 } }), db], { added: ['ec2', 'ec2'], freed: [] }],
  ['less: the newest go', state, [web({ StartupInstances: { backend: 2 } }), db], { added: [], freed: ['m2'] }],
  ['a service that goes', state, [web({})], { added: [], freed: ['m3'] }],
  ['the machine of the manager is never freed', state, [db], { added: [], freed: ['m1', 'm2'] }],
  [
    'services on another cloud share a machine there',
    undefined,
    [
      web({ StartupInstances: { backend: 2 }, Cloud: 'attic' }),
      { Type: 'php', ServiceName: 'shop', Cloud: 'attic' },
      db,
    ],
    { added: ['attic', 'attic'], freed: [] },
  ],
  [
    'one whose type is another is made anew, beside the manager',
    state,
    [web({}), { Type: 'php', ServiceName: 'db' }],
    { added: [], freed: ['m3'] },
  ],
])('%s', (_name, current, services, machines, placement) => {
  const top = { Application: 'shop', ...(placement ? { Placement: placement } : {}) };
  const { manifest } = validateManifest({ ...top, Services: services }, testSpecs);
  expect(planMachines(current, manifest, testSpecs, { slot: 'first', cloud: 'ec2' })).toMatchObject(machines as object);
});

/** As `testSpecs`, where a database's data gets a volume. */
const withVolumes: Readonly<Record<string, ServiceSpec>> = Object.fromEntries(
  Object.entries(testSpecs).map(([type, spec]) => [type, type === 'mysql' ? withVolume(spec) : spec]),
);

function withVolume(spec: ServiceSpec): ServiceSpec {
  const roles = Object.entries(spec.roles).map(([name, role]) => [name, { ...role, volume: 'volume_gb' }]);
  return {
    ...spec,
    configuration: z.object({ volume_gb: z.number().default(10) }),
    roles: Object.fromEntries(roles),
  };
}

const held = {
  ...state,
  nodes: state.nodes.map((one) =>
    one.role === 'mysql' ? { ...one, volume: { name: 'app-1-s2-db', sizeGb: 10 } } : one,
  ),
} as DesiredState;

test.each<[string, DesiredState | undefined, object[], unknown]>([
  ['of a new database, as large as usual', undefined, [db], { volumes: [{ sizeGb: 10 }], freedVolumes: [] }],
  [
    'as large as it says, where it is to be',
    undefined,
    [{ ...db, Cloud: 'attic', Configuration: { volume_gb: 50 } }],
    { volumes: [{ cloud: 'attic', sizeGb: 50 }], freedVolumes: [] },
  ],
  ['none, if it says so', undefined, [{ ...db, Configuration: { volume_gb: 0 } }], { volumes: [], freedVolumes: [] }],
  ['of one that stays', held, [web({}), db], { volumes: [], freedVolumes: [] }],
  ['of one that goes', held, [web({})], { volumes: [], freedVolumes: ['app-1-s2-db'] }],
])('volumes: %s', (_name, current, services, volumes) => {
  const { manifest } = validateManifest({ Application: 'shop', Services: services }, withVolumes);
  expect(planMachines(current, manifest, withVolumes, { slot: 'first', cloud: 'ec2' })).toMatchObject(
    volumes as object,
  );
});
