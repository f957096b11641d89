/** A machine that changes the release of a process: real processes that serve, crash or hang; nothing else is made up. */
import { createHash } from 'node:crypto';
import { closeSync, openSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type HostProcess, VmId } from '../core/contract/index.ts';
import { programMethods } from '../core/contract/programs.ts';
import { type Program, ProgramState } from '../core/contract/release.ts';
import { createTrust } from '../core/identity/fixtures.ts';
import { type RpcServer, serve } from '../core/rpc/index.ts';
import { programHandlers } from '../director/program-handlers.ts';
import { createMachine, type Machine } from './machine.ts';

const serves = (release: string) => `
import { writeFileSync, renameSync } from 'node:fs';
const home = process.argv[2];
writeFileSync(home + '/serving.new', JSON.stringify({ release: '${release}', version: '1.0.0', contract: 1, pid: process.pid }));
renameSync(home + '/serving.new', home + '/serving.json');
process.on('SIGTERM', () => process.exit(0));
setInterval(() => undefined, 1e9);
`;
const crashes = `console.error('the new one is broken'); process.exit(3);`;
const hangs = `process.on('SIGTERM', () => process.exit(0)); setInterval(() => undefined, 1e9);`;

let base: string;
let directory: string;
let nothing: number;
let machine: Machine;
let director: RpcServer;
const served = new Map<string, string>();

beforeAll(async () => {
  base = await mkdtemp(path.join(os.tmpdir(), 'conpaas-switch-'));
  nothing = openSync('/dev/null', 'r');
  const trust = await createTrust('d-switch');
  const file = (sha256: string) => served.get(sha256) ?? '';
  const sizeOf = (name: string) => statSync(name).size;
  director = await serve({
    role: 'director',
    product: '1.0.0',
    table: programMethods,
    handlers: programHandlers(path.join(base, 'director'), async () =>
      [...served.keys()].map((sha256) => ({
        name: 'agent.mjs',
        path: file(sha256),
        size: sizeOf(file(sha256)),
        sha256,
      })),
    ),
    listen: { host: '127.0.72.1', port: 0 },
    tls: { credentials: await trust.credentials(trust.identities.director) },
    authorize: () => undefined,
    identify: () => undefined,
    spool: path.join(base, 'spool'),
    log: () => undefined,
  });
});
afterAll(async () => {
  await director[Symbol.asyncDispose]();
  closeSync(nothing);
  await rm(base, { recursive: true, force: true });
});

let count = 0;
beforeEach(async () => {
  count += 1;
  directory = path.join(base, String(count));
  await mkdir(path.join(directory, 'bundles'), { recursive: true });
  machine = open();
});
afterEach(async () => {
  await machine.settle('gone', nothing);
  await machine[Symbol.asyncDispose]();
});

function open(): Machine {
  return createMachine(
    {
      ...{ id: VmId.parse('vm-one'), name: 'one', address: '127.0.0.1', tags: {}, createdAt: 0, destroying: false },
      processes: [],
    },
    {
      directory: path.join(directory, 'vm'),
      supervised: path.join(directory, 'supervised'),
      compiled: path.join(directory, 'compiled'),
      store: { releases: path.join(directory, 'releases'), bundles: path.join(directory, 'bundles') },
      limits: { serveMs: 3000, steadyMs: 50 },
      fresh: false,
      log: () => undefined,
    },
  );
}

/** A release of an agent, among the bundles that the machine was made with, or at the director. */
async function make(release: string, source: string, where: 'bundles' | 'director' = 'bundles'): Promise<Program> {
  const sha256 = createHash('sha256').update(source).digest('hex');
  const file = path.join(directory, where, 'agent.mjs');
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, source);
  if (where === 'director') served.set(sha256, file);
  return { release, files: { 'agent.mjs': sha256 }, attempt: 1 };
}

async function want(program: Program): Promise<void> {
  const process: HostProcess = {
    ...{ name: 'agent', bundle: 'agent', program },
    bootstrap: { director: { host: '127.0.72.1', port: director.port } },
  };
  machine.record = { ...machine.record, processes: [process] };
  await machine.settle('on', nothing);
}

const home = (name: string) => path.join(directory, 'vm/agent', name);
const read = async (name: string): Promise<unknown> =>
  JSON.parse(await readFile(home(name), 'utf8').catch(() => 'null'));
const state = async () => ProgramState.parse(await read('program.json'));
const running = () => machine.info().processes[0];
const servingPid = async () => ((await read('serving.json')) as { pid: number } | null)?.pid;
const untilServes = (release: string) =>
  expect
    .poll(
      async () => {
        const told = (await read('serving.json')) as { release: string; pid: number } | null;
        return told?.pid === running()?.pid ? told?.release : undefined;
      },
      { timeout: 10_000 },
    )
    .toBe(release);

test('another release takes over once it serves; the one before is kept for the way back', async () => {
  const first = await make('1.0.0-a', serves('1.0.0-a'));
  await want(first);
  await untilServes('1.0.0-a');
  expect(await state()).toEqual({ good: '1.0.0-a' });
  const second = await make('1.1.0-b', serves('1.1.0-b'), 'director');
  await want(second);
  await expect.poll(state, { timeout: 10_000 }).toEqual({ good: '1.1.0-b', previous: '1.0.0-a' });
  await untilServes('1.1.0-b');
  // The same again changes nothing.
  const pid = await servingPid();
  await want(second);
  expect(running()?.pid).toBe(pid);
  await want(first);
  await expect.poll(state, { timeout: 10_000 }).toEqual({ good: '1.0.0-a', previous: '1.1.0-b' });
  await untilServes('1.0.0-a');
});

test.each([
  ['crashes at its start', crashes, /ended with exit code 3/, 'the new one is broken'],
  ['never serves', hangs, /did not serve within 3 s/, undefined],
])('one that %s is replaced by the one before, and not tried again unless it is asked for', async (...story) => {
  const [, source, message, line] = story;
  const first = await make('1.0.0-a', serves('1.0.0-a'));
  await want(first);
  await untilServes('1.0.0-a');
  const broken = await make('1.1.0-b', source);
  await want(broken);
  await expect.poll(async () => (await state()).failed?.failure.message, { timeout: 20_000 }).toMatch(message);
  const { good, failed } = await state();
  expect(good).toBe('1.0.0-a');
  if (line) expect(failed?.failure.log).toContain(line);
  await untilServes('1.0.0-a');
  const pid = await servingPid();
  await want(broken);
  expect(running()?.pid).toBe(pid);

  // The same release may be whole now: it is tried again when that is asked for.
  await rm(path.join(directory, 'releases/1.1.0-b'), { recursive: true });
  await want({ ...(await make('1.1.0-b', serves('1.1.0-b'))), attempt: 2 });
  await expect.poll(state, { timeout: 10_000 }).toEqual({ good: '1.1.0-b', previous: '1.0.0-a' });
});

test('one that nobody has is not even tried: what runs goes on', async () => {
  await want(await make('1.0.0-a', serves('1.0.0-a')));
  await untilServes('1.0.0-a');
  const pid = await servingPid();
  await want({ release: '1.1.0-b', files: { 'agent.mjs': '0'.repeat(64) }, attempt: 1 });
  await expect.poll(async () => (await state()).failed?.failure.message).toMatch(/director does not have this agent/);
  expect(running()?.pid).toBe(pid);
});

test('a host that ends in the middle goes on with the trial in its next life', async () => {
  await want(await make('1.0.0-a', serves('1.0.0-a')));
  await untilServes('1.0.0-a');
  const slow = `${serves('1.1.0-b').replace(/^writeFileSync/m, 'await new Promise((r) => setTimeout(r, 1000)); writeFileSync')}`;
  const second = await make('1.1.0-b', slow);
  await want(second);
  const before = running()?.pid;
  await expect.poll(() => running()?.pid, { timeout: 10_000 }).not.toBe(before);
  await machine[Symbol.asyncDispose]();
  expect(await state()).toEqual({ good: '1.0.0-a' });
  machine = open();
  await want(second);
  await expect.poll(state, { timeout: 10_000 }).toEqual({ good: '1.1.0-b', previous: '1.0.0-a' });
});

test('what changes its mind in the middle of a trial gets what it wants last', async () => {
  const first = await make('1.0.0-a', serves('1.0.0-a'));
  await want(first);
  await untilServes('1.0.0-a');
  await want(await make('1.1.0-b', hangs));
  await want(first);
  await untilServes('1.0.0-a');
  expect(await state()).toEqual({ good: '1.0.0-a' });
  await machine.settle('off', nothing);
  expect(running()?.state).toBe('stopped');
  await want(first);
  await untilServes('1.0.0-a');
});
