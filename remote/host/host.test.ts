import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, readlinkSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Cloud } from '../core/clouds/index.ts';
import { createLocalCloud, hostSocket } from '../core/clouds/local/index.ts';
import { type HostProcess, type HostVm, hostMethods, VmId } from '../core/contract/index.ts';
import { connect } from '../core/rpc/index.ts';
import { identify, isAlive, listProcesses, type ProcessIdentity } from '../core/supervisor/index.ts';
import { claimPort } from './claim.ts';
import { makeAgentWithEngine, makeBundles, runtime } from './stand-in.ts';

const signal = new AbortController().signal;
const deployment = 'd-host-test';
const tags = { deployment, application: 'app-one', operation: 'op-one' };
const agent: HostProcess = { name: 'agent', bundle: 'agent', bootstrap: {} };

let base: string;
let idle: string;
let engines: string;
const opened: { cloud: Cloud; directory: string }[] = [];

beforeAll(async () => {
  base = await mkdtemp(path.join(os.tmpdir(), 'conpaas-host-'));
  idle = path.join(base, 'idle');
  engines = path.join(base, 'engines');
  await Promise.all([makeBundles(idle), makeBundles(engines)]);
  await makeAgentWithEngine(engines);
});
afterEach(async () => {
  for (const { cloud, directory } of opened.splice(0)) {
    for (const vm of await cloud.listVms(signal)) await cloud.destroyVm(vm.id, signal);
    await cloud.retire(signal);
    await cloud[Symbol.asyncDispose]();
    await until('nothing of it runs', () => (processesIn(directory).length === 0 ? true : undefined));
  }
});
afterAll(() => rm(base, { recursive: true, force: true }));

let count = 0;
function open(bundles: string, name?: string): { cloud: Cloud; directory: string } {
  count += 1;
  const directory = path.join(base, name ?? `deployment-${count}`);
  const subject = { cloud: createLocalCloud({ directory, bundles, runtime, deployment }), directory };
  opened.push(subject);
  return subject;
}

/** The host's own view, with process ids. */
async function inspect(directory: string): Promise<readonly HostVm[]> {
  using socket = hostSocket(directory);
  await using host = connect(hostMethods, { address: { socket: socket.path } });
  return await host.call('list_vms', {});
}

async function until<T>(what: string, probe: () => Promise<T | undefined> | T | undefined, ms = 20_000): Promise<T> {
  const deadline = performance.now() + ms;
  for (;;) {
    const value = await probe();
    if (value !== undefined) return value;
    if (performance.now() > deadline) throw new Error(`not within ${ms} ms: ${what}`);
    await delay(10);
  }
}

/** Living processes that work below a directory: host, control processes and engines. */
function processesIn(directory: string): number[] {
  const found: number[] = [];
  for (const { pid } of listProcesses()) {
    const cwd = readlinkOf(`/proc/${pid}/cwd`);
    if (cwd === directory || cwd?.startsWith(`${directory}/`)) found.push(pid);
  }
  return found;
}

function readlinkOf(link: string): string | undefined {
  try {
    return readlinkSync(link);
  } catch {
    return undefined; // the process has ended meanwhile
  }
}

async function hostPid(directory: string): Promise<number> {
  const log = await readFile(path.join(directory, 'host.log'), 'utf8');
  return Number(/host (\d+) serves/g.exec(log.slice(log.lastIndexOf('host ', log.lastIndexOf(' serves'))))?.[1]);
}

function identityOf(pid: number | undefined): ProcessIdentity {
  const identity = pid === undefined ? undefined : identify(pid);
  if (!identity) throw new Error(`no process ${pid}`);
  return identity;
}

async function killHost(directory: string): Promise<void> {
  const host = identityOf(await hostPid(directory));
  process.kill(host.pid, 'SIGKILL');
  await until('the host is dead', () => (isAlive(host) ? undefined : true));
}

async function started(vm: { directory: string }, file = 'agent/started.json'): Promise<Record<string, number>> {
  const name = path.join(vm.directory, file);
  return until(`${file} is there`, () => (existsSync(name) ? JSON.parse(readFileSync(name, 'utf8')) : undefined));
}

function listenOn(host: string, port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ host, port, exclusive: true }, () => resolve(server));
  });
}

function closed(server: Server): Promise<unknown> {
  return new Promise((resolve) => server.close(resolve));
}

function networkOf(address: string | undefined): number {
  return Number(address?.split('.')[1]);
}

describe('the local host', () => {
  test('one that starts after its deployment was destroyed ends at once, and makes no new place for itself', async () => {
    const directory = path.join(base, 'destroyed');
    const host = spawn(runtime, [path.join(idle, 'host.mjs'), directory, idle], { stdio: 'ignore' });
    const [code] = await once(host, 'exit');
    expect(code).toBe(0);
    expect(existsSync(directory)).toBe(false);
  });

  test('one whose directory is removed, or moved away, has nothing to look after and ends', async () => {
    for (const takeAway of [
      (directory: string) => rm(directory, { recursive: true, force: true, maxRetries: 5 }),
      (directory: string) => rename(directory, `${directory}.aside`),
    ]) {
      const { cloud, directory } = open(idle);
      await cloud.check(signal);
      const host = identityOf(await hostPid(directory));
      await takeAway(directory);
      await until('the host has ended', () => (isAlive(host) ? undefined : true));
      opened.pop();
      await cloud[Symbol.asyncDispose]();
    }
  });

  test('one that is woken while its deployment is switched off, and is asked for nothing, ends by itself', async () => {
    const { cloud, directory } = open(idle);
    const { id } = await cloud.createVm({ name: 'one', tags, processes: [agent] }, signal);
    await cloud.power(false, signal);
    await until('nothing of it runs', () => (processesIn(directory).length === 0 ? true : undefined));
    await cloud.wake(signal);
    const woken = identityOf(await hostPid(directory));
    expect(isAlive(woken)).toBe(true);
    await until('the host has ended', () => (isAlive(woken) ? undefined : true));
    // Whoever wants something of it starts it again, and nothing is lost.
    expect(await cloud.listVms(signal)).toMatchObject([{ id, state: 'stopped' }]);
    await cloud.power(true, signal);
    expect(await cloud.listVms(signal)).toMatchObject([{ id, state: 'running' }]);
  });

  test('sixty VMs at once, each with an address and a process of its own', async () => {
    const { cloud, directory } = open(idle);
    const names = Array.from({ length: 60 }, (_, index) => `vm-${index}`);
    const vms = await Promise.all(names.map((name) => cloud.createVm({ name, tags, processes: [agent] }, signal)));
    expect(new Set(vms.map((vm) => vm.address)).size).toBe(60);
    expect(vms.every((vm) => vm.state === 'running')).toBe(true);
    for (const vm of await inspect(directory)) await started(vm);
    await Promise.all(vms.map((vm) => cloud.destroyVm(vm.id, signal)));
    expect(await readdir(path.join(directory, 'vms'))).toEqual([]);
    expect(processesIn(path.join(directory, 'vms'))).toEqual([]);
  }, 120_000);

  test('killed, it leaves its VMs running; the next call starts it and it adopts them', async () => {
    const { cloud, directory } = open(idle);
    const names = ['one', 'two'];
    await Promise.all(names.map((name) => cloud.createVm({ name, tags, processes: [agent] }, signal)));
    const before = await inspect(directory);
    for (const vm of before) await started(vm);
    const agents = before.map((vm) => identityOf(vm.processes[0]?.pid));
    await killHost(directory);
    expect(agents.every(isAlive)).toBe(true);
    expect(await cloud.listVms(signal)).toHaveLength(2);
    const after = await inspect(directory);
    expect(after.map((vm) => vm.processes[0]?.pid).sort()).toEqual(agents.map(({ pid }) => pid).sort());
    // An adopted process is watched too.
    process.kill(agents[0]?.pid ?? 0, 'SIGKILL');
    await until('it is started again', async () => {
      const now = (await inspect(directory)).map((vm) => vm.processes[0]);
      return now.every((each) => each?.pid !== undefined && each.pid !== agents[0]?.pid) ? now : undefined;
    });
  });

  test('a control process that dies is back at once', async () => {
    const { cloud, directory } = open(idle);
    const begun = performance.now();
    await cloud.createVm({ name: 'one', tags, processes: [agent] }, signal);
    const [vm] = await inspect(directory);
    if (!vm) throw new Error('no VM');
    const first = await started(vm);
    const killed = performance.now();
    process.kill(first['pid'] ?? 0, 'SIGKILL');
    await until('another process', async () => {
      const pid = (await inspect(directory))[0]?.processes[0]?.pid;
      return pid !== undefined && pid !== first['pid'] ? pid : undefined;
    });
    // After 50 ms of back-off, which is less than all of a machine's start takes.
    expect((performance.now() - killed) / (killed - begun)).toBeLessThan(3);
  });

  test('two deployments live side by side, and several drivers start one host', async () => {
    const first = open(idle);
    const second = open(idle);
    const third = createLocalCloud({ directory: second.directory, bundles: idle, runtime, deployment });
    const vms = await Promise.all(
      [first.cloud, second.cloud, third].map((cloud) =>
        cloud.createVm({ name: 'same-name', tags, processes: [agent] }, signal),
      ),
    );
    expect(vms[1]?.id).toBe(vms[2]?.id);
    expect(networkOf(vms[0]?.address)).not.toBe(networkOf(vms[1]?.address));
    expect(await first.cloud.listVms(signal)).toHaveLength(1);
    await third[Symbol.asyncDispose]();
  });

  test('destroying a VM ends its engines too, and removes all of it', async () => {
    const { cloud, directory } = open(engines);
    const vm = await cloud.createVm({ name: 'one', tags, processes: [agent] }, signal);
    const [info] = await inspect(directory);
    if (!info) throw new Error('no VM');
    const pids = await started(info, 'agent/engine.json');
    const all = [identityOf(pids['agent']), identityOf(pids['engine'])];
    await cloud.destroyVm(vm.id, signal);
    expect(all.some(isAlive)).toBe(false);
    expect(existsSync(info.directory)).toBe(false);
    expect(await readdir(path.join(directory, 'records'))).toEqual([]);
    expect(await readdir(path.join(directory, 'supervised'))).toEqual([]);
  });

  test('a destruction cut short goes on at the next start', async () => {
    const { cloud, directory } = open(engines);
    const vm = await cloud.createVm({ name: 'one', tags, processes: [agent] }, signal);
    const [info] = await inspect(directory);
    if (!info) throw new Error('no VM');
    const pids = await started(info, 'agent/engine.json');
    const engine = identityOf(pids['engine']);
    await killHost(directory);
    const record = path.join(directory, 'records', `${vm.id}.json`);
    await writeFile(record, JSON.stringify({ ...JSON.parse(await readFile(record, 'utf8')), destroying: true }));
    expect(await cloud.listVms(signal)).toEqual([]);
    await until('all of it is gone', () => (existsSync(record) || existsSync(info.directory) ? undefined : true));
    expect(isAlive(engine)).toBe(false);
  });

  test('off ends everything, host and engines too, and is remembered; on brings it back with its data', async () => {
    const { cloud, directory } = open(engines);
    const vm = await cloud.createVm({ name: 'one', tags, processes: [agent] }, signal);
    const [info] = await inspect(directory);
    if (!info) throw new Error('no VM');
    await started(info, 'agent/engine.json');
    await cloud.power(false, signal);
    await until('nothing runs', async () => (processesIn(directory).length === 0 ? true : undefined));
    const [off] = await cloud.listVms(signal); // starts the host, and nothing else
    expect(off).toMatchObject({ id: vm.id, state: 'stopped', address: vm.address });
    expect(processesIn(path.join(directory, 'vms'))).toEqual([]);
    await rm(path.join(info.directory, 'agent/engine.json'));
    await cloud.power(true, signal);
    await started(info, 'agent/engine.json');
    expect((await cloud.listVms(signal))[0]).toMatchObject({ id: vm.id, state: 'running', address: vm.address });
  });

  test('after a reboot (all killed, another boot id on record) any call starts what should run', async () => {
    const { cloud, directory } = open(engines);
    await cloud.createVm({ name: 'one', tags, processes: [agent] }, signal);
    const [before] = await inspect(directory);
    if (!before) throw new Error('no VM');
    const old = await started(before, 'agent/engine.json');
    await killHost(directory);
    for (const pid of processesIn(directory)) process.kill(pid, 'SIGKILL');
    await until('nothing runs', async () => (processesIn(directory).length === 0 ? true : undefined));
    for (const folder of [
      path.join(directory, 'supervised', before.id),
      path.join(before.directory, 'agent/supervisor'),
    ]) {
      for (const name of await readdir(folder)) {
        if (!name.endsWith('.json')) continue;
        const file = path.join(folder, name);
        const text = await readFile(file, 'utf8');
        await writeFile(file, text.replaceAll(/"bootId":"[^"]*"/g, '"bootId":"of-an-earlier-boot"'));
      }
    }
    await rm(path.join(before.directory, 'agent/engine.json'));
    const [after] = await cloud.listVms(signal);
    expect(after).toMatchObject({ id: before.id, state: 'running', address: before.address });
    const fresh = await started(before, 'agent/engine.json');
    expect(fresh['agent']).not.toBe(old['agent']);
  });

  test('the claim on the network outlives a killed host in its VMs, and keeps others away', async () => {
    const { cloud, directory } = open(idle);
    const vm = await cloud.createVm({ name: 'one', tags, processes: [agent] }, signal);
    const [info] = await inspect(directory);
    if (!info) throw new Error('no VM');
    await started(info);
    const claimAddress = `127.${networkOf(vm.address)}.255.254`;
    await killHost(directory);
    await expect(listenOn(claimAddress, claimPort)).rejects.toThrow('EADDRINUSE');
    const next = await cloud.createVm({ name: 'two', tags, processes: [agent] }, signal);
    expect(networkOf(next.address)).toBe(networkOf(vm.address));
  });

  test('a network that another program has claimed is an error that names it; its end is noticed', async () => {
    const { cloud, directory } = open(idle);
    const vm = await cloud.createVm({ name: 'one', tags, processes: [agent] }, signal);
    await cloud.power(false, signal);
    const foreign = await listenOn(`127.${networkOf(vm.address)}.255.254`, claimPort);
    await cloud.power(true, signal);
    const [failed] = await cloud.listVms(signal);
    expect(failed?.state).toBe('failed');
    expect(failed?.cause).toContain(`pid ${process.pid}`);
    await closed(foreign);
    await until('it runs', async () => ((await cloud.listVms(signal))[0]?.state === 'running' ? true : undefined));
    await started((await inspect(directory))[0] ?? { directory: '' });
  });

  test('a directory too deep for the path of a socket works all the same', async () => {
    const { cloud, directory } = open(idle, path.join('deep'.repeat(20), 'deeper'.repeat(10)));
    await cloud.createVm({ name: 'one', tags, processes: [agent] }, signal);
    const [info] = await inspect(directory);
    await started(info ?? { directory: '' });
    const socket = await stat(path.join(directory, 'host.sock'));
    expect(socket.mode & 0o777).toBe(0o600);
  });

  test('first contact never follows a link that a process of the VM has laid', async () => {
    const { cloud, directory } = open(idle);
    const vm = await cloud.createVm({ name: 'one', tags, processes: [agent] }, signal);
    const [info] = await inspect(directory);
    if (!info) throw new Error('no VM');
    await started(info);
    const outside = path.join(base, 'outside');
    await writeFile(outside, 'secret');
    await symlink(outside, path.join(info.directory, 'agent/link'));
    await symlink(base, path.join(info.directory, 'agent/folder'));
    await using contact = await cloud.contact(vm.id, signal);
    await expect(contact.readFile('agent/link', signal)).rejects.toThrow('leads through a link');
    await expect(contact.readFile('agent/folder/outside', signal)).rejects.toThrow('leads through a link');
    await expect(contact.writeFile('agent/folder/new', 'x', signal)).rejects.toThrow('leads through a link');
    await contact.writeFile('agent/link', 'replaced', signal);
    expect(await readFile(outside, 'utf8')).toBe('secret');
  });

  test('a host that cannot start says why', async () => {
    const broken = path.join(base, 'broken');
    await makeBundles(broken);
    await writeFile(path.join(broken, 'host.mjs'), 'throw new Error("out of order")');
    const cloud = createLocalCloud({ directory: path.join(base, 'never'), bundles: broken, runtime });
    const failure = await cloud.listVms(signal).catch((error: unknown) => error);
    expect(failure).toMatchObject({ failure: { code: 'cloud_failed' } });
    expect(JSON.stringify(failure)).toContain('out of order');
    await cloud[Symbol.asyncDispose]();
  });

  test('a second host of a directory ends by itself', async () => {
    const { cloud, directory } = open(idle);
    await cloud.check(signal);
    const second = spawn(runtime, [path.join(idle, 'host.mjs'), directory, idle], { stdio: 'ignore' });
    expect(await new Promise((resolve) => second.once('exit', resolve))).toBe(0);
    await cloud.destroyVm(VmId.parse('vm-none'), signal);
  });
});
