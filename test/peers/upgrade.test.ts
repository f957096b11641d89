/**
 * Upgrades of machines that have hosts of their own: containers, under requests. Director, hosts, managers and agents are
 * replaced, and the Node that they run on; what does not work goes back, and all of it where that is asked for.
 */
import { readFileSync } from 'node:fs';
import { appendFile, copyFile, mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { openEngineApi } from '../../remote/core/clouds/containers/engine-api.ts';
import { Versions } from '../../remote/core/contract/upgrade.ts';
import { digestFile } from '../../remote/core/files/index.ts';
import { buildRelease } from '../../scripts/build/release.mjs';
import { anotherRelease } from '../system/another-release.ts';
import { type Desk, openDesk } from '../system/desk.ts';
import { explain, type Load, startLoad } from '../system/load.ts';
import { checkout, node } from '../system/paths.ts';
import { probeManifest } from '../system/probe.ts';
import { peerSocket } from './engine.ts';

vi.setConfig({ testTimeout: 900_000, hookTimeout: 900_000 });

const socket = peerSocket();
const api = openEngineApi(socket);
const never = new AbortController().signal;
const Named = z.array(z.object({ Id: z.string(), Labels: z.record(z.string(), z.string()).nullish() }));
const Inspected = z.object({ State: z.object({ Pid: z.number() }) });
const Plan = z.object({
  state: z.string(),
  director: z.object({ release: z.string() }),
  applications: Versions.shape.applications,
});
const own = z
  .object({ version: z.string(), build: z.string() })
  .parse(JSON.parse(readFileSync(path.join(checkout, 'dist/remote/release.json'), 'utf8')));
const first = `${own.version}-${own.build}`;
const newer = { version: '0.93.0', build: 'bbbbbbbbbbbb', contract: 2 };
const second = `${newer.version}-${newer.build}`;

let folder: string;
let desk: Desk;
let load: Load;
/** SHA-256 of the Node that machines were made with, and of the newer one. */
let nodes: { readonly first: string; readonly second: string };
const begun = performance.now();
const directoryOf = (name: string): string => path.join(folder, name);
const digestOf = async (file: string): Promise<string> => (await digestFile(file, undefined)).sha256;
/** The command of a desktop that has another release with it. */
const withRelease = (name: string, ...words: string[]) =>
  desk.run(words, { environment: { CONPAAS_PROGRAMS: directoryOf(name) } });

async function ours(place: string): Promise<z.infer<typeof Named>> {
  const found = await api.request({ method: 'GET', path: place, query: { all: '1' } }, never);
  return Named.parse(found).filter(({ Labels }) => Labels?.['conpaas.deployment'] !== undefined);
}

/** Releases by their processes' own words. */
async function told() {
  const { director, applications } = await desk.json(Plan, 'director', 'upgrade', '--plan');
  const members = applications.flatMap((one) => one.members);
  const of = (role: 'manager' | 'agent') => [
    ...new Set(members.filter((one) => one.role === role).map(({ release }) => release)),
  ];
  const hosts = new Set(applications.flatMap((one) => one.hosts ?? []).map(({ release }) => release));
  return { director: director.release, managers: of('manager'), agents: of('agent'), hosts: [...hosts] };
}
const allOf = (release: string) => ({
  director: release,
  managers: [release],
  agents: [release],
  hosts: [release],
});

/** All control processes of the machines, as the kernel sees them: on which Node each runs. */
async function seen(): Promise<string[]> {
  const containers = await ours('/containers/json');
  const found: string[] = [];
  for (const { Id } of containers) {
    const { State } = Inspected.parse(await api.request({ method: 'GET', path: `/containers/${Id}/json` }, never));
    const namespace = await readlink(`/proc/${State.Pid}/ns/mnt`);
    for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
      const its = await readlink(`/proc/${pid}/ns/mnt`).catch(() => undefined); // it has just ended
      if (its !== namespace) continue;
      // All but hosts give themselves a title.
      const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
      const name =
        /^conpaas-(director|manager|agent)/.exec(line)?.[1] ?? /host\.mjs\0--machine\0/.exec(line)?.[0].slice(0, 4);
      if (name === undefined) continue;
      const digest = await digestOf(`/proc/${pid}/exe`).catch(() => undefined);
      if (digest === undefined) continue;
      const runtime = digest === nodes.first ? 'first' : digest === nodes.second ? 'second' : digest;
      found.push(`${name} on the ${runtime} Node`);
    }
  }
  return [...new Set(found)].sort();
}

/** Not one request has failed since the load began. */
async function unharmed(): Promise<void> {
  await load.more(10);
  expect(explain(load, begun).join('\n')).toBe('');
}

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'conpaas-releases-'));
  desk = await openDesk({ environment: { DOCKER_HOST: `unix://${socket}` } });
  await buildRelease(directoryOf('newer'), newer);
  // Another Node: the same one with a byte more at its end, which is nothing to it.
  await copyFile(node, path.join(directoryOf('newer'), 'node'));
  await appendFile(path.join(directoryOf('newer'), 'node'), '\n');
  nodes = { first: await digestOf(node), second: await digestOf(path.join(directoryOf('newer'), 'node')) };
  await desk.conpaas('up', '--cloud', 'containers');
  const manifest = await probeManifest(path.join(folder, 'probe'), { backends: 2 });
  const address = (await desk.conpaas('apply', manifest, '--wait')).trim();
  await desk.conpaas('app', 'placement', 'Probe', 'spread');
  await desk.conpaas('nodes', 'add', 'Probe', 'web', '--backend', '1');
  load = startLoad({ name: 'load', address, path: '/', keepAlive: false, requestsPerSecond: 10 });
});
afterAll(async () => {
  await load?.stop();
  await desk?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const allOn = (which: 'first' | 'second'): string[] =>
  ['agent', 'director', 'host', 'manager'].map((name) => `${name} on the ${which} Node`);

test('"up" of a newer desktop only says that there is something newer', async () => {
  expect((await ours('/containers/json')).length).toBeGreaterThan(2);
  expect(await told()).toEqual(allOf(first));
  expect(await seen()).toEqual(allOn('first'));
  const up = await withRelease('newer', 'up');
  expect(up.code, up.stderr).toBe(0);
  expect(up.stderr).toContain('conpaas director upgrade --plan');
  expect(await told()).toEqual(allOf(first));
  expect(await seen()).toEqual(allOn('first'));
});

test('a host that does not start goes back, and nothing else is touched', async () => {
  const release = await anotherRelease({
    ...{ folder, of: 'newer', built: newer },
    ...{ name: 'nohost', version: '0.94.0', broken: 'host' },
  });
  const { code, stderr } = await withRelease('nohost', 'director', 'upgrade');
  expect(code, stderr).not.toBe(0);
  expect(stderr).toContain(`The host of ${release} did not work, and ${first} runs again`);
  expect(stderr).toContain('this host is broken');
  expect(await told()).toEqual(allOf(first));
  expect(await seen()).toEqual(allOn('first'));
  await unharmed();
});

test('all is upgraded, Node and hosts too, and nobody notices', async () => {
  const { code, stderr } = await withRelease('newer', 'director', 'upgrade');
  expect(code, stderr).toBe(0);
  expect(await told()).toEqual(allOf(second));
  expect(await seen()).toEqual(allOn('second'));
  await unharmed();
  // A machine that is made now has the newer ones from its beginning.
  await desk.conpaas('nodes', 'add', 'Probe', 'web', '--backend', '1');
  expect(await told()).toEqual(allOf(second));
  await desk.conpaas('nodes', 'remove', 'Probe', 'web', '--backend', '1');
  await unharmed();
});

test('a boot changes nothing of it, and the way back is open', async () => {
  const director = (await ours('/containers/json')).find(({ Labels }) => Labels?.['conpaas.application'] === '');
  await api.request({ method: 'POST', path: `/containers/${director?.Id}/restart`, query: { t: '10' } }, never);
  await desk.conpaas('up');
  expect(await told()).toEqual(allOf(second));
  await desk.conpaas('director', 'upgrade', '--back');
  expect(await told()).toEqual(allOf(first));
  expect(await seen()).toEqual(allOn('first'));
  await unharmed();
  expect(load.answers.length).toBeGreaterThan(100);
});

test('it is destroyed, and nothing is left', async () => {
  await load.stop();
  await desk.conpaas('destroy', '--yes');
  expect([await ours('/containers/json'), await ours('/networks')]).toEqual([[], []]);
});
