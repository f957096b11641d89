/** Composition root of `npm run bench`: runs the benches that are asked for, one after the other. */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { apply } from './apply.ts';
import { boots } from './boots.ts';
import { type BenchDeployment, openBenchDeployment } from './deployment.ts';
import { history } from './history.ts';
import { list } from './list.ts';
import { logs } from './logs.ts';
import { memory } from './memory.ts';
import { metrics } from './metrics.ts';
import { scale } from './scale.ts';
import { resultTable } from './table.ts';
import { throughput } from './throughput.ts';
import type { Bench, BenchContext, Row } from './types.ts';
import { version } from './version.ts';
import { window } from './window.ts';
import { windowMemory } from './window-memory.ts';

/** Memory first: a director that has done much is not what it is about. `boots` has a process of its own (bench.mjs). */
const benches: readonly Bench[] = [
  ...[memory, apply, scale, version, history, throughput],
  ...[window, windowMemory, list, metrics, logs, boots],
];

async function runBenches(chosen: readonly Bench[], signal: AbortSignal): Promise<Row[]> {
  const rows: Row[] = [];
  let opened: Promise<BenchDeployment> | undefined;
  const directory = await mkdtemp(path.join(os.tmpdir(), 'conpaas-bench-files-'));
  await chmod(directory, 0o755); // engines started by hand run as nobody
  try {
    for (const bench of chosen) {
      console.error(`\n${bench.name}: ${bench.about}`);
      const context: BenchContext = {
        signal,
        directory,
        log: (line) => console.error(`  ${line}`),
        deployment: () => {
          opened ??= openBenchDeployment(signal);
          return opened;
        },
      };
      rows.push(...(await bench.run(context)));
    }
  } finally {
    await (await opened?.catch(() => undefined))?.[Symbol.asyncDispose]();
    await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  }
  return rows;
}

const names = process.argv.slice(2);
const unknown = names.filter((name) => !benches.some((bench) => bench.name === name));
if (unknown.length > 0) {
  console.error(`There is no bench ${unknown.join(', ')}. There are:`);
  for (const { name, about } of benches) console.error(`  ${name.padEnd(12)}${about}`);
  process.exitCode = 2;
} else {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort(new Error('interrupted')));
  const chosen =
    names.length === 0
      ? benches.filter((bench) => bench !== boots)
      : benches.filter(({ name }) => names.includes(name));
  try {
    const rows = await runBenches(chosen, stop.signal);
    console.log(`\n${os.availableParallelism()} processors, load ${os.loadavg()[0]?.toFixed(1)} at the end\n`);
    console.log(resultTable(rows));
  } catch (error) {
    if (!stop.signal.aborted) console.error(error);
    process.exitCode = 1;
  }
  process.exit(); // kept connections
}
