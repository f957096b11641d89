import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  appendFileSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { agentMethods, type NodeAssignment } from '../core/contract/agent.ts';
import type { LogLine, NodeObservation } from '../core/contract/application.ts';
import type { Identity } from '../core/contract/identity.ts';
import { NodeId } from '../core/contract/ids.ts';
import type { LogBatch, LogSource } from '../core/contract/logs.ts';
import { createTrust, type Trust } from '../core/identity/fixtures.ts';
import { createToken } from '../core/identity/index.ts';
import { type Client, connect } from '../core/rpc/index.ts';
import { endRecorded, identify, listProcesses, readStat } from '../core/supervisor/index.ts';
import { startTestDirector, type TestDirector } from './test-director.ts';
import { testSpec } from './test-service.ts';

const address = '127.77.52.2';
type AgentClient = Client<typeof agentMethods>;

let trust: Trust;
let work: string;
let home: string;
let director: TestDirector;
const clients: AgentClient[] = [];
const agents: ChildProcess[] = [];

beforeAll(async () => {
  trust = await createTrust('agent-test');
});

beforeEach(async () => {
  work = mkdtempSync(path.join(tmpdir(), 'agent-'));
  home = path.join(work, 'agent');
  mkdirSync(home);
  mkdirSync(path.join(work, 'blobs'));
  const token = createToken();
  director = await startTestDirector(trust, work, '127.77.52.1', token);
  const agent = trust.identities.agent;
  writeFileSync(
    path.join(home, 'bootstrap.json'),
    JSON.stringify({
      kind: 'agent',
      deployment: trust.deployment,
      address,
      vm: agent.kind === 'agent' ? agent.vm : '',
      application: agent.kind === 'agent' ? agent.application : '',
      director: director.address,
      roots: [trust.root.certificate],
      token,
    }),
  );
});

afterEach(async () => {
  for (const client of clients.splice(0)) await client[Symbol.asyncDispose]();
  for (const agent of agents.splice(0)) await kill(agent);
  await endRecorded(path.join(home, 'supervisor'));
  await director[Symbol.asyncDispose]();
  rmSync(work, { recursive: true, force: true });
});

afterAll(() => expect(listProcesses().filter(({ pid }) => commandOf(pid).includes(address))).toEqual([]));

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return ''; // gone
  }
}

async function kill(agent: ChildProcess, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
  if (agent.exitCode !== null || agent.signalCode !== null) return;
  const exited = once(agent, 'exit');
  agent.kill(signal);
  await exited;
}

/** Starts an agent process and waits until it serves. */
async function startAgent(uid?: number, environment: Record<string, string> = {}): Promise<ChildProcess> {
  const command = [process.execPath, path.join(import.meta.dirname, 'test-agent.ts'), home];
  const asUser = uid === undefined ? [] : ['setpriv', `--reuid=${uid}`, `--regid=${uid}`, '--clear-groups'];
  const [executable = '', ...rest] = [...asUser, ...command];
  const agent = spawn(executable, rest, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...environment },
  });
  agents.push(agent);
  let lines = '';
  await new Promise<void>((resolve, reject) => {
    agent.stderr?.on('data', (data) => {
      lines += data;
      if (lines.includes('serving app-one')) resolve();
    });
    agent.once('exit', () => reject(new Error(lines)));
  });
  return agent;
}

async function manager(epoch = 2): Promise<AgentClient> {
  const identity: Identity = { ...trust.identities.manager, epoch } as Identity;
  return client(identity);
}

async function client(identity: Identity): Promise<AgentClient> {
  const credentials = await trust.credentials(identity);
  const made = connect(
    { ...testSpec.agentMethods, ...agentMethods },
    {
      address: { host: address, port: director.announced.at(-1) ?? 0 },
      expect: trust.identities.agent,
      credentials: () => credentials,
      roots: () => credentials.roots,
    },
  );
  clients.push(made as AgentClient);
  return made as AgentClient;
}

function node(
  name: string,
  hash: string,
  configuration: object = {},
  more: Partial<NodeAssignment> = {},
): NodeAssignment {
  return {
    node: NodeId.parse(name),
    service: 'cache',
    type: 'test',
    role: 'store',
    running: true,
    restarts: 0,
    hash,
    configuration: { ...configuration },
    ...more,
  };
}

/** Watches until the observation of a node is as wanted. */
async function seen(
  from: AgentClient,
  what: (nodes: readonly NodeObservation[]) => boolean,
): Promise<readonly NodeObservation[]> {
  let last: readonly NodeObservation[] = [];
  const signal = AbortSignal.timeout(15_000);
  try {
    for await (const nodes of from.stream('watch_nodes', {}, { signal })) {
      last = nodes;
      if (what(nodes)) return nodes;
    }
  } catch (error) {
    throw new Error(`not seen: ${JSON.stringify(last)}`, { cause: error });
  }
  throw new Error(`ended: ${JSON.stringify(last)}`);
}

const runs = (name: string, hash: string) => (nodes: readonly NodeObservation[]) =>
  nodes.some((one) => one.node === name && one.state === 'running' && one.applied === hash && !one.failure);

const redisPid = () =>
  listProcesses().find(
    ({ pid }) => /redis-server.*127\.77\.52\.2/.test(commandOf(pid)) && !commandOf(pid).includes('bwrap'),
  )?.pid ?? 0;

async function logLines(from: AgentClient, params: object): Promise<LogLine[]> {
  const lines: LogLine[] = [];
  for await (const line of from.stream('get_logs', { follow: false, ...params })) lines.push(line);
  return lines;
}

test('runs, changes, stops and removes a node; files are closed to others', async () => {
  await startAgent();
  const own = await manager();
  expect(await own.call('check_agent_process', {})).toMatchObject({ vm: 'vm-one', nodes: 0 });
  await own.call('set_nodes', { nodes: [node('cache-1', 'one')], keep: [] });
  const [running] = await seen(own, runs('cache-1', 'one'));
  expect(running).toMatchObject({ ports: { redis: 6379 }, restarts: 0, attempted: 'one' });
  expect(await own.callAny('echo', { node: 'cache-1', text: 'hi' })).toEqual({ text: 'cache-1: hi' });
  const metrics = await own.call('get_metrics', {});
  expect(metrics[0]).toMatchObject({ node: 'cache-1', memory: expect.any(Number) });
  expect(metrics[0]?.memory).toBeGreaterThan(1_000_000);
  expect(
    (await logLines(own, { node: 'cache-1', log: 'redis' })).some(({ text }) => /Ready to accept/.test(text)),
  ).toBe(true);
  expect(await logLines(own, { tail: 1, log: 'conpaas' })).toMatchObject([{ text: 'applying one', service: 'cache' }]);
  await expect(logLines(own, { log: 'nothing' })).rejects.toMatchObject({ failure: { code: 'not_found' } });
  expect(statSync(home).mode & 0o777).toBe(0o700);
  expect(statSync(path.join(home, 'identity', 'key.pem')).mode & 0o777).toBe(0o600);

  await own.call('set_nodes', { nodes: [node('cache-1', 'off', {}, { running: false })], keep: [] });
  await seen(own, ([one]) => one?.state === 'stopped' && one.applied === 'off');
  expect(redisPid()).toBe(0);
  expect(existsSync(path.join(home, 'nodes', 'cache-1', 'appendonlydir'))).toBe(true);

  await own.call('set_nodes', { nodes: [], keep: ['cache-1'] });
  expect(await own.call('check_agent_process', {})).toMatchObject({ nodes: 1 });
  await own.call('set_nodes', { nodes: [], keep: [] });
  await seen(own, (nodes) => nodes.length === 0);
  for (const place of ['nodes', 'supervisor', 'logs']) expect(readdirSync(path.join(home, place))).toEqual([]);
});

test('kill -9 of the agent: the engine goes on, the next agent adopts it without a manager or director', async () => {
  const agent = await startAgent();
  const first = await manager();
  await first.call('set_nodes', { nodes: [node('cache-1', 'one')], keep: [] });
  await seen(first, runs('cache-1', 'one'));
  const pid = redisPid();
  await kill(agent);
  expect(readStat(pid)).toBeDefined();
  const engine = identify(pid);
  await startAgent();
  const second = await manager();
  await seen(second, runs('cache-1', 'one'));
  expect(identify(pid)).toEqual(engine);
  // An engine that dies now is restarted, although nobody knows how it ended.
  process.kill(pid, 'SIGKILL');
  const [after] = await seen(second, ([one]) => one?.restarts === 1 && one.state === 'running');
  expect(after?.failure).toBeUndefined();
  await kill(agents.at(-1) ?? agent, 'SIGTERM');
  expect(redisPid()).not.toBe(0);
  // Removed while no agent was there to see it: gone with the next assignment.
  await startAgent();
  const third = await manager();
  await third.call('set_nodes', { nodes: [], keep: [] });
  await seen(third, (nodes) => nodes.length === 0);
  expect(redisPid()).toBe(0);
});

test('a newer assignment ends the work on an older one; a failing one leaves what runs', async () => {
  await startAgent();
  const own = await manager();
  await own.call('set_nodes', { nodes: [node('cache-1', 'slow', { slowMs: 60_000 })], keep: [] });
  await own.call('set_nodes', { nodes: [node('cache-1', 'quick')], keep: [] });
  await seen(own, runs('cache-1', 'quick'));
  await own.call('set_nodes', { nodes: [node('cache-1', 'bad', { fail: 'no such dump' })], keep: [] });
  const [bad] = await seen(own, ([one]) => one?.failure !== undefined);
  expect(bad).toMatchObject({
    state: 'running',
    applied: 'quick',
    attempted: 'bad',
    failure: { code: 'engine_failed', message: 'no such dump' },
  });
  expect(redisPid()).not.toBe(0);
  await own.call('set_nodes', { nodes: [node('cache-1', 'good')], keep: [] });
  await seen(own, runs('cache-1', 'good'));
});

test('missing engines, unknown roles and taken ports are told in words', async () => {
  await startAgent();
  const own = await manager();
  const server = createServer().listen(7001, address);
  await once(server, 'listening');
  const nodes = [
    node('odd-1', 'a', {}, { role: 'odd' }),
    node('strange-1', 'a', {}, { type: 'strange' }),
    node('cache-1', 'a', { port: 7001, exact: true }),
    node('cache-2', 'a', { port: 7001 }),
  ];
  await own.call('set_nodes', { nodes, keep: [] });
  const all = await seen(
    own,
    (found) => found.filter(({ failure }) => failure).length === 3 && runs('cache-2', 'a')(found),
  );
  const messageOf = (name: string) => all.find(({ node }) => node === name)?.failure;
  expect(messageOf('odd-1')).toMatchObject({
    code: 'missing_package',
    message: expect.stringContaining('sudo apt-get install no-such-package'),
  });
  expect(messageOf('strange-1')?.code).toBe('invalid_request');
  expect(messageOf('cache-1')).toMatchObject({
    code: 'port_in_use',
    message: expect.stringContaining(`(process ${process.pid})`),
  });
  expect(all.find(({ node }) => node === 'cache-2')?.ports['redis']).not.toBe(7001);
  // Tried again by itself once the port is free.
  server.close();
  await seen(own, runs('cache-1', 'a'));
});

test('an engine that cannot start is told with its own last lines, and tried again', async () => {
  await startAgent();
  const own = await manager();
  await own.call('set_nodes', { nodes: [node('cache-1', 'bad', { words: ['--maxmemory', 'plenty'] })], keep: [] });
  const [bad] = await seen(own, ([one]) => one?.state === 'failed');
  expect(bad?.failure).toMatchObject({ code: 'engine_failed', message: expect.stringContaining('exit code 1') });
  expect(bad?.failure?.log?.join()).toContain('argument must be a memory value');
  expect((await logLines(own, { log: 'conpaas' })).map(({ text }) => text).join()).toContain('exit code 1');
  await own.call('set_nodes', { nodes: [node('cache-1', 'good')], keep: [] });
  await seen(own, runs('cache-1', 'good'));
});

test.each(['before', 'after'])(
  'killed right %s it journals a removal, nothing is left over in the end',
  async (moment) => {
    const agent = await startAgent();
    const first = await manager();
    await first.call('set_nodes', { nodes: [node('cache-1', 'one')], keep: [] });
    await seen(first, runs('cache-1', 'one'));
    await kill(agent);
    // Taking up and greeting write nothing, or what it has already: the removal's is one of the first commits.
    const fragile = await startAgent(undefined, { CONPAAS_CRASH: `agent:2:${moment}` });
    const exited = once(fragile, 'exit');
    const second = await manager();
    await second.call('set_nodes', { nodes: [], keep: [] }).catch(() => undefined); // the agent died on it
    await second.call('set_nodes', { nodes: [], keep: [] }).catch(() => undefined);
    await exited;
    await startAgent();
    const third = await manager();
    await third.call('set_nodes', { nodes: [], keep: [] });
    await seen(third, (nodes) => nodes.length === 0);
    expect(redisPid()).toBe(0);
    for (const place of ['nodes', 'supervisor', 'logs']) expect(readdirSync(path.join(home, place))).toEqual([]);
  },
);

test('blobs are fetched once for all, checked, and kept', async () => {
  await startAgent();
  const own = await manager();
  const hash = createHash('sha256').update('the blob').digest('hex');
  writeFileSync(path.join(work, 'blobs', hash), 'the blob');
  const nodes = [1, 2, 3].map((n) => node(`cache-${n}`, 'a', { blob: hash }));
  await own.call('set_nodes', { nodes, keep: [] });
  const all = await seen(own, (found) => nodes.every((one) => runs(one.node, 'a')(found)));
  expect(all.map(({ detail }) => detail['blob'])).toEqual(['the blob', 'the blob', 'the blob']);
  expect(director.downloads).toEqual([hash]);
  const wrong = createHash('sha256').update('something else').digest('hex');
  writeFileSync(path.join(work, 'blobs', wrong), 'the blob');
  await own.call('set_nodes', { nodes: [node('cache-1', 'b', { blob: wrong })], keep: [] });
  const [bad] = await seen(own, ([one]) => one?.failure !== undefined);
  expect(bad?.failure?.code).toBe('checksum_mismatch');
});

test('only the newest manager of its own application is obeyed, also after a restart', async () => {
  const agent = await startAgent();
  const old = await manager(2);
  await old.call('set_nodes', { nodes: [], keep: [] });
  const watched = (async () => {
    for await (const _ of old.stream('watch_nodes', {}));
  })();
  const refused = expect(watched).rejects.toMatchObject({ failure: { code: 'superseded' } });
  const newer = await manager(3);
  await newer.call('check_agent_process', {});
  await refused;
  await expect(old.call('set_nodes', { nodes: [], keep: [] })).rejects.toMatchObject({
    failure: { code: 'superseded' },
  });
  await kill(agent);
  await startAgent();
  await expect((await manager(2)).call('check_agent_process', {})).rejects.toMatchObject({
    failure: { code: 'superseded' },
  });
  const foreign = { ...trust.identities.manager, application: 'app-two', epoch: 9 } as Identity;
  for (const identity of [foreign, trust.identities.director, trust.identities.user, trust.identities.agent]) {
    await expect((await client(identity)).call('check_agent_process', {})).rejects.toMatchObject({
      failure: { code: 'forbidden' },
    });
  }
});

test.each(process.getuid?.() === 0 ? ['root', 'an ordinary user'] : ['an ordinary user'])(
  "a node's script cannot read the agent's key or journal, nor see its process: agent as %s",
  async (who) => {
    const uid = who === 'root' || process.getuid?.() !== 0 ? undefined : 0x3ffd0;
    if (uid !== undefined)
      for (const file of [work, home, path.join(home, 'bootstrap.json')]) chownSync(file, uid, uid);
    const agent = await startAgent(uid);
    const own = await manager();
    const script = `cat ${home}/identity/key.pem ${home}/agent.db ${home}/bootstrap.json; kill -0 ${agent.pid}; id -u; exit 3`;
    await own.call('set_nodes', { nodes: [node('cache-1', 'a', { script })], keep: [] });
    const [one] = await seen(own, runs('cache-1', 'a'));
    expect(one?.detail['code']).toBe(3);
    const lines = one?.detail['lastLines'] as string[];
    expect(lines.slice(0, 3)).toEqual(lines.slice(0, 3).filter((line) => line.includes('No such file or directory')));
    expect(lines[3]).toContain('No such process');
    expect(Number(lines[4])).not.toBe(0);
  },
);

test('logs are followed as they grow', async () => {
  await startAgent();
  const own = await manager();
  await own.call('set_nodes', { nodes: [node('cache-1', 'one')], keep: [] });
  await seen(own, runs('cache-1', 'one'));
  const stop = new AbortController();
  const lines: string[] = [];
  const following = (async () => {
    const follow = { follow: true, tail: 1, node: 'cache-1', log: 'conpaas' };
    for await (const { text } of own.stream('get_logs', follow, { signal: stop.signal })) lines.push(text);
  })().catch(() => undefined); // ended by us
  // The last line that was there says that the follower is there too.
  await vi.waitFor(() => expect(lines).toEqual(['applying one']), { timeout: 15_000 });
  await own.call('set_nodes', { nodes: [node('cache-1', 'two')], keep: [] });
  await vi.waitFor(() => expect(lines).toEqual(['applying one', 'applying two']), { timeout: 15_000 });
  stop.abort();
  await following;
});

test('logs are read in batches from a place on, and searched where they lie', async () => {
  await startAgent();
  const own = await manager();
  await own.call('set_nodes', { nodes: [node('cache-1', 'one')], keep: [] });
  await seen(own, runs('cache-1', 'one'));
  const log = path.join(home, 'nodes', 'cache-1', 'script.log');
  const source = { node: 'cache-1', log: 'script' };
  const read = async (sources: LogSource[], more: { tail?: number } = {}) => {
    const batches: LogBatch[] = [];
    for await (const batch of own.stream('read_logs', { sources, follow: false, ...more })) batches.push(batch);
    return batches;
  };
  writeFileSync(log, Array.from({ length: 5_000 }, (_, n) => `line ${n} of many\n`).join(''));
  const all = await read([source, { node: 'elsewhere-1', log: 'script' }]);
  expect(
    all
      .map(({ text }) => text)
      .join('\n')
      .split('\n'),
  ).toHaveLength(5_000);
  const [tail] = await read([source], { tail: 3 });
  expect(tail).toMatchObject({ seq: 4_997, count: 3, service: 'cache', behind: 0 });
  appendFileSync(log, 'and one more\n');
  const from = tail?.next ?? expect.fail('no tail');
  expect(await read([{ ...source, from }])).toMatchObject([{ seq: 5_000, text: 'and one more' }]);
  const upTo = await read([{ ...source, until: 2 }]);
  expect(upTo).toMatchObject([{ seq: 0, count: 2, text: 'line 0 of many\nline 1 of many' }]);

  const search = async (query: { text: string; regex: boolean }, until?: number) => {
    const found: number[] = [];
    const sources = [{ ...source, ...(until === undefined ? {} : { until }) }];
    const request = { sources, query: { ...query, caseSensitive: false } };
    for await (const { seqs } of own.stream('search_logs', request)) found.push(...seqs);
    return found;
  };
  expect(await search({ text: 'LINE 42 ', regex: false })).toEqual([42]);
  expect(await search({ text: '^line 1\\d\\d ', regex: true }, 105)).toEqual([100, 101, 102, 103, 104]);
  await expect(search({ text: '(', regex: true })).rejects.toMatchObject({ failure: { code: 'invalid_request' } });
  appendFileSync(log, `${'a'.repeat(60)}!\n`);
  await expect(search({ text: '^(a+)+$', regex: true })).rejects.toMatchObject({
    failure: { code: 'deadline_exceeded' },
  });
  // The agent has other things to do, and does them.
  expect(await own.call('check_agent_process', {})).toMatchObject({ nodes: 1 });
});
