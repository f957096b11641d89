/** The host of a machine is replaced, by real processes that serve, crash or hang; what keeps it running is a loop, as in a container. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readFile, readlink, realpath, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { HostState, incoming, type Program } from '../../core/contract/release.ts';
import { digestFile, writeFileAtomic } from '../../core/files/index.ts';
import { bundle, makeBundles, runtime } from '../stand-in.ts';
import { stateFileOf } from './state.ts';

// Several programs are started in a row, each as slowly as a loaded machine does it.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });
const slowly = { timeout: 60_000 };
const Answer = z.object({
  result: z.object({
    host: z.object({
      release: z.string(),
      good: z.string(),
      previous: z.string().optional(),
      failed: z
        .object({
          release: z.string(),
          attempt: z.number(),
          failure: z.object({ message: z.string(), log: z.array(z.string()).optional() }),
        })
        .optional(),
    }),
    processes: z.array(z.object({ name: z.string(), pid: z.number().optional() })),
  }),
});

let root: string;
let bundles: string;
let directory: string;
let host: ChildProcess | undefined;
let stopped = false;
let keeping: Promise<void>;
let agent: number | undefined;

/** What systemd or the machine's first script does. */
async function keepRunning(): Promise<void> {
  const log = openSync(path.join(directory, 'host.log'), 'a');
  while (!stopped) {
    host = spawn(path.join(bundles, 'node'), [path.join(bundles, 'host.mjs'), '--machine', directory, bundles], {
      stdio: ['ignore', log, log],
    });
    await once(host, 'exit');
  }
  closeSync(log);
}

async function call(method: string, params: unknown): Promise<unknown> {
  const words = [path.join(bundles, 'host.mjs'), '--call', directory, method];
  const child = spawn(path.join(bundles, 'node'), words, { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.write(`${JSON.stringify(params)}\n`);
  return JSON.parse(await text(child.stdout));
}

/** Waits for a host that serves. */
async function machine() {
  let found: z.infer<typeof Answer>['result'] | undefined;
  await expect
    .poll(async () => {
      const answer = Answer.safeParse(await call('get_machine', {}));
      found = answer.data?.result;
      return answer.success;
    }, slowly)
    .toBe(true);
  if (!found) throw new Error('It has just answered.');
  return found;
}

/** A release whose host was brought to the machine. */
async function bring(version: string, source?: string): Promise<Program> {
  const place = path.join(bundles, 'releases', incoming);
  await mkdir(place, { recursive: true });
  const file = path.join(place, 'host.mjs');
  const define = { CONPAAS_VERSION: JSON.stringify(version), CONPAAS_BUILD: JSON.stringify('test') };
  if (source === undefined) await bundle('remote/host/main.ts', file, define);
  else await writeFile(file, source);
  const digest = async (name: string) => (await digestFile(name, undefined)).sha256;
  const node = await digest(path.join(bundles, 'node'));
  return { release: `${version}-test`, files: { 'host.mjs': await digest(file), node }, attempt: 1 };
}

const state = async () => HostState.parse(JSON.parse(await readFile(stateFileOf(directory), 'utf8')));

beforeAll(async () => {
  root = await realpath(await mkdtemp(path.join(os.tmpdir(), 'conpaas-own-program-')));
  bundles = path.join(root, 'programs');
  directory = path.join(root, 'machine');
  await mkdir(directory);
  await makeBundles(bundles);
  await copyFile(runtime, path.join(bundles, 'node'));
  const processes = [{ name: 'agent', bundle: 'agent', bootstrap: {} }];
  await writeFile(path.join(directory, 'machine.json'), JSON.stringify({ name: 'vm-one', processes }));
  keeping = keepRunning();
});
afterAll(async () => {
  await call('set_machine_processes', { processes: [] });
  stopped = true;
  host?.kill('SIGTERM');
  await keeping;
  await rm(root, { recursive: true, force: true });
});

test('one that serves stays, on the Node that came with it, and nothing that it looks after is touched', async () => {
  await expect.poll(async () => (await machine()).processes[0]?.pid, slowly).toBeGreaterThan(0);
  const before = await machine();
  agent = before.processes[0]?.pid;
  expect(before.host).toEqual({ release: '0.0.0-source', good: '0.0.0-source' });
  expect(await call('replace_machine_host', { program: await bring('2.0.0') })).toEqual({ result: {} });
  await expect.poll(async () => (await machine()).host.good, slowly).toBe('2.0.0-test');
  const after = await machine();
  expect(after.host).toEqual({ release: '2.0.0-test', good: '2.0.0-test', previous: '0.0.0-source' });
  expect(after.processes[0]?.pid).toBe(agent);
  expect(await readlink(`/proc/${host?.pid}/exe`)).toBe(path.join(bundles, 'releases/2.0.0-test/node'));
  // It is the same after a boot.
  host?.kill('SIGKILL');
  expect((await machine()).host.release).toBe('2.0.0-test');
});

test('one that dies makes room for the one before', async () => {
  const program = await bring('3.0.0', 'throw new Error("this host is broken");');
  await call('replace_machine_host', { program });
  await expect.poll(async () => (await machine()).host.failed?.release, slowly).toBe('3.0.0-test');
  const { host: facts, processes } = await machine();
  expect(facts).toMatchObject({ release: '2.0.0-test', good: '2.0.0-test', previous: '0.0.0-source' });
  expect(facts.failed?.failure.message).toBe('It has ended 2 times before it served.');
  expect(facts.failed?.failure.log?.join('\n')).toContain('this host is broken');
  expect(processes[0]?.pid).toBe(agent);
});

test('one that hangs is ended by what guards its trial', async () => {
  const program = await bring('4.0.0', 'setInterval(() => undefined, 1e9);');
  await call('replace_machine_host', { program });
  await expect
    .poll(async () => host !== undefined && (await state()).trying?.process?.pid === host.pid, slowly)
    .toBe(true);
  const { trying, ...rest } = await state();
  if (!trying) throw new Error('Its trial is over already.');
  await writeFileAtomic(stateFileOf(directory), JSON.stringify({ ...rest, trying: { ...trying, until: Date.now() } }));
  await expect.poll(async () => (await machine()).host.failed?.release, slowly).toBe('4.0.0-test');
  const { host: facts, processes } = await machine();
  expect(facts).toMatchObject({ release: '2.0.0-test', failed: { failure: { message: 'It did not serve in time.' } } });
  expect(processes[0]?.pid).toBe(agent);
});

test('what is not there is not tried, and the way back leads to what the machine was made with', async () => {
  await call('replace_machine_host', { program: { release: '5.0.0-test', files: {}, attempt: 1 } });
  await expect.poll(async () => (await machine()).host.failed?.release, slowly).toBe('5.0.0-test');
  await call('replace_machine_host', { program: { release: '0.0.0-source', files: {}, attempt: 1 } });
  await expect.poll(async () => (await machine()).host.good, slowly).toBe('0.0.0-source');
  const after = await machine();
  expect(after.host).toEqual({ release: '0.0.0-source', good: '0.0.0-source', previous: '2.0.0-test' });
  expect(after.processes[0]?.pid).toBe(agent);
});
