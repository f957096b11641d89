import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { childrenOf, listProcesses, type ProcessStat, processTrees } from './proc.ts';

/** Starts `sleep` from a thread of its own, which tells the pid, and has a child of its own. */
const starter = `
  const { spawn } = require('node:child_process');
  const { parentPort } = require('node:worker_threads');
  const child = spawn('/bin/sh', ['-c', 'sleep 100 & echo $!; wait'], { stdio: ['ignore', 'pipe', 'inherit'] });
  child.stdout.on('data', (chunk) => parentPort.postMessage([child.pid, Number(String(chunk))]));
`;

test('a tree has the children of all threads, and the same as a look at all processes finds', async () => {
  const worker = new Worker(starter, { eval: true });
  const [[shell, sleep]] = (await once(worker, 'message')) as [[number, number]];
  try {
    expect(childrenOf(process.pid)).toContain(shell);
    expect(childrenOf(shell)).toEqual([sleep]);
    expect(processTrees([shell]).map(({ pid }) => pid)).toEqual([shell, sleep]);
    // Each once, whichever roots are given.
    expect(processTrees([sleep, shell, shell]).map(({ pid }) => pid)).toHaveLength(2);
    // Between the two looks they may have begun to wait, or computed a little.
    const lasting = (found: readonly ProcessStat[]) => found.map(({ state: _state, ticks: _ticks, ...one }) => one);
    expect(lasting(processTrees([shell]))).toEqual(
      lasting(listProcesses().filter(({ pid, parent }) => pid === shell || parent === shell)),
    );
  } finally {
    process.kill(shell); // first: it ends when its child has ended
    process.kill(sleep);
    await worker.terminate();
  }
  expect(processTrees([2 ** 22 + 1])).toEqual([]);
});
