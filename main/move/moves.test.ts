import { expect, test } from 'vitest';
import type { ApplicationInfo } from '../../remote/core/contract/application.ts';
import { ApplicationId } from '../../remote/core/contract/ids.ts';
import type { Movable } from '../../remote/core/contract/moving.ts';
import { databasesOnly, isSame, whole, withoutDomains } from './manifests.ts';
import { choose } from './moves.ts';
import { durationText, estimateReadOnly, notesOf, type Place } from './plan.ts';

const here: Place = { deployment: 'd-1', name: 'home', cloud: 'local' };
const places: Place[] = [
  here,
  { deployment: 'd-1', name: 'home', cloud: 'attic' },
  { deployment: 'd-2', name: 'office', cloud: 'ec2' },
  { deployment: 'd-3', name: 'shop', cloud: 'openstack' },
  { deployment: 'd-4', name: 'stall', cloud: 'openstack' },
];

test.each([
  ['office', 'd-2', 'ec2'],
  ['d-2', 'd-2', 'ec2'],
  ['ec2', 'd-2', 'ec2'],
  ['attic', 'd-1', 'attic'],
  ['stall', 'd-4', 'openstack'],
])('%s is the place %s, %s', (wanted, deployment, cloud) => {
  expect(choose(wanted, here, places)).toMatchObject({ deployment, cloud });
});

test.each([
  ['openstack', 'several directors on "openstack": shop, stall'],
  ['home', 'It is at home already. It can be moved to: attic, office, shop, stall.'],
  ['local', 'It is at local already'],
  ['nowhere', 'There are: attic, office, shop, stall.'],
])('%s is refused: %s', (wanted, text) => {
  expect(() => choose(wanted, here, places)).toThrow(text);
});

test('with no other place, it is said how to make one', () => {
  expect(() => choose('b', here, [here])).toThrow('Put another director up first');
});

const movable: Movable = {
  n: 7,
  manifest: {
    Version: 1,
    Application: 'Shop',
    Services: [
      { Type: 'php', ServiceName: 'web', Start: 1 },
      { Type: 'php', ServiceName: 'idle', Start: 0 },
      { Type: 'mysql', ServiceName: 'db', Start: 1 },
    ],
  },
  blobs: [],
  secrets: [],
  services: [
    { name: 'web', type: 'php', running: true, data: false, domains: ['shop.example.org'] },
    { name: 'idle', type: 'php', running: false, data: false, domains: [] },
    { name: 'db', type: 'mysql', running: true, data: true, domains: [], cloud: 'attic' },
  ],
};

const starts = (manifest: Movable['manifest']) =>
  (manifest['Services'] as { Start: number }[]).map(({ Start }) => Start);

test('databases run first; then all that did, without domains; then all as it was', () => {
  const first = databasesOnly(movable, 'Shop (moving)');
  expect(first['Application']).toBe('Shop (moving)');
  expect(starts(first)).toEqual([0, 0, 1]);
  expect(starts(withoutDomains(movable, 'x'))).toEqual([1, 0, 1]);
  expect(JSON.stringify(withoutDomains(movable, 'x'))).not.toContain('Domains');
  expect(whole(movable, 'Shop')['Services']).toMatchObject([{ Domains: ['shop.example.org'] }, {}, {}]);
});

test('what was changed meanwhile is noticed: code, settings and domains, but not the number of the state', () => {
  expect(isSame(movable, { ...movable, n: 8 })).toBe(true);
  expect(isSame(movable, { ...movable, manifest: { ...movable.manifest, Description: 'new' } })).toBe(false);
  const [web, ...rest] = movable.services;
  expect(isSame(movable, { ...movable, services: [{ ...web, domains: [] } as (typeof rest)[number], ...rest] })).toBe(
    false,
  );
});

test.each([
  [[], 0, '0 seconds'],
  [[0], 15, '15 seconds'],
  [[undefined], 15, '15 seconds'],
  [[4 * 1024 ** 2, 1], 17, '17 seconds'],
  [[4 * 1024 ** 3], 1039, '17 minutes'],
])('data of %j bytes is read only for about %i seconds', (bytes, seconds, text) => {
  expect(estimateReadOnly(bytes)).toBe(seconds);
  expect(durationText(seconds)).toBe(text);
});

test('the notes say what happens to visitors, data, domains and clouds', () => {
  const info: ApplicationInfo = {
    summary: {
      id: ApplicationId.parse('app-1'),
      name: 'Shop',
      state: 'running',
      address: 'http://10.0.0.1',
      services: [],
      nodes: { running: 0, wanted: 0 },
      createdAt: 0,
    },
    description: '',
    services: [],
    warnings: [],
  };
  const notes = notesOf(movable, info, { readOnlySeconds: 20, isUnknown: false }).join('\n');
  expect(notes).toMatch(/db can be read but not written.*about 20 seconds/);
  expect(notes).toMatch(/http:\/\/10\.0\.0\.1 ends when the old one is removed/);
  expect(notes).toMatch(/have shop\.example\.org lead to the new address/);
  expect(notes).toMatch(/db \(on attic\): all services come to one cloud/);
  expect(notes).toMatch(/sessions of its visitors, do not come along/);
  const plain = { ...movable, services: movable.services.slice(1, 2) };
  const few = notesOf(plain, info, { readOnlySeconds: 0, isUnknown: false }).join('\n');
  expect(few).not.toMatch(/read but not written|lead to the new|one cloud/);
});
