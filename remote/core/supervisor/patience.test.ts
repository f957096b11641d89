import { expect, test } from 'vitest';
import { patienceHere } from './patience.ts';

test.each([
  ['QEMU TCG CPU version 2.5+', 4],
  ['AMD EPYC', 1],
  ['Intel(R) Xeon(R) Platinum 8259CL CPU @ 2.50GHz', 1],
  ['QEMU Virtual CPU version 2.5+', 1], // of a machine that KVM runs
  ['', 1],
])('on %j programs may take %i times as long', (model, times) => {
  expect(patienceHere(model)).toBe(times);
});
