/**
 * The life of an application, step by step, with a process killed (SIGKILL) at one commit of a journal in each step:
 * apply, add a node, upload code, remove a node, delete. Who was killed is started again by the product, the command is
 * run again by its user; each step must then have ended as asked, once, with nothing left over.
 */
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type DirectorClient, type ManagerClient, openDeployments } from '../../main/deploy/index.ts';
import { openVault } from '../../main/vault/index.ts';
import { ConpaasError } from '../../remote/core/contract/errors.ts';
import type { Operation } from '../../remote/core/contract/operation.ts';
import { type Desk, type Ended, logs, openDesk } from './desk.ts';
import { checkout, node } from './paths.ts';
import { ask, probeCode, probeManifest } from './probe.ts';
import { until } from './until.ts';

export const steps = ['apply', 'add', 'upload', 'remove', 'delete'] as const;
export type StepName = (typeof steps)[number];

export interface KillPoint {
  readonly step: StepName;
  readonly victim: 'director' | 'manager' | 'agent' | 'host' | 'command';
  /** Of the victim's own journal, or of the director's where the command is killed; counted from 1 in the step. */
  readonly commit: number;
  readonly moment: 'before' | 'after';
}

export type JourneyPoints = Partial<Record<StepName, KillPoint>>;
/** Commits of each journal in each step. */
export type Commits = Record<StepName, Partial<Record<string, number>>>;

export interface Journeys extends AsyncDisposable {
  /** One whole life of an application without a kill: which points there are. */
  count(): Promise<Commits>;
  /** One whole life with a kill in each step that has a point. @returns points that were not come to */
  travel(points: JourneyPoints): Promise<KillPoint[]>;
}

const application = 'Probe';
const inFlightMs = 1000;
const processKinds = ['director', 'manager', 'agent', 'host'] as const;

export const describePoint = ({ step, victim, commit, moment }: KillPoint): string =>
  `${step}: ${victim} killed ${moment} commit ${commit}${victim === 'command' ? ' of the director' : ''}`;

/** All points that a count found: before and after each commit (the command: before each of the director's). */
export function allPoints(commits: Commits): KillPoint[] {
  return steps.flatMap((step) => {
    const own = processKinds.flatMap((victim) =>
      numbers(commits[step][victim] ?? 0).flatMap((commit) =>
        (['before', 'after'] as const).map((moment): KillPoint => ({ step, victim, commit, moment })),
      ),
    );
    const command = numbers(commits[step]['director'] ?? 0).map(
      (commit): KillPoint => ({ step, victim: 'command', commit, moment: 'before' }),
    );
    return [...own, ...command];
  });
}

/** Points as journeys: one of each step in each, as long as there are any. */
export function asJourneys(points: readonly KillPoint[]): JourneyPoints[] {
  const journeys: JourneyPoints[] = [];
  for (const step of steps) {
    for (const [index, point] of points.filter((one) => one.step === step).entries()) {
      journeys[index] = { ...journeys[index], [step]: point };
    }
  }
  return journeys;
}

/** A deployment of its own for any number of journeys. Disposing it destroys it and fails if anything is left. */
export async function openJourneys(): Promise<Journeys> {
  const work = await mkdtemp(path.join(os.tmpdir(), 'conpaas-journey-'));
  const armed = path.join(work, 'armed');
  const counts = path.join(work, 'counts');
  mkdirSync(counts);
  const manifest = await probeManifest(work, { database: true });
  const second = await probeCode(work, 'two');
  const desk = await openDesk({ environment: { CONPAAS_CRASH: armed, CONPAAS_CRASH_COUNT: counts } });
  const deployments = openDeployments({
    dataDirectory: desk.home,
    vault: await openVault(desk.home, { kind: 'keyfile' }),
    bundles: path.join(checkout, 'dist/remote'),
    runtime: node,
  });
  await desk.conpaas('up');
  const look = createLook(desk, deployments);

  const journey = async (points: JourneyPoints, onStep: (step: StepName, before: Map<string, number>) => void) => {
    const missed: KillPoint[] = [];
    let address = '';
    for (const step of steps) {
      const point = points[step];
      const before = sizes(counts);
      try {
        await perform(step, point);
        address = await check(step, address);
      } catch (error) {
        const title = point ? describePoint(point) : `${step}, nobody killed`;
        throw new Error(`${title}\n${String(error)}\n${await logs(desk.home)}`, { cause: error });
      }
      if (existsSync(armed)) {
        rmSync(armed, { force: true });
        if (point) missed.push(point);
      }
      onStep(step, before);
    }
    return missed;
  };

  const words: Record<StepName, string[]> = {
    apply: ['apply', manifest, '--wait'],
    add: ['nodes', 'add', application, 'web', '--backend', '1'],
    upload: ['code', 'upload', application, second, '--service', 'web'],
    remove: ['nodes', 'remove', application, 'web', '--backend', '1'],
    delete: ['app', 'delete', application, '--yes'],
  };

  /** Runs a step's command; where it failed, as a user would: looks, and asks again for what is not there. */
  async function perform(step: StepName, point: KillPoint | undefined): Promise<void> {
    let armedWith = point;
    for (let attempt = 1; ; attempt += 1) {
      const ended = await run(words[step], armedWith);
      armedWith = undefined;
      if (ended.code === 0) return;
      if (await look.isDone(step)) return;
      if (attempt === 4) throw new Error(`still fails: ${ended.code} ${ended.stderr}${ended.stdout}`);
    }
  }

  async function run(command: readonly string[], point: KillPoint | undefined): Promise<Ended> {
    if (!point) return desk.run(command);
    const text = `${point.victim === 'command' ? 'director' : point.victim}:${point.commit}:${point.moment}`;
    if (point.victim !== 'command') {
      writeFileSync(armed, unique(text));
      return desk.run(command);
    }
    return new Promise((resolve, reject) => {
      const child = desk.start(command);
      writeFileSync(armed, unique(`${text}:${child.pid}`));
      let stderr = '';
      child.stdout?.resume();
      child.stderr?.on('data', (part) => {
        stderr += String(part);
      });
      child.once('error', reject);
      child.once('close', (code) => resolve({ code, stdout: '', stderr }));
    });
  }

  /** What must hold after a step. @returns the address of the application */
  async function check(step: StepName, address: string): Promise<string> {
    await look.untilNothingRuns();
    if (step === 'delete') {
      await look.nothingIsLeft();
      return '';
    }
    const backends = step === 'add' || step === 'upload' ? 2 : 1;
    await look.nodesAre(backends, step === 'upload' || step === 'remove' ? 2 : 1);
    await look.cloudAgrees();
    const found = await look.address();
    if (address !== '' && found !== address) throw new Error(`The address has moved from ${address} to ${found}.`);
    const wanted = step === 'upload' || step === 'remove' ? 'two' : 'one';
    for (let request = 0; request < 4; request += 1) {
      const { version } = await ask(found);
      if (version !== wanted) throw new Error(`version ${version} answers, not ${wanted}`);
    }
    const id = `${step}-${Date.now()}`;
    await post(`${found}/post?id=${id}`);
    const { posts } = await ask(found, '/posts');
    if ((posts as Record<string, number>)[id] !== 1) throw new Error(`the database has ${JSON.stringify(posts)}`);
    return found;
  }

  return {
    async count() {
      const commits = {} as Commits;
      await journey({}, (step, before) => {
        commits[step] = growth(before, sizes(counts));
      });
      return commits;
    },
    travel: (points) => journey(points, () => undefined),
    async [Symbol.asyncDispose]() {
      await deployments[Symbol.asyncDispose]();
      try {
        await desk[Symbol.asyncDispose]();
      } finally {
        await rm(work, { recursive: true, force: true });
      }
    },
  };
}

/** Looks at a deployment as a client of its own would; starts nothing. */
function createLook(desk: Desk, deployments: ReturnType<typeof openDeployments>) {
  const signal = () => AbortSignal.timeout(20_000);
  const asked = async <T>(what: string, question: () => Promise<T | undefined | false>): Promise<T> => {
    let last: unknown;
    return until(
      () => `${what} (${String(last)})`,
      async () => {
        try {
          if ((await deployments.status(undefined, signal())).state !== 'running') return false;
          return await question();
        } catch (error) {
          if (!(error instanceof ConpaasError)) throw error;
          last = `${error.code}: ${error.message}`;
          return false;
        }
      },
      60_000,
    );
  };
  const director = (): Promise<DirectorClient> => deployments.directorClient(undefined, signal());
  const manager = (): Promise<ManagerClient> => deployments.managerClient(undefined, application, signal());
  const applications = async () => (await director()).call('list_applications', {});
  const running = async (): Promise<Operation[]> =>
    (await director()).call('list_operations', { state: 'running', limit: 100 });
  const nodes = async () => (await manager()).call('list_nodes', {});
  const versions = async () => (await manager()).call('list_code_versions', { service: 'web' });
  const backends = async () => (await nodes()).filter(({ role }) => role === 'backend');

  const look = {
    /** No operation may go on without an end. */
    untilNothingRuns: async () =>
      asked('the end of all operations', async () => (await running()).length === 0 && { ended: true }),
    /** After a command that failed: whether what it was for has been done all the same. */
    async isDone(step: StepName): Promise<boolean> {
      if (step === 'apply') return false; // may be repeated
      // What a killed command has sent is perhaps under way: who asks again at once asks for it twice.
      await delay(inFlightMs);
      await look.untilNothingRuns();
      const { done } = await asked(`whether ${step} was done`, async () => {
        if (step === 'delete') return { done: (await applications()).length === 0 };
        if (step === 'add') return { done: (await backends()).length === 2 };
        if (step === 'remove') return { done: (await backends()).length === 1 };
        const all = await versions();
        return { done: all.some(({ id, active }) => id === 'v2' && active) };
      });
      return done;
    },
    async nodesAre(backendCount: number, versionCount: number): Promise<void> {
      const wanted = [
        'db-mysql-1',
        'web-proxy-1',
        'web-session-1',
        'web-web-1',
        ...numbers(backendCount).map((n) => `web-backend-${n}`),
      ].sort();
      await asked(`nodes ${wanted.join(' ')}`, async () => {
        const found = await nodes();
        const ids = found.map(({ id }) => String(id)).sort();
        if (ids.join() !== wanted.join()) throw new Error(`There are the nodes ${ids.join(' ')}.`);
        return found.every(({ state }) => state === 'running') && { ready: true };
      });
      const found = await asked('versions', versions);
      const ids = found.map(({ id, active }) => `${id}${active ? '*' : ''}`).sort();
      const right = versionCount === 1 ? 'v1*' : 'v1,v2*';
      if (ids.join() !== right) throw new Error(`There are the versions ${ids.join()}, not ${right}.`);
    },
    /** The cloud has the VMs that the director knows, and no other. */
    async cloudAgrees(): Promise<void> {
      await asked('the same VMs in the cloud and at the director', async () => {
        const known = (await (await director()).call('list_vms', {})).map(({ id }) => String(id));
        const there = vmsOf(desk.home);
        if ([...known, 'director'].sort().join() === there.sort().join()) return { same: true };
        throw new ConpaasError('internal', `the cloud has ${there.join(' ')}, the director knows ${known.join(' ')}`);
      });
    },
    async address(): Promise<string> {
      return asked('an address', async () => {
        const [one] = await applications();
        return one?.state === 'running' && one.address;
      });
    },
    async nothingIsLeft(): Promise<void> {
      await asked('the end of the application', async () => (await applications()).length === 0 && { gone: true });
      await look.cloudAgrees();
      await until('the end of all processes but host and director', () => {
        const left = desk.processes().filter(({ kind }) => kind !== 'host' && kind !== 'director');
        return left.length === 0;
      });
      const cloud = cloudOf(desk.home);
      for (const name of ['vms', 'supervised']) {
        const left = readdirSync(path.join(cloud, name));
        if (left.length !== 1) throw new Error(`left in ${name}: ${left.join(' ')}`);
      }
    },
  };
  return look;
}

function cloudOf(home: string): string {
  const [deployment = ''] = readdirSync(path.join(home, 'deployments'));
  return path.join(home, 'deployments', deployment, 'cloud');
}

/** Names of the VMs that the host has on record. */
function vmsOf(home: string): string[] {
  const records = path.join(cloudOf(home), 'records');
  return readdirSync(records)
    .filter((name) => name.endsWith('.json'))
    .map((name) => (JSON.parse(readFileSync(path.join(records, name), 'utf8')) as { name: string }).name);
}

async function post(url: string): Promise<void> {
  const answer = await fetch(url, { method: 'POST' });
  if (!answer.ok) throw new Error(`POST ${url}: ${answer.status} ${await answer.text()}`);
}

function sizes(directory: string): Map<string, number> {
  return new Map(readdirSync(directory).map((name) => [name, statSync(path.join(directory, name)).size]));
}

/** The most commits that one process of each journal has made. */
function growth(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): Record<string, number> {
  const most: Record<string, number> = {};
  for (const [name, size] of after) {
    const [journal = ''] = name.split('.');
    most[journal] = Math.max(most[journal] ?? 0, size - (before.get(name) ?? 0));
  }
  return most;
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

/** A point is counted anew, although one before may have been the same. */
const unique = (point: string): string => `${point}\n${randomUUID()}\n`;
