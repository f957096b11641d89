import { expect, test } from 'vitest';
import { validateManifest } from '../core/manifest/index.ts';
import { testSpecs } from '../core/manifest/test-specs.ts';
import { apartWarnings, homeOf, refuseApart, refuseUnknownClouds } from './planning.ts';

const manifestOf = (web: object, db: object) =>
  validateManifest(
    {
      Application: 'shop',
      Services: [
        { Type: 'php', ServiceName: 'web', Needs: ['db'], ...web },
        { Type: 'mysql', ServiceName: 'db', ...db },
      ],
    },
    testSpecs,
  ).manifest;

test('a cloud that the director does not have is refused by its name; the original calls the own one default', () => {
  const clouds = new Map([
    ['ec2', undefined],
    ['attic', undefined],
  ]);
  expect(() => refuseUnknownClouds(manifestOf({ Cloud: 'attic' }, { Cloud: 'default' }), clouds)).not.toThrow();
  expect(() => refuseUnknownClouds(manifestOf({}, { Cloud: 'cellar' }), clouds)).toThrow(
    'db is to be on the cloud "cellar", which this director does not have. It has: ec2, attic.',
  );
  expect(() => refuseUnknownClouds(manifestOf({}, { Cloud: 'atic' }), clouds)).toThrow('Did you mean "attic"?');
});

test.each([
  ['on the same cloud', {}, { Cloud: 'ec2' }, 0],
  ['on another one', { Cloud: 'attic' }, {}, 1],
  ['both on another one', { Cloud: 'attic' }, { Cloud: 'attic' }, 0],
])('services that need one another, %s: %i warnings', (_title, web, db, count) => {
  const warnings = apartWarnings(manifestOf(web, db), undefined, 'ec2');
  expect(warnings).toHaveLength(count);
  if (count > 0) expect(warnings[0]).toContain('web is on attic and needs db, which is on ec2');
});

test('on one computer nothing has to connect services; nodes that are there stay when their service goes elsewhere', () => {
  const together = () => true;
  expect(apartWarnings(manifestOf({ Cloud: 'attic' }, {}), undefined, 'local', together)).toEqual([]);
  const web = { id: 's1', name: 'web', type: 'php', cloud: 'ec2' };
  const current = { services: [web], nodes: [] } as unknown as Parameters<typeof apartWarnings>[1];
  expect(apartWarnings(manifestOf({ Cloud: 'ec2' }, {}), current, 'ec2', together)).toEqual([]);
  expect(apartWarnings(manifestOf({ Cloud: 'attic' }, {}), current, 'ec2', together)).toEqual([
    'Nodes that web has stay where they are: only further ones are made on attic.',
  ]);
});

test('services are only where the manager of their application reaches them', () => {
  const parts = (areConnected: boolean) => ({
    cloudKeeper: { areConnected: (one: string, other: string) => one === other || areConnected },
    states: { get: () => undefined },
  });
  const apart = manifestOf({ Cloud: 'far' }, {});
  expect(() => refuseApart(apart, 'ec2', parts(true), undefined)).not.toThrow();
  expect(() =>
    refuseApart(manifestOf({ Cloud: 'far' }, { Cloud: 'far' }), 'far', parts(false), undefined),
  ).not.toThrow();
  expect(() => refuseApart(apart, 'ec2', parts(false), undefined)).toThrow(
    'web is to be on far, and the application on ec2: machines of these two clouds do not reach each other.',
  );
});

test.each([
  [undefined, undefined, 'ec2'],
  [undefined, 'attic', 'attic'],
  ['attic', undefined, 'attic'],
  ['attic', 'attic', 'attic'],
])('an application that is on %s, and to be on %s, is on %s', (cloud, wanted, home) => {
  const clouds = new Map([
    ['ec2', undefined],
    ['attic', undefined],
  ]) as unknown as Parameters<typeof homeOf>[0]['clouds'];
  const existing = cloud === undefined ? undefined : { name: 'Shop', cloud };
  expect(homeOf({ clouds, defaultCloud: 'ec2' }, existing, wanted)).toBe(home);
  expect(() => homeOf({ clouds, defaultCloud: 'ec2' }, { name: 'Shop', cloud: 'attic' }, 'ec2')).toThrow(
    'Shop is on the cloud attic. Move it with: conpaas move "Shop" --to ec2',
  );
  expect(() => homeOf({ clouds, defaultCloud: 'ec2' }, undefined, 'moon')).toThrow('There is no cloud "moon"');
});
