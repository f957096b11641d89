import { expect, test } from 'vitest';
import { parseManifest } from '../../../remote/core/manifest/index.ts';
import { serviceSpecs } from '../../../remote/services/registry/spec.ts';
import { applicationName, manifestFor, newManifest } from './template.ts';

test.each([
  ['shop', 'shop'],
  ['shop.zip', 'shop'],
  ['My Shop-1.2.tar.gz', 'My Shop-1.2'],
  ['shop-main.zip', 'shop'],
  ['shop_master.TGZ', 'shop'],
  ['.zip', 'My application'],
  [`${'x'.repeat(200)}.tar.xz`, 'x'.repeat(100)],
])('%s makes the application %s', (file, name) => {
  expect(applicationName(file)).toBe(name);
});

test('what a new manifest begins with can be applied as it is', () => {
  expect(parseManifest(newManifest, serviceSpecs).manifest.Services).toHaveLength(1);
  const { manifest } = parseManifest(manifestFor('shop', 'shop "2".zip'), serviceSpecs);
  expect(manifest.Services[0]).toMatchObject({ Type: 'php', ServiceName: 'web', Archive: ['shop "2".zip'] });
});
