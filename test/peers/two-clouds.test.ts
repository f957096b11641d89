/**
 * A director with two clouds of providers: two container engines, each with machines, networks and volumes of its own. An
 * application has its PHP on the one and its database on the other; a machine on each is lost; nothing is left on either.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { createContainersProvider } from '../../remote/core/clouds/containers/containers-provider.ts';
import { DeploymentId } from '../../remote/core/contract/ids.ts';
import { ApplicationSummary, NodeInfo, VmInfo } from '../../remote/core/contract/index.ts';
import { type Desk, openDesk } from '../system/desk.ts';
import { ask, probeManifest } from '../system/probe.ts';
import { Status } from '../system/status.ts';
import { until } from '../system/until.ts';
import { peerSocket, secondSocket } from './engine.ts';

const stepMs = 8 * 60_000;
const { signal } = new AbortController();

let desk: Desk;
let work: string;
let deployment: string;
let first: ReturnType<typeof createContainersProvider>;
let second: typeof first;

beforeAll(async () => {
  work = await mkdtemp(path.join(os.tmpdir(), 'conpaas-two-'));
  desk = await openDesk({ environment: { DOCKER_HOST: `unix://${peerSocket()}` } });
});
afterAll(async () => {
  await desk[Symbol.asyncDispose]();
  await rm(work, { recursive: true, force: true });
}, stepMs);

const machines = () => desk.json(z.array(VmInfo), 'call', 'director', 'list_vms');
const nodes = () => desk.json(z.array(NodeInfo), 'nodes', 'list', 'Probe');
const address = async (): Promise<string> =>
  (await desk.json(z.array(ApplicationSummary), 'app', 'list')).find(({ name }) => name === 'Probe')?.address ?? '';

/** Runs while a desktop is open that the director can ask for machines of the second engine. */
async function serving<T>(work: () => Promise<T>): Promise<T> {
  const desktop = desk.start(['cloud', 'serve']);
  const ended = new Promise((resolve) => desktop.once('close', resolve));
  try {
    return await work();
  } finally {
    desktop.kill();
    await ended;
  }
}

async function loses(slot: string): Promise<void> {
  const lost = (await machines()).find((vm) => vm.slot === slot);
  const at = lost?.cloud === 'second' ? second : first;
  const server = (await at.provider.listServers(signal)).find(({ name }) => name === lost?.id);
  if (!lost || !server) throw new Error(`there is no machine of ${slot}`);
  await at.provider.destroyServer(server.id, signal);
  await serving(() =>
    until(
      `another machine for ${slot}, and its pages`,
      async () => {
        const now = (await machines()).find((vm) => vm.slot === slot && vm.id !== lost.id);
        if (now?.state !== 'joined') return false;
        const found = await nodes();
        if (!found.every(({ state }) => state === 'running')) return false;
        const answer = await ask(await address(), '/posts').catch(() => undefined);
        return JSON.stringify(answer?.posts) === JSON.stringify({ first: 1 });
      },
      stepMs,
    ),
  );
}

it(
  'the second engine becomes a further cloud, and the first one again is refused',
  async () => {
    await desk.conpaas('up', '--cloud', 'containers');
    const [found] = await desk.json(z.array(Status), 'status');
    deployment = found?.id ?? '';
    const id = DeploymentId.parse(deployment);
    first = createContainersProvider({ deployment: id, socket: peerSocket() });
    second = createContainersProvider({ deployment: id, socket: secondSocket() });
    const add = (name: string, socket: string) =>
      desk.run(['director', 'cloud', 'add', name, '--on', 'containers', '--set', `socket=${socket}`]);
    expect((await add('again', peerSocket())).stderr).toContain('again would be the same place as containers');
    const added = await add('second', secondSocket());
    expect(added.code, added.stderr).toBe(0);
    const clouds = await desk.json(
      z.array(z.object({ name: z.string(), access: z.string() })),
      'director',
      'cloud',
      'list',
    );
    expect(clouds).toEqual([
      { name: 'containers', access: 'free' },
      { name: 'second', access: 'desktop' },
    ]);
  },
  stepMs,
);

it(
  'an application has its PHP on the second and its database on the first, and answers',
  async () => {
    const manifest = await probeManifest(work, { database: true, more: { Cloud: 'second' } });
    await desk.conpaas('apply', manifest, '--wait');
    expect((await machines()).map(({ cloud, slot, state }) => [cloud, slot, state]).sort()).toEqual([
      ['containers', 'first', 'joined'],
      ['second', 'on-second', 'joined'],
    ]);
    expect((await fetch(`${await address()}/post?id=first`, { method: 'POST' })).status).toBe(200);
    expect((await ask(await address(), '/posts')).posts).toEqual({ first: 1 });
    expect(await first.provider.listServers(signal)).toHaveLength(2);
    expect(await second.provider.listServers(signal)).toHaveLength(1);
  },
  stepMs,
);

it(
  'it grows on the second, by a machine there',
  async () => {
    await desk.conpaas('app', 'placement', 'Probe', 'spread');
    await desk.conpaas('nodes', 'add', 'Probe', 'web', '--backend', '1');
    const backends = (await nodes()).filter(({ role }) => role === 'backend');
    expect(backends.map(({ state }) => state)).toEqual(['running', 'running']);
    const clouds = new Map((await machines()).map(({ id, cloud }) => [id, cloud]));
    expect(backends.map(({ vm }) => clouds.get(vm))).toEqual(['second', 'second']);
    expect(await second.provider.listServers(signal)).toHaveLength(2);
  },
  stepMs,
);

it('a machine on the second is lost and made again there, asked of the desktop', () => loses('on-second'), stepMs);

it(
  'a sweep looks at both, and finds nothing to remove',
  async () => {
    const Swept = z.object({ findings: z.array(z.object({ cloud: z.string().optional(), unowned: z.boolean() })) });
    const { findings } = await desk.json(Swept, 'cloud', 'sweep', '--dry-run', '--older-than', '0');
    expect(findings.filter(({ unowned }) => unowned)).toEqual([]);
    expect(new Set(findings.map(({ cloud }) => cloud))).toEqual(new Set([undefined, 'second']));
  },
  stepMs,
);

it(
  'nothing is left on either',
  async () => {
    await desk.conpaas('--deployment', deployment, 'destroy', '--yes');
    for (const { provider } of [first, second]) {
      expect(await provider.listServers(signal)).toEqual([]);
      expect(await provider.belongings(signal)).toEqual([]);
      expect(await provider.volumes?.list(signal)).toEqual([]);
    }
  },
  stepMs,
);
