import { expect, test } from 'vitest';
import type { Placement } from '../service/placement.ts';
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
  expect(planMachines(current, manifest, testSpecs, { slot: 'first', cloud: 'ec2' })).toEqual(machines);
});
