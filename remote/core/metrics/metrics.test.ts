import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createMeter, directorySize } from './index.ts';

test('a busy child of a process counts for its tree, and memory is the whole tree', async () => {
  const child = spawn('/bin/bash', ['-c', '(while :; do :; done) & echo up; wait'], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  await once(child.stdout, 'data');
  const meter = createMeter();
  const roots = { one: [child.pid ?? 0], none: [0x3fffff] };
  expect(meter.measure(roots)['one']).toMatchObject({ cpu: 0, processes: 2 });
  let cpu = 0;
  const deadline = performance.now() + 10_000;
  while (cpu === 0 && performance.now() < deadline) {
    await delay(50); // the interval measured
    cpu = meter.measure(roots)['one']?.cpu ?? 0;
  }
  const { one, none } = meter.measure(roots);
  process.kill(-(child.pid ?? 0), 'SIGKILL');
  expect(cpu).toBeGreaterThan(0.05);
  expect(cpu).toBeLessThan(1.2);
  expect(one?.memory).toBeGreaterThan(300_000);
  expect(none).toEqual({ cpu: 0, memory: 0, processes: 0 });
});

test('a directory counts what lies in it, not what links in it lead to', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'size-'));
  mkdirSync(join(directory, 'a', 'b'), { recursive: true });
  writeFileSync(join(directory, 'a', 'b', 'file'), Buffer.alloc(1_000_000, 1));
  symlinkSync('/usr', join(directory, 'usr'));
  const size = await directorySize(directory);
  expect(size).toBeGreaterThanOrEqual(1_000_000);
  expect(size).toBeLessThan(1_100_000);
  expect(await directorySize(join(directory, 'missing'))).toBe(0);
  rmSync(directory, { recursive: true });
});
