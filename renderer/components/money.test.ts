import { expect, test } from 'vitest';
import { differenceText, hourText, monthText, priceText } from './money.ts';

test.each([
  [0.02, '+0.020 $/h, +14.6 $/month'],
  [-0.5, '−0.500 $/h, −365.0 $/month'],
  [0, 'no cost'],
  [undefined, 'cost unknown'],
])('a difference of %s', (perHour, text) => expect(differenceText(perHour)).toBe(text));

test.each([
  [0.041, '0.041', '29.9', '0.0410 $/h'],
  [12.5, '12.50', '9125', '12.500 $/h'],
  [0, '0.000', '0.0', 'free'],
  [undefined, 'unknown', 'unknown', 'unknown'],
])('%s dollars an hour', (perHour, hour, month, price) => {
  expect([hourText(perHour), monthText(perHour), priceText(perHour)]).toEqual([hour, month, price]);
});
