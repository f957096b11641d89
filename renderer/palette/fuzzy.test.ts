import { expect, test } from 'vitest';
import { score, search } from './fuzzy.ts';

const titles = [
  'Stop guestbook',
  'Rename guestbook…',
  'Applications',
  'Activity',
  'Show or hide the dock',
  'web of guestbook',
  'shop',
];
const find = (sought: string): readonly string[] => search(titles, sought, (title) => title, 10);

test.each([
  ['', titles],
  ['shop', ['shop']],
  ['ren gu', ['Rename guestbook…']],
  ['sgb', ['Stop guestbook']],
  ['zzz', []],
])('%j finds', (sought, found) => {
  expect(find(sought).slice(0, Math.max(found.length, 1))).toEqual(found);
});

test('the start of a word counts more than its middle, and a whole word more than letters', () => {
  expect(score('dock', 'do')).toBeGreaterThan(score('undo', 'do') ?? 0);
  expect(score('stop', 'stop')).toBeGreaterThan(score('show the other page', 'stop') ?? 0);
});

test('at most as many as wanted', () => {
  expect(search(titles, 'o', (title) => title, 2)).toHaveLength(2);
});
