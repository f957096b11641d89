import { expect, test } from 'vitest';
import { validateManifest } from '../core/manifest/index.ts';
import { testSpecs } from '../core/manifest/test-specs.ts';
import { apartWarnings, refuseUnknownClouds } from './planning.ts';

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
