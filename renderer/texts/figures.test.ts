import { expect, test } from 'vitest';
import { figure, largeCount } from './figures.ts';

test.each([
  [0, 0, '0'],
  [0.04, 1, '0.0'],
  [7.389, 2, '7.39'],
  [9125, 1, '9125.0'],
  [-0.5, 3, '-0.500'],
  [0.04155, 4, '0.0416'],
])('%s with %s digits', (value, digits, text) => expect(figure(value, digits)).toBe(text));

test('large counts are grouped', () => {
  expect([999, 12_345, 1_234_567].map(largeCount)).toEqual(['999', '12,345', '1,234,567']);
});

test('digits that no format has are an error', () => {
  expect(() => figure(1, 7)).toThrow(RangeError);
});
