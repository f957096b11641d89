import { expect, test } from 'vitest';
import { timeText } from '../components/time.ts';
import { columnsOf, plainText } from './value-text.ts';

const time = Date.UTC(2026, 0, 2, 3, 4);

test.each([
  [undefined, 'x', 'none'],
  [null, 'x', 'none'],
  [true, 'x', 'yes'],
  [false, 'x', 'no'],
  ['', 'x', 'empty'],
  ['a', 'x', 'a'],
  [5, 'count', '5'],
  [3_100_000, 'size', '3.1 MB'],
  [time, 'createdAt', timeText(time)],
  [5, 'createdAt', '5'],
  [[], 'x', 'none'],
  [{}, 'x', 'none'],
  [[1], 'x', undefined],
  [{ a: 1 }, 'x', undefined],
])('%j as %s is %j', (value, name, expected) => expect(plainText(value, name)).toBe(expected));

test.each([
  [
    [{ a: 1 }, { b: 2 }],
    ['a', 'b'],
  ],
  [[1, 2], undefined],
  [[{ a: 1 }, 2], undefined],
  [[[1]], undefined],
  [[Object.fromEntries(Array.from({ length: 13 }, (_, index) => [`k${index}`, 1]))], undefined],
])('%j has the columns %j', (list, expected) => expect(columnsOf(list)).toEqual(expected));
