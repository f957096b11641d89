/** What crash tests of `up` and `destroy` share: the points there are, and what must hold after each. */
import { spawn } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { openVault } from '../../main/vault/index.ts';
import { runtime } from '../../remote/host/stand-in.ts';
import { type Desk, openDesk, processesBelow } from './desk.ts';

export interface CrashPoint {
  readonly command: 'up' | 'destroy';
  /** Journal line, from 1. */
  readonly line: number;
  readonly moment: 'before' | 'after';
  /** What the user does next. */
  readonly next: 'up' | 'destroy';
}

/** Two lines a step. */
const lines = { up: 12, destroy: 6 };

/** Every journal line of `up` and `destroy`, before and after it, followed by either. */
export function allCrashPoints(): CrashPoint[] {
  const moments = ['before', 'after'] as const;
  const up = Array.from({ length: lines.up }, (_, index) =>
    moments.flatMap((moment) =>
      (['up', 'destroy'] as const).map((next) => ({ command: 'up' as const, line: index + 1, moment, next })),
    ),
  );
  const destroy = Array.from({ length: lines.destroy }, (_, index) =>
    moments.map((moment) => ({ command: 'destroy' as const, line: index + 1, moment, next: 'destroy' as const })),
  );
  return [...up, ...destroy].flat();
}

/** Kills the command there, does what comes next, and checks that it ends clean. */
export async function crashAndGoOn(bundles: string, point: CrashPoint): Promise<void> {
  await using desk = await openDesk(bundles);
  const signal = AbortSignal.timeout(60_000);
  if (point.command === 'destroy') {
    await using deployments = await desk.open();
    await deployments.up({ owner: 'ada', signal });
  }
  expect(await runKilled(desk, point)).toBe('SIGKILL');

  await using deployments = await desk.open();
  if (point.next === 'up') {
    await deployments.up({ owner: 'ada', signal });
    expect(await deployments.list()).toHaveLength(1);
    const status = await deployments.status(undefined, signal);
    expect(status).toMatchObject({ state: 'running', director: { user: 'ada' } });
    expect(await readdir(path.join(desk.directory, 'deployments', status.deployment.id, 'cloud', 'vms'))).toHaveLength(
      1,
    );
  }
  await deployments.destroy({ deployment: 'this-computer', signal });
  expect(await deployments.list()).toEqual([]);
  expect(await readdir(path.join(desk.directory, 'deployments'))).toEqual([]);
  using vault = await openVault(desk.directory, { kind: 'keyfile' });
  expect(await vault.list()).toEqual([]);
  await untilNothingRuns(desk.directory);
  const left = (await readdir(desk.directory)).sort();
  expect(left).toEqual(['deployments', 'deployments.json', 'vault.json', 'vault.key']);
}

/** The host answers, closes and ends: a few milliseconds may lie between. */
export async function untilNothingRuns(directory: string): Promise<void> {
  const deadline = performance.now() + 5000;
  while (processesBelow(directory).length > 0 && performance.now() < deadline) await delay(5);
  expect(processesBelow(directory)).toEqual([]);
}

function runKilled(desk: Desk, { command, line, moment }: CrashPoint): Promise<string> {
  const script = fileURLToPath(new URL('crash-child.ts', import.meta.url));
  const child = spawn(
    runtime,
    ['--disable-warning=ExperimentalWarning', script, desk.directory, desk.bundles, command],
    { stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, CONPAAS_CRASH: `up:${line}:${moment}` } },
  );
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
}
