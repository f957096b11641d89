/**
 * One director with two clouds: this computer twice, each with a host, machines and a network of its own. An application
 * has its PHP on the one and its database on the other, and is moved wholly while it is asked for pages.
 */
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { ApplicationSummary, VmInfo } from '../../remote/core/contract/index.ts';
import { Plan } from '../../remote/core/contract/plan.ts';
import { Versions } from '../../remote/core/contract/upgrade.ts';
import { buildRelease } from '../../scripts/build/release.mjs';
import { type Desk, openDesk } from './desk.ts';
import { ask, probeManifest } from './probe.ts';
import { processesOf } from './processes.ts';
import { Status } from './status.ts';
import { until } from './until.ts';

/** For whatever nothing is wrong with but the time that this computer takes, milliseconds. */
const patienceMs = 120_000;

let desk: Desk;
let work: string;
let deployment: string;

beforeAll(async () => {
  work = await mkdtemp(path.join(os.tmpdir(), 'conpaas-clouds-'));
  desk = await openDesk();
  await desk.conpaas('up');
  [{ id: deployment } = { id: '' }] = await desk.json(z.array(Status), 'status');
  await desk.conpaas('director', 'cloud', 'add', 'attic');
});
afterAll(async () => {
  await rm(work, { recursive: true, force: true });
  await desk[Symbol.asyncDispose]();
});

const MoveFacts = z.object({
  state: z.string(),
  from: z.object({ cloud: z.string() }),
  to: z.object({ cloud: z.string() }),
});

const UpgradeFacts = z.object({
  director: z.object({ release: z.string() }),
  applications: Versions.shape.applications,
});

const atticDirectory = () => path.join(desk.home, 'deployments', deployment, 'clouds/attic');
const machinesOfFirst = () => path.join(desk.home, 'deployments', deployment, 'cloud/vms');
const machines = () => desk.json(z.array(VmInfo), 'call', 'director', 'list_vms');
const address = async (name: string) =>
  (await desk.json(z.array(ApplicationSummary), 'app', 'list')).find((one) => one.name === name)?.address;

test('PHP on one cloud and its database on the other: it answers, and the plan says what is where', async () => {
  const manifest = await probeManifest(work, { database: true, more: { Cloud: 'attic' } });
  const plan = await desk.json(Plan, 'plan', manifest);
  expect(plan.changes.map(({ service, cloud }) => [service, cloud])).toEqual([
    [undefined, 'local'],
    ['web', 'attic'],
    ['db', 'local'],
  ]);
  await desk.conpaas('apply', manifest, '--wait');
  const base = (await address('Probe')) ?? '';
  expect((await fetch(`${base}/post?id=first`, { method: 'POST' })).status).toBe(200);
  expect((await ask(base, '/posts')).posts).toEqual({ first: 1 });

  const found = await machines();
  expect(found.map(({ cloud, slot }) => [cloud, slot]).sort()).toEqual([
    ['attic', 'on-attic'],
    ['local', 'first'],
  ]);
  const networks = found.map((vm) => vm.address?.split('.')[1]);
  expect(new Set(networks).size).toBe(2);
  // Its processes are those of the other host.
  expect(new Set(processesOf(atticDirectory()).map(({ kind }) => kind))).toEqual(
    new Set(['host', 'agent', 'nginx', 'php-fpm', 'haproxy', 'redis', 'other']),
  );
});

test('what cannot be is said at once: an unknown cloud, another one for what is there, one that is in use', async () => {
  const manifest = await probeManifest(work, { database: true, more: { Cloud: 'atic' } });
  const said = async (...words: string[]) => {
    const { code, stderr } = await desk.run(words);
    return `${code} ${stderr}`;
  };
  expect(await said('apply', manifest)).toMatch(
    /^3 [\s\S]*web is to be on the cloud "atic"[\s\S]*Did you mean "attic"\?/,
  );
  const known = await probeManifest(work, { database: true });
  expect(await said('apply', known, '--cloud', 'cellar')).toMatch(
    /^3 [\s\S]*There is no cloud "cellar". There are: local, /,
  );
  expect(await said('apply', known, '--cloud', 'attic')).toMatch(
    /^4 [\s\S]*on the cloud local. Move it with: conpaas move/,
  );
  expect(await said('director', 'cloud', 'remove', 'attic')).toMatch(
    /^4 [\s\S]*in use: the machine 127[\s\S]* of Probe/,
  );
  expect(await said('director', 'cloud', 'remove', 'local')).toMatch(/^4 [\s\S]*goes with the deployment/);
  expect(await said('director', 'cloud', 'add', 'Attic')).toMatch(/^2 [\s\S]*no name for a cloud/);
  // Its machines could never reach a director on this computer.
  expect(await said('director', 'cloud', 'add', 'boxes', '--on', 'containers')).toMatch(
    /^4 [\s\S]*valid on that computer/,
  );
  const clouds = await desk.json(z.array(z.object({ name: z.string() })), 'director', 'cloud', 'list');
  expect(clouds.map(({ name }) => name)).toEqual(['local', 'attic']);
});

test('a duplicate goes to the cloud that is said, wholly, and without its data', async () => {
  const unknown = await desk.run(['app', 'duplicate', 'Probe', 'Twin', '--cloud', 'cellar']);
  expect(unknown.stderr).toContain('There is no cloud "cellar"');
  const base = (await desk.conpaas('app', 'duplicate', 'Probe', 'Twin', '--cloud', 'attic')).trim();
  // As PHP writes an array without keys.
  expect((await ask(base, '/posts')).posts).toEqual([]);
  const all = await desk.json(z.array(ApplicationSummary), 'app', 'list');
  const twin = all.find(({ name }) => name === 'Twin');
  expect(twin?.cloud).toBe('attic');
  expect((await machines()).filter(({ application }) => application === twin?.id).map(({ cloud }) => cloud)).toEqual([
    'attic',
  ]);
  await desk.conpaas('app', 'delete', 'Twin', '--yes');
});

test('an upgrade brings hosts and agents of both clouds to the new programs, and they go back with it', async () => {
  const newer = { version: '0.93.0', build: 'bbbbbbbbbbbb', contract: 2 };
  await buildRelease(path.join(work, 'newer'), newer);
  const upgrade = async (...words: string[]) => {
    const environment = { CONPAAS_PROGRAMS: path.join(work, 'newer') };
    const { code, stderr } = await desk.run(['director', 'upgrade', ...words], { environment });
    expect(code, stderr).toBe(0);
  };
  /** Releases of what runs: hosts by the paths of their programs, all else by its own words. */
  const running = async () => {
    const told = await desk.json(UpgradeFacts, 'director', 'upgrade', '--plan');
    const hosts = processesOf(path.join(desk.home, 'deployments', deployment)).flatMap(
      ({ commandLine }) => commandLine.match(/releases\/([^/ ]+)\/host\.mjs/)?.[1] ?? [],
    );
    return {
      director: told.director.release,
      members: told.applications
        .flatMap(({ members }) => members.map(({ role, release }) => `${role} ${release}`))
        .sort(),
      hosts,
    };
  };
  const all = (release: string) => ({
    director: release,
    members: [`agent ${release}`, `agent ${release}`, `manager ${release}`],
    hosts: [release, release],
  });
  const before = await running();
  // The first host was started by the command, before there was a release of the deployment; the attic's is of that.
  expect(before).toEqual({ ...all(before.director), hosts: [before.director] });
  const base = (await address('Probe')) ?? '';
  const asking = askAgainAndAgain(base);
  await upgrade();
  expect(await running()).toEqual(all(`${newer.version}-${newer.build}`));
  await upgrade('--back');
  expect(await running()).toEqual(all(before.director));
  expect(await asking.stop()).toEqual([]);
}, 300_000);

test('it is moved to the other cloud wholly, and nobody who asks for its pages notices', async () => {
  const plan = await desk.json(z.object({ notes: z.array(z.string()) }), 'move', 'Probe', '--to', 'attic', '--plan');
  expect(plan.notes.join()).toContain('web (on attic): all services come to one cloud.');
  const before = (await address('Probe')) ?? '';
  const asking = askAgainAndAgain(before);
  const facts = await desk.json(MoveFacts, 'move', 'Probe', '--to', 'attic');
  expect(facts).toMatchObject({ state: 'switched', from: { cloud: 'local' }, to: { cloud: 'attic' } });
  const after = (await address('Probe')) ?? '';
  expect(after).not.toBe(before);
  const askingThere = askAgainAndAgain(after);
  expect(await asking.stop()).toEqual([]);
  await desk.conpaas('move', 'Probe', '--finish', '--yes');
  expect(await askingThere.stop()).toEqual([]);
  expect((await ask(after, '/posts')).posts).toEqual({ first: 1 });
  expect((await fetch(`${after}/post?id=second`, { method: 'POST' })).status).toBe(200);
  expect((await machines()).map(({ cloud }) => cloud)).toEqual(['attic']);
  // On machines of the first cloud only the director is left; it has started the host of the other one.
  const left = () => processesOf(machinesOfFirst()).filter(({ kind }) => kind !== 'director' && kind !== 'host');
  await until(
    () => `the end of ${left().map(({ commandLine }) => commandLine.slice(0, 200))}`,
    () => left().length === 0,
    patienceMs,
  );
});

test('both clouds are stopped and started again; one on which nothing is goes, with its host', async () => {
  await desk.conpaas('stop');
  expect(desk.processes()).toEqual([]);
  await desk.conpaas('up');
  const posts = await until(
    'its pages',
    async () => {
      const base = await address('Probe');
      return base === undefined ? undefined : (await ask(base, '/posts').catch(() => undefined))?.posts;
    },
    patienceMs,
  );
  expect(posts).toEqual({ first: 1, second: 1 });

  await desk.conpaas('app', 'delete', 'Probe', '--yes');
  await desk.conpaas('director', 'cloud', 'remove', 'attic');
  expect(processesOf(atticDirectory())).toEqual([]);
  expect(existsSync(atticDirectory())).toBe(false);
  // Again, and with something on it when all is destroyed.
  await desk.conpaas('director', 'cloud', 'add', 'attic');
  await desk.conpaas('app', 'create', 'Left', '--cloud', 'attic');
  expect((await machines()).map(({ cloud }) => cloud)).toEqual(['attic']);
});

/** Asks for a page that reads the database, one request after the other. @returns what was no 200, at its end */
function askAgainAndAgain(base: string): { stop(): Promise<readonly string[]> } {
  const failures: string[] = [];
  let answered = 0;
  let going = true;
  const asking = (async () => {
    while (going || answered === 0) {
      const answer = await fetch(`${base}/posts`, { signal: AbortSignal.timeout(patienceMs) }).catch(String);
      if (typeof answer === 'string') failures.push(answer);
      else if (answer.ok) await answer.arrayBuffer();
      else failures.push(`${answer.status} ${await answer.text()}`);
      answered += 1;
    }
  })();
  return {
    async stop() {
      going = false;
      await asking;
      return failures;
    },
  };
}
