import { expect, test } from 'vitest';
import { place } from './placement.ts';

const screens = [
  { x: 0, y: 24, width: 1920, height: 1056 },
  { x: 1920, y: 0, width: 1280, height: 1024 },
];
const size = { width: 1240, height: 820 };

test.each([
  ['where it was', { x: 100, y: 100, ...size }, { x: 100, y: 100, ...size }],
  ['on the second screen', { x: 2000, y: 50, ...size }, { x: 2000, y: 50, ...size }],
  ['half outside', { x: -800, y: 100, ...size }, { x: -800, y: 100, ...size }],
  ['the screen has gone', { x: 4000, y: 100, ...size }, size],
  ['left of all screens', { x: -1239, y: 100, ...size }, size],
  ['its head above the screen', { x: 100, y: 0, ...size }, size],
  ['below the screen', { x: 100, y: 1070, ...size }, size],
  ['first run', size, size],
  ['larger than the screen', { x: 0, y: 24, width: 5000, height: 3000 }, { x: 0, y: 24, width: 1920, height: 1056 }],
])('%s', (_what, saved, placed) => {
  expect(place(saved, screens)).toEqual(placed);
});

test('without any screen the size is kept', () => {
  expect(place({ x: 5, y: 5, ...size }, [])).toEqual(size);
});
