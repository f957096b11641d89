import { expect, test } from 'vitest';
import { defaultPreferences } from '../preferences.ts';
import { completeMemory } from './window-memory.ts';

test('what is damaged is as at the first start; the rest stays', () => {
  const first = completeMemory(undefined);
  expect(first).toEqual({
    width: 1240,
    height: 820,
    maximised: false,
    zoom: 1,
    preferences: defaultPreferences,
    toldThatApplicationsGoOn: false,
  });
  const kept = { ...first, x: -20, y: 7, width: 900, zoom: 1.5, page: '#/activity', toldThatApplicationsGoOn: true };
  expect(completeMemory(JSON.parse(JSON.stringify(kept)))).toEqual(kept);
  expect(completeMemory({ ...kept, x: 1.5, width: 5, zoom: 'big', page: 'x'.repeat(1001), maximised: 1 })).toEqual({
    ...kept,
    x: undefined,
    width: 1240,
    zoom: 1,
    page: undefined,
  });
  for (const wrong of [null, 7, 'x', []]) expect(completeMemory(wrong)).toEqual(first);
});
