/** The records of the QEMU driver with real machines that have nothing to boot: their firmware looks for a system for ever. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runtime } from '../../../host/stand-in.ts';
import { DeploymentId } from '../../contract/ids.ts';
import { identify } from '../../supervisor/proc.ts';
import { describeRecords, recordsOf } from '../conformance.ts';
import { createMachineCloud } from '../machines/machine-cloud.ts';
import type { Provider } from '../machines/provider.ts';
import { describeCloudVolumes, describeVolumes } from '../volume-conformance.ts';
import { imageFile } from './image.ts';
import { processOf } from './machine-process.ts';
import { tellMonitor } from './monitor.ts';
import { refuseWithoutPorts } from './ports.ts';
import { diskTool, runTool } from './programs.ts';
import { createQemuProvider } from './qemu-provider.ts';
import { findByName } from './record.ts';

const never = new AbortController().signal;
const userData = '#!/bin/sh\n';
const own = 'd-own';
const tags = { deployment: own, application: 'app-one', operation: 'op-one' };

/** A place for machines, with a disk that is empty. */
async function openPlace(): Promise<AsyncDisposable & { directory: string; open(deployment: string): Provider }> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'conpaas-qemu-'));
  const image = path.join(directory, 'image');
  await mkdir(image);
  await runTool(diskTool, ['create', '-q', '-f', 'qcow2', 'disk.qcow2', '1M'], image, never);
  await writeFile(path.join(image, imageFile), JSON.stringify({ madeAt: 1, disk: 'disk.qcow2' }));
  const open = (deployment: string): Provider =>
    createQemuProvider({ deployment: DeploymentId.parse(deployment), directory, image, acceleration: 'none' });
  return {
    directory,
    open,
    async [Symbol.asyncDispose]() {
      for (const deployment of await open(own).deployments(never)) {
        const provider = open(deployment);
        for (const { id } of await provider.listServers(never)) await provider.destroyServer(id, never);
      }
      await rm(directory, { recursive: true, force: true });
    },
  };
}
type Place = Awaited<ReturnType<typeof openPlace>>;

describeRecords('qemu, with nothing to boot', async () => {
  const place = await openPlace();
  return {
    deployment: own,
    open: (deployment) => recordsOf(place.open(deployment)),
    [Symbol.asyncDispose]: () => place[Symbol.asyncDispose](),
  };
});

describeVolumes('qemu, with nothing to boot', async () => {
  const place = await openPlace();
  const { volumes } = place.open(own);
  if (!volumes) throw new Error('QEMU has volumes');
  return {
    ...{ deployment: own, attachMs: 30_000 },
    open: (deployment) => recordsOf(place.open(deployment)),
    volumes: () => volumes,
    [Symbol.asyncDispose]: () => place[Symbol.asyncDispose](),
  };
});

describeCloudVolumes('qemu, with nothing to boot', async () => {
  const place = await openPlace();
  const director = { host: '10.90.0.1', port: 5555 };
  const source = { kind: 'fetch', programs: async () => [], director } as const;
  return {
    ...{ deployment: own, bootMs: 60_000 },
    open: (deployment) => createMachineCloud({ provider: place.open(deployment), source }),
    [Symbol.asyncDispose]: () => place[Symbol.asyncDispose](),
  };
});

describe('processes of machines', () => {
  let place: Place;
  let provider: Provider;
  beforeAll(async () => {
    place = await openPlace();
    provider = place.open(own);
  });
  afterAll(() => place[Symbol.asyncDispose]());

  const found = async (id: string) => (await provider.listServers(never)).find((one) => one.id === id);
  const pidOf = async (name: string): Promise<number> => {
    const placed = await findByName(place.directory, own, name);
    const pid = placed && processOf(placed)?.pid;
    if (pid === undefined) throw new Error(`${name} does not run`);
    return pid;
  };

  test('outlive the process that has made them, and another one lists and destroys them with all they have', async () => {
    const module = path.join(import.meta.dirname, 'qemu-provider.ts');
    const settings = { deployment: own, directory: place.directory, image: path.join(place.directory, 'image') };
    const script = `
      import { createQemuProvider } from ${JSON.stringify(module)};
      const provider = createQemuProvider(${JSON.stringify({ ...settings, acceleration: 'none' })});
      await provider.createServer({ name: 'left', tags: ${JSON.stringify(tags)}, userData: '' }, new AbortController().signal);
      process.kill(process.pid, 'SIGKILL');
    `;
    const words = ['--disable-warning=ExperimentalWarning', '--input-type=module-typescript', '--eval', script];
    const [, signal] = await once(spawn(runtime, words, { stdio: 'inherit' }), 'exit');
    expect(signal).toBe('SIGKILL');
    const [left] = await provider.listServers(never);
    expect(left).toMatchObject({ name: 'left', state: 'running', tags });
    const pid = await pidOf('left');
    await provider.destroyServer(left?.id ?? '', never);
    expect(identify(pid)).toBeUndefined();
    expect(await readdir(path.join(place.directory, 'deployments', own, 'machines'))).toEqual([]);
    expect(await readdir(path.join(place.directory, 'deployments', own, 'ended'))).toEqual([]);
  });

  test('are forwarded their ports from a loopback address of their own, and those alone', async () => {
    const one = await provider.createServer({ name: 'one', tags, userData }, never);
    const two = await provider.createServer({ name: 'two', tags, userData }, never);
    expect(one.publicAddress).toMatch(/^127\./);
    expect(new Set([one.publicAddress, two.publicAddress, one.privateAddress, two.privateAddress]).size).toBe(4);
    const binds = async (host: string | undefined, port: number): Promise<boolean> => {
      const server = createServer();
      const listening = once(server, 'listening');
      server.listen({ host, port });
      try {
        await listening;
        return true;
      } catch {
        return false;
      } finally {
        server.close();
      }
    };
    const ports = [22, 80, 443, 5555, 3306, 8080];
    expect(await Promise.all(ports.map((port) => binds(one.publicAddress, port)))).toEqual([
      ...[false, false, false, false],
      ...[true, true],
    ]);
    for (const { id } of [one, two]) await provider.destroyServer(id, never);
  });

  test('that ended with the computer are started again, those that were switched off are not', async () => {
    const lost = await provider.createServer({ name: 'lost', tags, userData }, never);
    process.kill(await pidOf('lost'), 'SIGKILL');
    await expect.poll(async () => (await found(lost.id))?.state).toBe('stopped');
    await provider.wake?.(never);
    expect((await found(lost.id))?.state).toBe('running');
    const first = await pidOf('lost');
    await provider.wake?.(never);
    expect(await pidOf('lost')).toBe(first);
    await provider.reboot(lost.id, never);
    expect(await pidOf('lost')).toBe(first);
    await provider.destroyServer(lost.id, never);
  });

  test('have their volumes again when they start again, and give them back when they are destroyed', async () => {
    const { volumes } = provider;
    if (!volumes) throw new Error('QEMU has volumes');
    const { id } = await provider.createServer({ name: 'holder', tags, userData }, never);
    const volume = await volumes.create({ name: 'kept', tags, sizeGb: 1 }, never);
    await volumes.attach(volume.id, id, never);
    const directory = path.join(place.directory, 'deployments', own, 'machines', 'holder');
    /** Whether QEMU itself says that the machine has the disk. */
    const has = async (): Promise<boolean> => {
      const list = { execute: 'qom-list', arguments: { path: '/machine/peripheral' } } as const;
      return JSON.stringify(await tellMonitor(directory, list, never)).includes(volume.id);
    };
    expect(await has()).toBe(true);
    // QEMU locks the file: nobody else writes to it meanwhile.
    const disk = path.join(place.directory, 'deployments', own, 'volumes', 'kept', 'disk.raw');
    expect((await runTool('qemu-io', ['-f', 'raw', '-c', 'write 0 1k', disk], '/', never)).errors).toMatch(/lock/);
    process.kill(await pidOf('holder'), 'SIGKILL');
    await expect.poll(async () => (await found(id))?.state).toBe('stopped');
    await provider.power(id, true, never);
    expect(await has()).toBe(true);
    await volumes.detach(volume.id, never);
    expect(await has()).toBe(false);
    await volumes.attach(volume.id, id, never);
    await expect(volumes.destroy(volume.id, never)).rejects.toMatchObject({ code: 'conflict' });
    await provider.destroyServer(id, never);
    expect(await volumes.list(never)).toMatchObject([{ name: 'kept', state: 'available', attachedTo: undefined }]);
    // A deployment that has nothing but a volume is still one.
    expect(await provider.deployments(never)).toEqual([own]);
    await volumes.destroy(volume.id, never);
    expect(await readdir(path.join(place.directory, 'deployments', own, 'volumes'))).toEqual([]);
  });

  test('that cannot be started say why, and are destroyed like any other', async () => {
    const broken = await provider.createServer({ name: 'broken', tags, userData }, never);
    process.kill(await pidOf('broken'), 'SIGKILL');
    await expect.poll(async () => (await found(broken.id))?.state).toBe('stopped');
    await rm(path.join(place.directory, 'deployments', own, 'machines', 'broken', 'disk.qcow2'));
    await expect(provider.power(broken.id, true, never)).rejects.toThrow(/QEMU did not start the machine.*disk\.qcow2/);
    expect(await found(broken.id)).toMatchObject({ state: 'failed', cause: expect.stringContaining('disk.qcow2') });
    await provider.destroyServer(broken.id, never);
    expect(await found(broken.id)).toBeUndefined();
  });

  test('a sweep sees machines and volumes, and a deployment that is retired leaves nothing', async () => {
    await using cloud = createMachineCloud({ provider, source: { kind: 'copy', programs: async () => [] } });
    await provider.createServer({ name: 'swept', tags, userData }, never);
    await provider.volumes?.create({ name: 'data', tags, sizeGb: 1 }, never);
    const things = await cloud.tagged(never);
    expect(things).toMatchObject([
      { kind: 'machine', name: 'swept', tags },
      { kind: 'volume', name: 'data', tags },
    ]);
    expect(await cloud.deployments(never)).toEqual([own]);
    for (const thing of things) await cloud.removeTagged(thing, never);
    await cloud.retire(never);
    expect(await readdir(path.join(place.directory, 'deployments'))).toEqual([]);
  });
});

describe('a computer that cannot have machines says what to do', () => {
  test.each([
    [0, 1024, undefined],
    [1000, 22, undefined],
    [1000, 1024, /sudo sysctl -w net.ipv4.ip_unprivileged_port_start=22/],
  ])('user %i, ports free from %i', async (uid, first, problem) => {
    const checked = refuseWithoutPorts(uid, Promise.resolve(first));
    if (problem) await expect(checked).rejects.toThrow(problem);
    else await checked;
  });

  test('emulated machines are given more time than others', async () => {
    await using place = await openPlace();
    const deployment = DeploymentId.parse(own);
    const settings = { deployment, directory: place.directory, image: path.join(place.directory, 'image') };
    expect(await createQemuProvider({ ...settings, acceleration: 'none' }).patience?.(never)).toBe(4);
    expect(await createQemuProvider({ ...settings, acceleration: 'kvm' }).patience?.(never)).toBe(1);
  });

  test('without a disk to begin with', async () => {
    const directory = path.join(os.tmpdir(), 'conpaas-no-image');
    const provider = createQemuProvider({ deployment: DeploymentId.parse(own), directory, image: directory });
    await expect(provider.check(never)).rejects.toThrow(/conpaas image build --cloud qemu/);
  });
});
