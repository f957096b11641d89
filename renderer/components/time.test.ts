import { expect, test } from 'vitest';
import { dayText, durationText, sizeText, timeText } from './time.ts';

test('times: of today the hour alone, of other days the day before it', () => {
  const time = new Date(2026, 10, 3, 14, 2).getTime();
  expect(timeText(time, time + 60_000)).toBe('14:02');
  expect(timeText(time, time + 86_400_000)).toBe('3 Nov, 14:02');
  expect(dayText(time)).toBe('3 Nov');
});

test('durations', () => {
  expect([-5, 430, 12_400, 95_000, 240_000, 7_300_000, 200_000_000].map(durationText)).toEqual([
    '0.0 s',
    '0.4 s',
    '12 s',
    '95 s',
    '4 min',
    '2 h',
    '2 days',
  ]);
});

test('sizes', () => {
  expect([0, 999, 1000, 3_140_000, 512_000_000, 4e12].map(sizeText)).toEqual([
    '0 B',
    '999 B',
    '1.0 kB',
    '3.1 MB',
    '512 MB',
    '4000 GB',
  ]);
});
