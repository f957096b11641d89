/**
 * A newer desktop upgrades a director, its managers and its agents while an application answers; what does not work goes
 * back, and so does all of it when that is asked for. The releases are real builds of the bundles, of other versions.
 */
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { Versions } from '../../remote/core/contract/upgrade.ts';
import { buildRelease, writeRelease } from '../../scripts/build/release.mjs';
import { anotherRelease } from './another-release.ts';
import { type Desk, openDesk } from './desk.ts';
import { explain, type Load, startLoad } from './load.ts';
import { checkout } from './paths.ts';
import { probeManifest } from './probe.ts';
import { kill9 } from './processes.ts';
import { until } from './until.ts';

const Plan = z.object({
  state: z.string(),
  director: z.object({ release: z.string(), version: z.string(), contract: z.number() }),
  applications: Versions.shape.applications,
  behind: z.number(),
  blocked: z.string().optional(),
});
const Agents = z.array(z.object({ connected: z.boolean(), release: z.string() }));

let folder: string;
let desk: Desk;
let load: Load;
const begun = performance.now();
/** What the product itself was built as. */
const own = z
  .object({ version: z.string(), build: z.string() })
  .parse(JSON.parse(readFileSync(path.join(checkout, 'dist/remote/release.json'), 'utf8')));
const first = `${own.version}-${own.build}`;
const newer = { version: '0.93.0', build: 'bbbbbbbbbbbb', contract: 2 };
const second = `${newer.version}-${newer.build}`;

const directoryOf = (name: string) => path.join(folder, name);

/** The newer release as another one. */
const another = (name: string, version: string, broken?: string): Promise<string> =>
  anotherRelease({ folder, of: 'newer', built: newer, name, version, broken });

/** The command of a desktop that has another release with it. */
const withRelease = (name: string, ...words: string[]) =>
  desk.run(words, { environment: { CONPAAS_PROGRAMS: directoryOf(name) } });

const plan = () => desk.json(Plan, 'director', 'upgrade', '--plan');

/** What each process runs, by its own words: `{director, manager, agents}`. */
async function running() {
  const { director, applications } = await plan();
  const members = applications.flatMap((one) => one.members);
  const agents = await desk.json(Agents, 'call', 'Probe', 'check_agents');
  expect(agents.every(({ connected }) => connected)).toBe(true);
  const told = members.filter(({ role }) => role === 'agent').map(({ release }) => release);
  expect(agents.map(({ release }) => release).sort()).toEqual(told.sort());
  return {
    director: director.release,
    manager: members.find(({ role }) => role === 'manager')?.release,
    agents: [...new Set(told)].sort(),
  };
}

/** Not one request has failed since the load began. */
async function unharmed(): Promise<void> {
  await load.more(10);
  expect(explain(load, begun).join('\n')).toBe('');
}

const pids = (kind: 'agent' | 'php-fpm') =>
  desk
    .processes(kind)
    .map(({ pid }) => pid)
    .sort();

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'conpaas-releases-'));
  desk = await openDesk({ environment: { CONPAAS_CRASH: path.join(folder, 'crash') } });
  await Promise.all([buildRelease(directoryOf('newer'), newer), desk.conpaas('up')]);
  const address = (
    await desk.conpaas('apply', await probeManifest(path.join(folder, 'probe'), { backends: 2 }), '--wait')
  ).trim();
  // Machines of their own for nodes that are added: several agents.
  await desk.conpaas('app', 'placement', 'Probe', 'spread');
  await desk.conpaas('nodes', 'add', 'Probe', 'web', '--backend', '1');
  load = startLoad({ name: 'load', address, path: '/', keepAlive: false, requestsPerSecond: 25 });
});
afterAll(async () => {
  await load?.stop();
  await desk?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

test('a desktop of the same release finds nothing to do; one that is too far away says so', async () => {
  expect(await plan()).toMatchObject({ state: 'current', behind: 0 });
  expect(await running()).toEqual({ director: first, manager: first, agents: [first] });
  expect(await desk.conpaas('director', 'upgrade')).toContain('is up to date');

  await another('far', '0.99.0');
  writeRelease(directoryOf('far'), { version: '0.99.0', build: 'far000000000', contract: 3 });
  const far = await withRelease('far', 'director', 'upgrade');
  expect(far.code).not.toBe(0);
  expect(far.stderr).toContain('upgrade it with each version in between first');
  expect(await running()).toEqual({ director: first, manager: first, agents: [first] });
});

test('a director that does not start is replaced by the one before, by itself', async () => {
  const release = await another('nodirector', '0.94.0', 'director');
  const { code, stderr } = await withRelease('nodirector', 'director', 'upgrade');
  expect(code, stderr).not.toBe(0);
  expect(stderr).toContain(`The director of ${release} did not work, and ${first} runs again`);
  expect(stderr).toContain('this director is broken');
  expect(await running()).toEqual({ director: first, manager: first, agents: [first] });
  await unharmed();
});

test('an agent that does not start stops the upgrade and goes back; the others are not touched', async () => {
  const before = pids('agent');
  expect(before.length).toBeGreaterThan(1);
  const release = await another('noagent', '0.95.0', 'agent');
  const { code, stderr } = await withRelease('noagent', 'director', 'upgrade');
  expect(code, stderr).not.toBe(0);
  expect(stderr).toMatch(/The agent of Probe on 127\S+ did not work with 0\.95\.0/);
  expect(stderr).toContain('this agent is broken');
  expect(stderr).toContain('conpaas director upgrade --back');
  expect(await running()).toEqual({ director: release, manager: release, agents: [first] });
  expect(pids('agent').filter((pid) => before.includes(pid))).toHaveLength(before.length - 1);
  await unharmed();

  await desk.conpaas('director', 'upgrade', '--back');
  expect(await running()).toEqual({ director: first, manager: first, agents: [first] });
});

test('all are upgraded one by one, whatever dies meanwhile, and nobody notices', async () => {
  const engines = pids('php-fpm');
  // The command is killed when it has brought the programs, and the host in the middle of what follows.
  const cut = await desk.run(['director', 'upgrade'], {
    environment: { CONPAAS_PROGRAMS: directoryOf('newer'), CONPAAS_CRASH: 'up:5:before' },
  });
  expect(cut.code).not.toBe(0);
  expect((await running()).manager).toBe(first);
  const going = withRelease('newer', 'director', 'upgrade');
  // Asked now: the director does not always answer while it is replaced.
  const hostLog = path.join(await cloudDirectory(), 'host.log');
  await until('the director to be replaced', async () => {
    const log = await readFile(hostLog, 'utf8');
    return log.includes(`director: trying ${second}`);
  });
  kill9(desk.process('host').pid);
  const { code, stderr } = await going;
  // What it was about to ask of the host may have failed: then it is begun again.
  if (code !== 0) {
    const again = await withRelease('newer', 'director', 'upgrade');
    expect(again.code, `${stderr}\n${again.stderr}`).toBe(0);
  }
  expect(await running()).toEqual({ director: second, manager: second, agents: [second] });
  expect(pids('php-fpm')).toEqual(engines);
  await unharmed();

  // New machines run the new one, too, and all obey.
  await desk.conpaas('nodes', 'add', 'Probe', 'web', '--backend', '1');
  expect(await running()).toEqual({ director: second, manager: second, agents: [second] });
  expect(await plan()).toMatchObject({ state: 'newer', director: { contract: 2 } });
});

/** Where the director dies: once something is in its host's log, at its n-th commit from then on. */
interface Death {
  readonly once: string;
  readonly commit: number;
  readonly moment: 'before' | 'after';
}
const deaths: readonly Death[] = [
  // The old one, while it is backed up and the programs are brought.
  { once: '', commit: 1, moment: 'before' },
  // The new one, before it has proved itself.
  { once: `director: trying ${second}`, commit: 1, moment: 'after' },
  // In its own operation: as it begins, and in the middle of it.
  { once: `director: ${second} serves`, commit: 1, moment: 'after' },
  { once: `director: ${second} serves`, commit: 4, moment: 'before' },
  { once: `director: ${second} serves`, commit: 9, moment: 'after' },
];
const chosen = process.env['CONPAAS_ALL_POINTS'] === undefined ? [deaths[1], deaths[3]] : deaths;

test('a director that is killed in the middle of its own upgrade: begun again, it ends well', {
  timeout: 1_200_000,
}, async () => {
  for (const [at, death] of chosen.entries()) {
    if (!death) throw new Error('There is no such death.');
    await desk.conpaas('director', 'upgrade', '--back');
    expect(await running()).toMatchObject({ director: first, manager: first });
    const log = path.join(await cloudDirectory(), 'host.log');
    const place = (await readFile(log, 'utf8')).length;
    const going = withRelease('newer', 'director', 'upgrade');
    await until(`"${death.once}" in the log of the host`, async () =>
      (await readFile(log, 'utf8')).slice(place).includes(death.once),
    );
    const armed = path.join(folder, 'crash');
    await writeFile(armed, `director:${death.commit}:${death.moment}\n${at}`);
    const { code, stderr } = await going;
    expect(existsSync(armed), `it was not killed: ${JSON.stringify(death)}`).toBe(false);
    if (code !== 0) {
      const again = await withRelease('newer', 'director', 'upgrade');
      expect(again.code, `${JSON.stringify(death)}\n${stderr}\n${again.stderr}`).toBe(0);
    }
    expect(await running()).toEqual({ director: second, manager: second, agents: [second] });
    await unharmed();
  }
});

test('the way back is open, and "up" of a newer desktop upgrades what is on this computer', async () => {
  await desk.conpaas('director', 'upgrade', '--back');
  const back = await running();
  // The machine that came after the upgrade has nothing to go back to.
  expect(back).toMatchObject({ director: first, manager: first });
  expect(back.agents).toContain(first);
  const kept = await withRelease('newer', 'up', '--no-upgrade');
  expect(kept.stderr).toContain('conpaas director upgrade --plan');
  expect(await running()).toEqual(back);

  const up = await withRelease('newer', 'up');
  expect(up.code, up.stderr).toBe(0);
  expect(await running()).toEqual({ director: second, manager: second, agents: [second] });
  await unharmed();
  expect(load.answers.length).toBeGreaterThan(100);
});

async function cloudDirectory(): Promise<string> {
  const [status] = await desk.json(z.array(z.object({ id: z.string() })), 'status');
  return path.join(desk.home, 'deployments', status?.id ?? '', 'cloud');
}
