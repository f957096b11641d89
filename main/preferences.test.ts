import { expect, test } from 'vitest';
import { defaultPreferences, Preferences, SomePreferences } from './preferences.ts';

test('what is not given is not made up', () => {
  expect(SomePreferences.parse({ theme: 'dark' })).toEqual({ theme: 'dark' });
});

test('what was kept by an older version is completed', () => {
  expect(Preferences.parse({ density: 'compact' })).toEqual({ ...defaultPreferences, density: 'compact' });
  expect(Preferences.safeParse({ theme: 'pink' }).success).toBe(false);
});

test.each([
  ['system', true],
  ['direct', true],
  ['http://proxy.example.org:3128', true],
  ['socks5://[::1]:1080', true],
  ['http://ann:secret@proxy.example.org:3128', false],
  ['http://proxy.example.org', false],
  ['http://a:1;direct://', false],
  ['pac', false],
])('the proxy %s: %s', (proxy, good) => expect(SomePreferences.safeParse({ proxy }).success).toBe(good));
