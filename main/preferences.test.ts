import { expect, test } from 'vitest';
import { defaultPreferences, Preferences, SomePreferences } from './preferences.ts';

test('what is not given is not made up', () => {
  expect(SomePreferences.parse({ theme: 'dark' })).toEqual({ theme: 'dark' });
});

test('what was kept by an older version is completed', () => {
  expect(Preferences.parse({ density: 'compact' })).toEqual({ ...defaultPreferences, density: 'compact' });
  expect(Preferences.safeParse({ theme: 'pink' }).success).toBe(false);
});
