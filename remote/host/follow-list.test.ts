/** The real host of a machine, with stand-ins for what it starts, follows its list at a director served for real. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { signIntermediate } from '../../main/authority/index.ts';
import type { MachineOrders } from '../core/contract/hosts.ts';
import { VmId } from '../core/contract/ids.ts';
import type { HostBootstrap, MachineList } from '../core/contract/machine-host.ts';
import { incoming, type Program } from '../core/contract/release.ts';
import { Changed, latest } from '../core/events/index.ts';
import { digestFile } from '../core/files/index.ts';
import { startDirector, type TestDirector } from '../core/identity/director.fixture.ts';
import { createTrust, type Trust } from '../core/identity/fixtures.ts';
import {
  type Credentials,
  createIntermediateRequest,
  createIssuer,
  createRequest,
  generateCaKey,
  generateKey,
} from '../core/identity/index.ts';
import { createToken } from '../core/identity/token.ts';
import { placeFile } from '../core/process/index.ts';
import { bundle, makeBundles, runtime } from './stand-in.ts';

const token = createToken();
const patience = { timeout: 25_000 };
let trust: Trust;
let root: string;
let bundles: string;
let directory: string;
let director: TestDirector | undefined;
const hosts: ChildProcess[] = [];
const changed = new Changed();
let orders: MachineOrders;

beforeAll(async () => {
  trust = await createTrust('d-one');
  root = await realpath(await mkdtemp(path.join(os.tmpdir(), 'conpaas-follow-')));
  bundles = path.join(root, 'bundles');
  await makeBundles(bundles);
});
afterEach(async () => {
  tell({ processes: [], renewals: orders.renewals });
  await expect.poll(() => existsSync(home('agent')), patience).toBe(false);
  await Promise.all(hosts.splice(0).map((host) => end(host, 'SIGTERM')));
  await director?.[Symbol.asyncDispose]();
});
afterAll(() => rm(root, { recursive: true, force: true }));

const home = (name: string): string => path.join(directory, 'homes', name);
const processes = (...names: string[]): MachineOrders['processes'] =>
  names.map((name) => ({ name, bundle: 'agent', bootstrap: { marker: name } }));

function tell(next: MachineOrders): void {
  orders = next;
  changed.notify();
}

async function direct(port?: number, credentials?: Credentials): Promise<TestDirector> {
  director = await startDirector({
    trust,
    host: '127.77.9.1',
    ...(port === undefined ? {} : { port }),
    ...(credentials === undefined ? {} : { credentials }),
    tokens: { [token]: { identity: trust.identities.host, expiresAt: undefined } },
    orders: (call) => latest(changed, () => orders, call.signal),
  });
  return director;
}

/** A machine as its user-data leaves it. */
async function machine(address: TestDirector['address']): Promise<string> {
  const made = await mkdtemp(path.join(root, 'machine-'));
  const vm = VmId.parse('vm-one');
  const { deployment } = trust;
  const follow: HostBootstrap = {
    kind: 'host',
    deployment,
    vm,
    director: address,
    roots: [trust.root.certificate],
    token,
  };
  await writeFile(
    path.join(made, 'machine.json'),
    JSON.stringify({ name: vm, processes: [], follow } satisfies MachineList),
  );
  return made;
}

function start(where: string): ChildProcess {
  const log = openSync(path.join(where, 'host.log'), 'a');
  const host = spawn(runtime, [path.join(bundles, 'host.mjs'), '--machine', where, bundles], {
    stdio: ['ignore', log, 'ignore'],
  });
  closeSync(log);
  hosts.push(host);
  return host;
}

async function end(host: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (host.exitCode !== null || host.signalCode !== null) return;
  const ended = once(host, 'exit');
  host.kill(signal);
  await ended;
}

async function pidOf(name: string): Promise<number> {
  const file = path.join(home(name), 'started.json');
  await expect.poll(() => existsSync(file), patience).toBe(true);
  return (JSON.parse(await readFile(file, 'utf8')) as { pid: number }).pid;
}

test('it joins, takes each list, goes on with the last one while the director is away, and comes back to it', async () => {
  tell({ processes: processes('agent'), renewals: 0 });
  const first = await direct();
  directory = await machine(first.address);
  const host = start(directory);
  const agent = await pidOf('agent');
  expect((await stat(path.join(directory, 'identity/key.pem'))).mode & 0o777).toBe(0o600);

  tell({ processes: processes('agent', 'agent-2'), renewals: 0 });
  await pidOf('agent-2');
  expect(await pidOf('agent')).toBe(agent);

  const { port } = first.address;
  await first[Symbol.asyncDispose]();
  await end(host, 'SIGKILL');
  process.kill(await pidOf('agent-2'), 'SIGKILL');
  await rm(path.join(home('agent-2'), 'started.json'));
  start(directory);
  await pidOf('agent-2'); // started again from the list on the disk: nobody else could have told it
  expect(await pidOf('agent')).toBe(agent);

  tell({ processes: processes('agent'), renewals: 0 });
  const second = await direct(port);
  await expect.poll(() => existsSync(home('agent-2')), patience).toBe(false);
  expect(second.calls).toEqual([]); // neither joined nor renewed: what it has is good

  tell({ processes: processes('agent'), renewals: 1 });
  await expect.poll(() => second.calls, patience).toEqual(['renew']);
  const certificate = await readFile(path.join(directory, 'identity/certificate.pem'), 'utf8');
  tell({ processes: processes('agent'), renewals: 2 });
  await expect
    .poll(() => readFile(path.join(directory, 'identity/certificate.pem'), 'utf8'), patience)
    .not.toBe(certificate);
});

/** Of a director that was restored: its intermediate has a higher epoch. */
async function restored(): Promise<Credentials> {
  const { deployment, root: authority } = trust;
  const roots = [authority.certificate];
  const caKey = await generateCaKey();
  const request = await createIntermediateRequest(caKey);
  const certificate = await signIntermediate(authority, request, deployment, { epoch: 2 });
  const issuer = await createIssuer({ key: caKey, certificate, roots, deployment });
  const key = await generateKey();
  const own = await issuer.issue({ kind: 'director', deployment }, await createRequest(key), { lifetimeMs: 3_600_000 });
  return { key, certificate: own.certificate, roots };
}

test('it follows its agent to a director that was restored elsewhere, and no other director to anywhere', async () => {
  tell({ processes: processes('agent'), renewals: 0 });
  const first = await direct();
  directory = await machine(first.address);
  start(directory);
  await pidOf('agent');
  const newer = await restored();
  await first[Symbol.asyncDispose]();

  const place = path.join(home('agent'), placeFile);
  tell({ processes: processes('agent', 'agent-2'), renewals: 0 });
  const posing = await direct();
  await writeFile(place, JSON.stringify({ ...posing.address, epoch: 2 }));
  const log = () => readFile(path.join(directory, 'host.log'), 'utf8');
  await expect.poll(log, patience).toContain('A director that was replaced answered (epoch 1, the newest is 2)');
  expect(existsSync(home('agent-2'))).toBe(false);
  await posing[Symbol.asyncDispose]();

  const second = await direct(undefined, newer);
  await writeFile(place, JSON.stringify({ ...second.address, epoch: 2 }));
  await pidOf('agent-2');
});

test('whoever has read the token of a machine that has joined gets no list, and an alert', async () => {
  tell({ processes: processes('agent'), renewals: 0 });
  const served = await direct();
  directory = await machine(served.address);
  start(directory);
  await pidOf('agent');
  const thief = await machine(served.address);
  start(thief);
  await expect.poll(() => served.alerts.length, patience).toBeGreaterThan(0);
  expect(existsSync(path.join(thief, 'identity/certificate.pem'))).toBe(false);
  expect(existsSync(path.join(thief, 'homes/agent'))).toBe(false);
});

test('it tells which release it is of, becomes the one that its list names, and goes on with its processes', async () => {
  tell({ processes: processes('agent'), renewals: 0 });
  const { address, told } = await direct();
  directory = await machine(address);
  const first = start(directory);
  const agent = await pidOf('agent');
  await expect.poll(() => told.at(-1), patience).toMatchObject({ release: '0.0.0-source', good: '0.0.0-source' });

  // One that nobody has is told as a failure, and this host goes on.
  const lacking: Program = { release: '9.0.0-test', files: {}, attempt: 1 };
  tell({ processes: processes('agent'), renewals: 0, host: lacking });
  const failed = { release: '9.0.0-test', attempt: 1, failure: { code: 'not_found' } };
  await expect.poll(() => told.at(-1), patience).toMatchObject({ release: '0.0.0-source', failed });

  const file = path.join(bundles, 'releases', incoming, 'host.mjs');
  await mkdir(path.dirname(file), { recursive: true });
  const define = { CONPAAS_VERSION: JSON.stringify('2.0.0'), CONPAAS_BUILD: JSON.stringify('test') };
  await bundle('remote/host/main.ts', file, define);
  const { sha256 } = await digestFile(file, undefined);
  const ended = once(first, 'exit');
  tell({
    ...{ processes: processes('agent'), renewals: 0 },
    host: { release: '2.0.0-test', files: { 'host.mjs': sha256 }, attempt: 1 },
  });
  await ended;
  start(directory);
  await expect.poll(() => told.at(-1), patience).toMatchObject({ release: '2.0.0-test', good: '2.0.0-test' });
  expect(await pidOf('agent')).toBe(agent);
});
