import { expect, test } from 'vitest';
import { clamped, rowOfThumb, thumbOf } from './scale.ts';

const million = 30_000_000;

test('the thumb reaches both ends, and never gets too small to be held', () => {
  expect(thumbOf(0, 40, 40, 500)).toBeUndefined();
  expect(thumbOf(0, 40, 80, 500)).toEqual({ top: 0, height: 250 });
  expect(thumbOf(40, 40, 80, 500)).toEqual({ top: 250, height: 250 });
  expect(thumbOf(million, 40, million, 500)).toEqual({ top: 476, height: 24 });
});

test.each([0, 1, 12_345_678, million - 40])(
  'dragging the thumb to where it stands leads to the same row: %d',
  (row) => {
    const thumb = thumbOf(row, 40, million, 500);
    expect(Math.round(rowOfThumb(thumb?.top ?? 0, 40, million, 500))).toBe(row);
  },
);

test('there is nothing beyond the ends', () => {
  expect(rowOfThumb(-50, 40, million, 500)).toBe(0);
  expect(rowOfThumb(9_999, 40, million, 500)).toBe(million - 40);
  expect(clamped(-3, 40, 100)).toBe(0);
  expect(clamped(99, 40, 100)).toBe(60);
  expect(clamped(5, 40, 3)).toBe(0);
});
