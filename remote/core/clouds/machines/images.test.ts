import { expect, test } from 'vitest';
import { begunAt, type CloudImage, chosenImage, factsOf, imageName, isBuilder, newBuilder } from './images.ts';

const at = Date.parse('2026-01-31T10:15:20Z');
const facts = { release: '1.2.0', base: 'debian-12', architecture: 'x64', builder: 'image-abcdefghijkl' } as const;

test.each([
  ['1.2.0', 'conpaas-1.2.0-debian-12-x64-20260131-101520-abcdefghijkl', '1.2.0'],
  ['1.3.0-beta.1', 'conpaas-1.3.0_beta.1-debian-12-x64-20260131-101520-abcdefghijkl', '1.3.0-beta.1'],
  ['1.3.0+5f3a', 'conpaas-1.3.0-debian-12-x64-20260131-101520-abcdefghijkl', '1.3.0'],
])('an image of release %s is called %s', (release, name, told) => {
  expect(imageName({ ...facts, release }, at)).toBe(name);
  expect(factsOf(name)).toEqual({ ...facts, release: told, createdAt: at });
});

test.each([
  'conpaas',
  'debian-12-genericcloud-amd64-20250316',
  'conpaas-web',
  'conpaas-1.2.0-debian-12-x64-20260131-101520-abcdefghijkl copy',
  'conpaas-1.2.0-debian-12-mips-20260131-101520-abcdefghijkl',
])('%s is no name of an image of ours', (name) => {
  expect(factsOf(name)).toBeUndefined();
});

test('whoever makes one is told from deployments, and when it began', () => {
  const builder = newBuilder(at + 400);
  expect(builder).toMatch(/^image-[a-z2-7]{12}$/);
  expect(newBuilder(at)).not.toBe(builder);
  expect(begunAt(builder)).toBe(at);
  expect([builder, 'd-image', 'image-x', 'image'].map(isBuilder)).toEqual([true, false, false, false]);
});

test('the newest that is whole, of that system and processor, is chosen', () => {
  const image = (id: string, more: Partial<CloudImage>): CloudImage => ({
    ...{ id, name: id, state: 'available', createdAt: 1, ...facts },
    ...more,
  });
  const images = [
    image('older', {}),
    image('newer', { createdAt: 2 }),
    image('half', { createdAt: 3, state: 'creating' }),
    image('arm', { createdAt: 3, architecture: 'arm64' }),
    image('ubuntu', { createdAt: 3, base: 'ubuntu-24.04' }),
    image('own', { createdAt: 3, base: 'template-12' }),
  ];
  const chosen = (system: string, architecture: 'x64' | 'arm64' = 'x64') =>
    chosenImage(images, { system, architecture })?.id;
  expect(chosen('debian')).toBe('newer');
  expect(chosen('debian', 'arm64')).toBe('arm');
  expect(chosen('ubuntu')).toBe('ubuntu');
  expect(chosen('template-12')).toBe('own');
  expect(chosen('template-1')).toBeUndefined();
  expect(chosen('ubuntu', 'arm64')).toBeUndefined();
});
