import { appendFileSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLogSampler, percentiles, sampleBytes } from './log-sample.ts';
import { createRates } from './rates.ts';

let directory = '';
let log = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'sample-'));
  log = join(directory, 'access.log');
});
afterEach(() => rmSync(directory, { recursive: true }));

test('only what was written since the last look, whole lines, each once', async () => {
  const sampler = createLogSampler(log);
  expect(await sampler.look()).toBeUndefined();
  writeFileSync(log, 'old\n');
  expect(await sampler.look()).toBeUndefined();
  appendFileSync(log, 'one\ntwo\nthr');
  expect(await sampler.look()).toEqual({ lines: ['one', 'two'], written: 2 });
  appendFileSync(log, 'ee\n');
  expect(await sampler.look()).toEqual({ lines: ['three'], written: 1 });
  expect(await sampler.look()).toEqual({ lines: [], written: 0 });
});

test('of much, the newest lines stand for all; how many there were is estimated', async () => {
  writeFileSync(log, '');
  const sampler = createLogSampler(log);
  await sampler.look();
  const count = 40_000;
  appendFileSync(log, Array.from({ length: count }, (_, index) => `${String(index).padStart(29, '.')}\n`).join(''));
  const found = await sampler.look();
  expect(found?.lines.at(-1)).toMatch(/\.39999$/);
  expect(found?.lines.length).toBeGreaterThanOrEqual(sampleBytes / 30 - 2);
  expect(found?.lines.length).toBeLessThan(count);
  expect(found?.written).toBeCloseTo(count, -1);
});

test('a log that was rotated: nobody knows how many lines went with it', async () => {
  writeFileSync(log, 'a\nb\nc\n');
  const sampler = createLogSampler(log);
  await sampler.look();
  truncateSync(log);
  appendFileSync(log, 'd\n');
  expect(await sampler.look()).toEqual({ lines: ['d'], written: undefined });
});

test('a link in the place of a log is refused', async () => {
  symlinkSync('/etc/hostname', log);
  await expect(createLogSampler(log).look()).rejects.toThrow('ELOOP');
});

test('percentiles by nearest rank', () => {
  expect(percentiles([], [0.5])).toEqual([undefined]);
  expect(percentiles([7], [0.5, 0.99])).toEqual([7, 7]);
  const values = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect(percentiles(values, [0.5, 0.95, 0.99])).toEqual([50, 95, 99]);
});

test('a total that becomes smaller has begun anew', () => {
  const rates = createRates();
  const told = [100, 150, 10, 30].map((total, index) => rates.rate('a', total, index * 5000));
  expect(told).toEqual([undefined, 10, undefined, 4]);
  rates.forget('a');
  expect(rates.rate('a', 40, 20_000)).toBeUndefined();
});
