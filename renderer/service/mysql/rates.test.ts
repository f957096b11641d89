import { expect, test } from 'vitest';
import { ratesOf, rateText, type Statistics } from './rates.ts';

function reading(at: number, uptime: number, select: number, insert = 0): Statistics {
  return {
    at,
    uptime,
    questions: 0,
    slow: 0,
    queries: { select, insert, update: 0, delete: 0 },
    connections: { connected: 1, running: 1, most: 1, limit: 10 },
    databases: [],
    tables: [],
  };
}

test.each([
  [
    'two readings',
    reading(1000, 10, 100, 5),
    reading(3000, 12, 300, 5),
    { select: 100, insert: 0, update: 0, delete: 0 },
  ],
  ['one reading', undefined, reading(3000, 12, 300), undefined],
  ['none', reading(1000, 10, 100), undefined, undefined],
  ['no time between', reading(1000, 10, 100), reading(1000, 10, 120), undefined],
  ['a restart', reading(1000, 500, 9000), reading(3000, 1, 4), undefined],
  ['a restart that uptime hides', reading(1000, 1, 9000), reading(9000, 2, 4), undefined],
])('%s', (_name, before, now, expected) => expect(ratesOf(before, now)).toEqual(expected));

test.each([
  [undefined, '–'],
  [0, '0.0/s'],
  [0.44, '0.4/s'],
  [123.6, '124/s'],
])('%j is %s', (rate, text) => expect(rateText(rate)).toBe(text));
