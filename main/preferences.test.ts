import { expect, test } from 'vitest';
import { areSomePreferences, completePreferences, defaultPreferences } from './preferences.ts';

test('a page changes those that there are, to what they can be', () => {
  expect(areSomePreferences({})).toBe(true);
  expect(areSomePreferences({ theme: 'dark', notifications: false })).toBe(true);
  for (const wrong of [undefined, null, 'dark', [], { theme: 'pink' }, { notifications: 1 }, { toString: 'dark' }])
    expect(areSomePreferences(wrong)).toBe(false);
});

test('what was kept by an older version, or is damaged, is completed', () => {
  expect(completePreferences({ density: 'compact' })).toEqual({ ...defaultPreferences, density: 'compact' });
  expect(completePreferences({ theme: 'pink', density: 'compact', constructor: 1 })).toEqual({
    ...defaultPreferences,
    density: 'compact',
  });
  expect(completePreferences('dark')).toEqual(defaultPreferences);
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
])('the proxy %s: %s', (proxy, good) => expect(areSomePreferences({ proxy })).toBe(good));
