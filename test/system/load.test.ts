/** Nobody loses a request: all that is done to an application, and all that dies, under constant load. */
import { readFileSync, readlinkSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { MetricResult, NewestMetrics, NodeInfo } from '../../remote/core/contract/index.ts';
import { type Desk, logs, openDesk } from './desk.ts';
import { explain, type Load, startLoad } from './load.ts';
import { ask, ProbeAnswer, probeCode, probeManifest } from './probe.ts';
import { kill9, type ProcessKind } from './processes.ts';
import { Status } from './status.ts';
import { until } from './until.ts';

let desk: Desk;
let folder: string;
let address: string;
/** GETs of pages on kept connections, on a new one each, and of a static file. */
let gets: Load[];
let posts: Load;
/** When a process that works on requests was killed, performance.now(). */
const kills: number[] = [];
/** When the first control process was killed. */
let firstKill = Number.POSITIVE_INFINITY;
const started = performance.now();
/** Failed requests that a test has told of: each belongs to the test in which it happened, not to all that follow. */
const told = new Set<string>();

const nodes = () => desk.json(z.array(NodeInfo), 'nodes', 'list', 'Probe', 'web');
const backends = async () => (await nodes()).filter(({ role }) => role === 'backend');

beforeAll(async () => {
  desk = await openDesk();
  folder = await mkdtemp(path.join(os.tmpdir(), 'conpaas-test-'));
  await desk.conpaas('up');
  const file = await probeManifest(folder, { backends: 2, database: true });
  address = (await desk.conpaas('apply', file, '--wait')).trim();
  await ask(address, '/posts'); // makes the table
  gets = [
    startLoad({ name: 'kept', address, path: '/', keepAlive: true, requestsPerSecond: 50 }),
    startLoad({ name: 'single', address, path: '/', keepAlive: false, requestsPerSecond: 50 }),
    startLoad({ name: 'static', address, path: '/static.txt', keepAlive: true, requestsPerSecond: 20 }),
  ];
  posts = startLoad({ name: 'post', address, path: '/post', method: 'POST', keepAlive: true, requestsPerSecond: 20 });
});
afterAll(async () => {
  await Promise.all([...(gets ?? []), posts].map((load) => load?.stop()));
  await desk[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

/** After some more requests: not one has failed, and `conpaas status` says how it is. */
async function unharmed(): Promise<void> {
  await Promise.all(gets.map((load) => load.more(40)));
  const failed = gets.flatMap((load) => explain(load, started)).filter((failure) => !told.has(failure));
  for (const failure of failed) told.add(failure);
  if (failed.length > 0) {
    throw new Error(`${failed.length} requests have failed:\n${failed.join('\n')}\n${await logs(desk.home)}`);
  }
  const list = await nodes();
  expect(list.map(({ state }) => state)).toEqual(list.map(() => 'running'));
  const [status] = await desk.json(z.array(Status), 'status');
  expect(status?.applications).toMatchObject([
    { name: 'Probe', state: 'running', address, nodes: { running: list.length + 1, wanted: list.length + 1 } },
  ]);
}

/** No answer of an old version to a request that was begun after `since`. */
async function onlyVersion(version: string, since: number): Promise<void> {
  await Promise.all(gets.map((load) => load.more(100)));
  for (const { name, answers } of gets) {
    const later = answers.filter(({ begun, failure }) => begun > since && failure === undefined);
    const read = (body: string) => (name === 'static' ? body.trim() : ProbeAnswer.parse(JSON.parse(body)).version);
    expect(new Set(later.map(({ body }) => read(body))), name).toEqual(new Set([version]));
  }
}

describe('under constant load', () => {
  it('three backends come', async () => {
    await desk.conpaas('nodes', 'add', 'Probe', 'web', '--backend', '3');
    const list = await backends();
    expect(list).toHaveLength(5);
    const since = performance.now();
    await until('answers of all five', () => {
      const answered = gets[0]?.answers.filter(({ begun, status }) => begun > since && status === 200) ?? [];
      return new Set(answered.map(({ body }) => ProbeAnswer.parse(JSON.parse(body)).node)).size === 5;
    });
    await unharmed();
  });

  it('two backends go', async () => {
    await desk.conpaas('nodes', 'remove', 'Probe', 'web', '--backend', '2');
    expect(await backends()).toHaveLength(3);
    await unharmed();
  });

  it('a new version comes, and nothing old is answered once it is reported live', async () => {
    await desk.conpaas('code', 'upload', 'Probe', await probeCode(folder, 'two'));
    await onlyVersion('two', performance.now());
    await unharmed();
  });

  it('it is rolled back', async () => {
    await desk.conpaas('code', 'rollback', 'Probe');
    await onlyVersion('one', performance.now());
    await unharmed();
  });

  it('a PHP-FPM master is killed', async () => {
    const masters = desk.processes('php-fpm');
    expect(masters).toHaveLength(3);
    const before = (await backends()).reduce((sum, { restarts }) => sum + restarts, 0);
    kill9(masters[0]?.pid ?? 0);
    kills.push(performance.now());
    await until('a new master', () => newOnes('php-fpm', masters).length === 1);
    await until('the restart to be reported', async () => {
      const list = await backends();
      return list.reduce((sum, { restarts }) => sum + restarts, 0) === before + 1;
    });
    await unharmed();
  });

  it.each(['manager', 'agent', 'director', 'host'] as const)('the %s is killed', async (kind) => {
    firstKill = Math.min(firstKill, performance.now());
    const killed = desk.processes(kind);
    expect(killed.length).toBeGreaterThan(0);
    for (const { pid } of killed) kill9(pid);
    await until('a command that works again', async () => (await desk.run(['app', 'show', 'Probe'])).code === 0);
    await until(`as many of kind ${kind} as before`, () => newOnes(kind, killed).length === killed.length);
    await until('the nodes to be seen again', async () => (await nodes()).every(({ state }) => state === 'running'));
    await until('the manager to have reported', async () => {
      const [status] = await desk.json(z.array(Status), 'status');
      // In between it may not know, but it must not say what is wrong.
      expect(status?.applications[0]?.state).toMatch(/^(running|degraded|unreachable)$/);
      return status?.applications[0]?.state === 'running';
    });
    await unharmed();
  });

  it('the agent beside the database is killed, and its next life is held up for a while', async () => {
    const { pid } = onlyOne(
      desk.processes('agent').filter((agent) => worksBeside(agent.pid, desk.process('mariadb').pid)),
    );
    const before = desk.processes('agent');
    kill9(pid);
    const next = await until('a new agent', () => newOnes('agent', before)[0]);
    process.kill(next.pid, 'SIGSTOP');
    try {
      // Long enough for the manager to have told all others what it makes of this.
      await Promise.all(gets.map((load) => load.more(150)));
    } finally {
      process.kill(next.pid, 'SIGCONT');
    }
    await until('the nodes to be seen again', async () => (await nodes()).every(({ state }) => state === 'running'));
    await unharmed();
  });

  it('figures tell of it, also of the time before director, manager and agent were killed', async () => {
    const over = async (names: string) => {
      const { times, series } = await desk.json(MetricResult, 'metrics', 'Probe', '--figure', names, '--since', '30m');
      return new Map(series.map(({ figure, values }) => [figure, { times, values }]));
    };
    const highest = (of: { values: (number | null)[] } | undefined) =>
      Math.max(...(of?.values ?? []).map((v) => v ?? 0));
    const figures = await over('requests,response_p95,fpm_pages,db_inserts,cpu,memory');
    expect(highest(figures.get('requests'))).toBeGreaterThan(50);
    expect(highest(figures.get('fpm_pages'))).toBeGreaterThan(30);
    expect(highest(figures.get('db_inserts'))).toBeGreaterThan(5);
    expect(highest(figures.get('response_p95'))).toBeGreaterThan(0);
    expect(highest(figures.get('cpu'))).toBeGreaterThan(0.01);
    expect(highest(figures.get('memory'))).toBeGreaterThan(50e6);
    const { times = [], values = [] } = figures.get('requests') ?? {};
    const first = times[values.findIndex((value) => (value ?? 0) > 0)] ?? Number.POSITIVE_INFINITY;
    expect(first).toBeLessThan(Date.now() - (performance.now() - firstKill));
    const newest = await until('newest figures of all nodes', async () => {
      const all = await desk.json(z.array(NewestMetrics), 'metrics', 'Probe', 'web');
      return all.filter(({ role, figures }) => role === 'backend' && 'fpm_active' in figures).length === 3 && all;
    });
    const servers = newest.filter(({ role }) => role === 'proxy:server');
    expect(servers.length).toBeGreaterThanOrEqual(3);
    expect(servers.every(({ figures }) => figures['server_up'] === 1)).toBe(true);
  });

  it('the session store moves, and nobody is logged out', async () => {
    const cookie = await logIn();
    const [store] = (await nodes()).filter(({ role }) => role === 'session');
    let moved = false;
    const visiting = (async () => {
      const seen: (number | undefined)[] = [];
      do seen.push((await ask(address, '/visit', { cookie })).visits);
      while (!moved);
      return seen;
    })();
    await desk.conpaas('nodes', 'remove', 'Probe', 'web', '--id', store?.id ?? '');
    moved = true;
    const seen = await visiting;
    expect(seen).toEqual(seen.map((_, index) => index + 2));
    expect((await ask(address, '/visit', { cookie })).visits).toBe(seen.length + 2);
    const stores = (await nodes()).filter(({ role }) => role === 'session');
    expect(stores).toHaveLength(1);
    expect(stores[0]?.id).not.toBe(store?.id);
    await unharmed();
  });

  it('no POST is done twice, and none is lost but those on a process that was killed', async () => {
    await posts.stop();
    expect(posts.answers.length).toBeGreaterThan(200);
    const done = new Map(Object.entries((await ask(address, '/posts')).posts ?? {}));
    expect([...done].filter(([, times]) => times !== 1)).toEqual([]);
    const answered = posts.answers.filter(({ failure }) => failure === undefined);
    expect(answered.filter(({ id }) => !done.has(id))).toEqual([]);
    const lost = posts.failures();
    // In flight: begun before the kill, or in the moment that the kernel takes to end the whole group.
    const excused = lost.filter(({ begun, ended }) => kills.some((kill) => begun < kill + 50 && ended > kill - 50));
    expect(explain(posts, started)).toHaveLength(excused.length);
    expect(lost.length).toBeLessThanOrEqual(8);
    console.info(`POSTs: ${posts.answers.length} sent, ${lost.length} failed with the killed PHP-FPM, 0 done twice`);
  });

  it('with one backend, says how long a killed PHP-FPM is missed', async () => {
    await desk.conpaas('nodes', 'remove', 'Probe', 'web', '--backend', '2');
    expect(await backends()).toHaveLength(1);
    await unharmed();
    const kill = performance.now();
    kill9(desk.process('php-fpm').pid);
    const [kept] = gets;
    await until('answers again', () =>
      kept?.answers.some(({ begun, failure }) => begun > kill + 20 && failure === undefined),
    );
    await Promise.all(gets.map((load) => load.stop()));
    const failures = gets.flatMap((load) => load.failures()).filter(({ ended }) => ended > kill);
    const slowest = gets.flatMap(({ answers }) => answers).filter(({ ended }) => ended > kill);
    const gap = Math.max(0, ...failures.map(({ ended }) => ended - kill));
    const wait = Math.max(...slowest.map(({ begun, ended }) => ended - begun));
    console.info(
      `One backend, kill -9 of its PHP-FPM: ${failures.length} GETs failed, the last ${Math.round(gap)} ms after it; ` +
        `the slowest answer took ${Math.round(wait)} ms`,
    );
  });
});

/** Processes of a kind that were not among `before`. */
function newOnes(kind: ProcessKind, before: readonly { readonly pid: number }[]) {
  return desk.processes(kind).filter(({ pid }) => !before.some((one) => one.pid === pid));
}

function onlyOne<T>(found: readonly T[]): T {
  expect(found).toHaveLength(1);
  return found[0] as T;
}

/** Whether both belong to the same machine of the local cloud. */
function worksBeside(agent: number, engine: number): boolean {
  const machine = /\/vms\/vm-[a-z0-9]+\//.exec(readFileSync(`/proc/${engine}/cmdline`, 'utf8'))?.[0];
  return machine !== undefined && `${readlinkSync(`/proc/${agent}/cwd`)}/`.includes(machine);
}

/** @returns the cookie */
async function logIn(): Promise<string> {
  const answer = await fetch(`${address}/visit`);
  expect(ProbeAnswer.parse(await answer.json()).visits).toBe(1);
  return answer.headers.getSetCookie()[0]?.split(';')[0] ?? '';
}
