import { expect, test } from 'vitest';
import { moved } from './grid-keys.ts';

const last = { row: 99, column: 8 };

test.each<[string, boolean, [number, number], [number, number] | undefined]>([
  ['ArrowDown', false, [0, 1], [1, 1]],
  ['ArrowDown', false, [99, 1], [99, 1]],
  ['ArrowUp', false, [0, 1], [0, 1]],
  ['ArrowRight', false, [5, 8], [5, 8]],
  ['ArrowLeft', false, [5, 2], [5, 1]],
  ['PageDown', false, [5, 2], [25, 2]],
  ['PageUp', false, [5, 2], [0, 2]],
  ['Home', false, [5, 2], [5, 0]],
  ['End', false, [5, 2], [5, 8]],
  ['Home', true, [5, 2], [0, 2]],
  ['End', true, [5, 2], [99, 2]],
  ['x', false, [5, 2], undefined],
])('%s with Ctrl %s from %j', (key, main, [row, column], to) => {
  expect(moved(key, main, { row, column }, last, 20)).toEqual(to && { row: to[0], column: to[1] });
});
