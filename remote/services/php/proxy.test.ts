/** Proxy, web and session nodes with real engines. */
import { readdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { NodeMeasurement } from '../../core/service/agent.ts';
import type { BackendDetail, ProxyDetail, SessionDetail } from './configuration.ts';
import { spec as phpSpec } from './spec.ts';
import { startLoad } from './test-load.ts';
import {
  type Bench,
  backendConfiguration,
  codeVersion,
  createBench,
  password,
  server,
  type TestNode,
  until,
} from './test-support.ts';

let bench: Bench;
let session: TestNode;
let proxy: TestNode;
beforeEach(async () => {
  bench = await createBench();
  session = bench.node('php-session-1', 'session', bench.address(0));
  await session.apply({ kind: 'session', password, paused: false, environment: {} });
  proxy = bench.node('php-proxy-1', 'proxy', bench.address(0));
});
afterEach(async () => {
  await bench[Symbol.asyncDispose]();
});

const states = () => (proxy.agent.report().detail as ProxyDetail).servers;

test('a home so deep that no socket fits into its path', async () => {
  await using deep = await createBench(true);
  const store = deep.node('php-session-1', 'session', deep.address(0));
  await store.apply({ kind: 'session', password, paused: false, environment: {} });
  const backend = deep.node('php-backend-1', 'backend', deep.address(0));
  await backend.apply(backendConfiguration(store));
  const door = deep.node('php-proxy-1', 'proxy', deep.address(0));
  await door.apply({ kind: 'proxy', backends: [server(backend)], webs: [], listings: [], environment: {} });
  expect((await fetch(`http://${deep.address(0)}:${door.port()}/`)).status).toBe(200);
  for (const [role, node] of Object.entries({ session: store, backend, proxy: door })) {
    expect(Object.keys(node.agent.logs())).toEqual(phpSpec.roles[role]?.logs);
  }
  const before = (await readdir('/tmp')).filter((name) => /^conpaas-\d/.test(name));
  for (const node of [door, backend, store]) await node.agent.stop(AbortSignal.timeout(10_000));
  const after = await readdir('/tmp');
  expect(before.filter((name) => !after.includes(name)).length).toBeGreaterThanOrEqual(2);
});

async function backendNode(n: number, files: Readonly<Record<string, string>>): Promise<TestNode> {
  const node = bench.node(`php-backend-${n}`, 'backend', bench.address(n));
  await node.apply(backendConfiguration(session, { code: await codeVersion(bench, 'v1', files) }));
  return node;
}

async function route(backends: readonly TestNode[], webs: readonly TestNode[] = [], listings: readonly string[] = []) {
  await proxy.apply({
    kind: 'proxy',
    backends: backends.map((node) => server(node)),
    webs: webs.map((node) => server(node)),
    listings,
    environment: {},
  });
  await until('all up', () => [...backends, ...webs].every(({ id }) => states()[id]?.state === 'up'));
}

async function get(path: string, headers: Record<string, string> = {}) {
  const answer = await fetch(`http://${proxy.context.address}:${proxy.port()}${path}`, { redirect: 'manual', headers });
  return { status: answer.status, body: await answer.text(), headers: answer.headers };
}

test('static files of the version come from web nodes, everything else from backends', async () => {
  const files = {
    'index.php': '<?php echo "page";',
    'style.css': 'body {}',
    'a b.txt': 'space',
    '.htaccess': 'deny',
    'notes.sql': 'secret',
  };
  const { blob, listing } = await bench.code(files);
  const backend = await backendNode(1, { ...files, 'style.css': 'from a backend' });
  const web = bench.node('php-web-1', 'web', bench.address(0));
  await web.apply({ kind: 'web', versions: [{ version: 'v1', blob }], environment: {} });
  await route([backend], [web], [listing]);
  expect((proxy.agent.report().detail as ProxyDetail).staticPaths).toBe(1);
  expect(await get('/style.css?v=1')).toMatchObject({ status: 200, body: 'body {}' });
  expect(await get('/a%20b.txt')).toMatchObject({ status: 200, body: 'space' });
  expect(await get('/')).toMatchObject({ status: 200, body: 'page' });
  expect((await get('/.htaccess')).status).toBe(404);
  expect((await get('/notes.sql')).status).toBe(404);
  expect((await get('/.conpaas/health')).status).toBe(404);
  expect((await get('/%2econpaas/health')).status).toBe(404);

  const next = await bench.code({ 'index.php': '', 'new.css': 'new', 'style.css': 'second' });
  await web.apply({
    kind: 'web',
    versions: [
      { version: 'v2', blob: next.blob },
      { version: 'v1', blob },
    ],
    environment: {},
  });
  await route([backend], [web], [next.listing]);
  expect(await get('/style.css')).toMatchObject({ body: 'second' });
  expect(await get('/new.css')).toMatchObject({ body: 'new' });

  await web.agent.stop(AbortSignal.timeout(10_000));
  await until('web is seen to be down', () => states()['php-web-1']?.state === 'down');
  expect(await get('/style.css')).toMatchObject({ status: 200, body: 'from a backend' });
});

test('while data is frozen pages are read and changes are refused, and then passed on again', async () => {
  const backend = await backendNode(1, { 'index.php': '<?php echo $_SERVER["REQUEST_METHOD"];' });
  const hold = async (holdsChanges: boolean) =>
    proxy.apply({
      ...{ kind: 'proxy', backends: [server(backend)], webs: [], listings: [], environment: {} },
      holdsChanges,
    });
  const send = (method: string) => fetch(`http://${proxy.context.address}:${proxy.port()}/index.php`, { method });
  // Known to an HAProxy that runs already, and to one that starts.
  for (const kills of [false, true]) {
    await hold(false);
    await until('it is up', () => states()['php-backend-1']?.state === 'up');
    expect(await (await send('POST')).text()).toBe('POST');
    await hold(true);
    if (kills) {
      await proxy.agent.stop(AbortSignal.timeout(10_000));
      await hold(true);
      await until('it is up', () => states()['php-backend-1']?.state === 'up');
    }
    for (const method of ['POST', 'PUT', 'DELETE']) {
      const refused = await send(method);
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '10']);
      expect(refused.headers.get('content-type')).toBe('text/html');
      expect(await refused.text()).toMatch(/^<!doctype html><html lang="en">.*being moved.*<\/p>$/);
    }
    expect(await (await send('GET')).text()).toBe('GET');
    expect(await (await send('OPTIONS')).text()).toBe('OPTIONS');
  }
  await hold(false);
  expect(await (await send('POST')).text()).toBe('POST');
});

test('figures of all roles move with the requests of users', async () => {
  const files = {
    'index.php': '<?php session_start(); usleep(20000); echo "page";',
    'bad.php': '<?php http_response_code(500);',
  };
  const backend = await backendNode(1, { ...files });
  const web = bench.node('php-web-1', 'web', bench.address(0));
  const { blob, listing } = await bench.code({ ...files, 'style.css': 'body {}' });
  await web.apply({ kind: 'web', versions: [{ version: 'v1', blob }], environment: {} });
  await route([backend], [web], [listing]);
  const measure = async (node: TestNode): Promise<NodeMeasurement> =>
    (await node.agent.measure?.(AbortSignal.timeout(10_000))) ?? { figures: {} };
  const nodes = { proxy, web, backend, session };
  const all = async () =>
    Object.fromEntries(
      await Promise.all(Object.entries(nodes).map(async ([name, node]) => [name, await measure(node)] as const)),
    );
  const before = await all();
  for (let round = 0; round < 10; round += 1) await get('/');
  for (let round = 0; round < 4; round += 1) await get('/style.css');
  for (let round = 0; round < 3; round += 1) await get('/bad.php');
  await get('/.conpaas/none');
  // The logs are written a moment later than answers are given: what each look finds is put together.
  const seen: Record<string, number | undefined> = {};
  const told: Record<string, NodeMeasurement> = {};
  const more = (name: string, figure: string) =>
    (told[name]?.figures[figure] ?? Number.NaN) - (before[name]?.figures[figure] ?? Number.NaN);
  await until('the logs tell of it', async () => {
    for (const [name, measurement] of Object.entries(await all())) {
      told[name] = measurement;
      for (const [figure, value] of Object.entries(measurement.figures)) if (value !== undefined) seen[figure] = value;
    }
    // HAProxy counts a request at its end, and PHP-FPM a page when it finds that nginx has closed the connection.
    const isCounted = more('proxy', 'errors_4xx') >= 1 && more('backend', 'fpm_pages') >= 13;
    const isIdle = (told['backend']?.figures['fpm_idle'] ?? 0) > 0;
    return isCounted && isIdle && seen['response_p95'] !== undefined && seen['nginx_p50'] !== undefined;
  });
  expect([more('proxy', 'requests'), more('proxy', 'errors_4xx'), more('proxy', 'errors_5xx')]).toEqual([18, 1, 3]);
  expect(more('proxy', 'sent')).toBeGreaterThan(1000);
  expect(told['proxy']?.figures).toMatchObject({ servers_up: 2, servers_down: 0, proxy_queue: 0 });
  const part = (name: string, figure: string) =>
    (told['proxy']?.parts?.[name]?.[figure] ?? Number.NaN) - (before['proxy']?.parts?.[name]?.[figure] ?? 0);
  expect([part('server/php-backend-1', 'server_requests'), part('server/php-web-1', 'server_requests')]).toEqual([
    13, 4,
  ]);
  expect(part('server/php-backend-1', 'server_errors')).toBe(3);
  expect(told['proxy']?.parts?.['server/php-backend-1']?.['server_up']).toBe(1);
  expect(seen['response_p95']).toBeGreaterThanOrEqual(20);
  expect(more('backend', 'fpm_pages')).toBe(13);
  expect(more('session', 'redis_commands')).toBeGreaterThan(10);
  expect(told['session']?.figures['redis_keys']).toBeGreaterThan(0);
  const declared = (phpSpec.figures ?? [])
    .filter(({ roles }) => !roles.includes('proxy:server'))
    .map(({ name }) => name);
  expect(declared.filter((name) => seen[name] === undefined)).toEqual([]);
});

test('many static paths are changed in one step', async () => {
  const names = Array.from({ length: 3_000 }, (_, n) => `assets/images/gallery/picture-number-${n}.jpg`);
  const listing = await bench.putBlob(
    names.map((path) => `${JSON.stringify({ path, size: 1, sha256: '' })}\n`).join(''),
  );
  const backend = await backendNode(1, { 'index.php': '<?php echo "page";' });
  await route([backend], [], [listing]);
  expect((proxy.agent.report().detail as ProxyDetail).staticPaths).toBe(3_000);
  const map = await readFile(join(proxy.directory, 'conf', 'static.map'), 'utf8');
  expect(map.trim().split('\n')).toHaveLength(3_000);
});

test('a proxy that dies comes back with the servers it had', async () => {
  const backends = [await backendNode(1, { 'index.php': '<?php echo "one";' })];
  await route(backends);
  backends.push(await backendNode(2, { 'index.php': '<?php echo "two";' }));
  await route(backends);
  const haproxy = proxy.pid('haproxy');
  process.kill(haproxy, 'SIGKILL');
  await until('HAProxy is back', () => proxy.pid('haproxy') !== haproxy);
  const seen = new Set<string>();
  await until('both backends answer', async () => {
    const { body } = await get('/').catch(() => ({ body: '' }));
    if (body) seen.add(body);
    return seen.has('one') && seen.has('two');
  });
});

test('the page knows the address that the user asked, and where the user is', async () => {
  const backend = await backendNode(1, {
    'index.php': '<?php echo $_SERVER["HTTP_HOST"], " ", $_SERVER["REMOTE_ADDR"];',
  });
  await route([backend]);
  expect(await get('/')).toMatchObject({
    body: `${proxy.context.address}${proxy.port() === 80 ? '' : `:${proxy.port()}`} 127.0.0.1`,
  });
  expect(await get('/', { 'x-forwarded-for': '6.6.6.6' })).toMatchObject({
    body: expect.stringContaining('127.0.0.1'),
  });
});

test('a node that cannot begin a POST hands it to another one', async () => {
  const files = { 'index.php': '<?php echo "done";' };
  const backends = [await backendNode(1, files), await backendNode(2, files)];
  await route(backends);
  const [first] = backends as [TestNode];
  // As between the death of a pool and its return: its nginx still takes requests, but nobody is behind it.
  const sockets = join(first.directory, 'run', 's');
  const name = (await readdir(sockets)).find((file) => !file.endsWith('-s.sock')) ?? '';
  await rename(join(sockets, name), join(sockets, 'away'));
  const answers = await Promise.all(
    Array.from({ length: 8 }, () =>
      fetch(`http://${proxy.context.address}:${proxy.port()}/`, { method: 'POST', body: 'a=b' }).then(
        ({ status }) => status,
      ),
    ),
  );
  expect(answers).toEqual(Array(8).fill(200));
  await route([first]);
  expect((await get('/')).status).toBe(503);
});

test('sessions move to another node: nobody is logged out, no request fails', async () => {
  const files = {
    'index.php':
      '<?php session_start(); echo $_SESSION["user"] ?? "nobody", " ", $_SESSION["n"] = ($_SESSION["n"] ?? 0) + 1;',
    'login.php': '<?php session_start(); $_SESSION["user"] = "ada"; echo "welcome";',
  };
  const code = await codeVersion(bench, 'v1', files);
  const backends = [1, 2].map((n) => bench.node(`php-backend-${n}`, 'backend', bench.address(n)));
  const use = (store: TestNode) =>
    Promise.all(backends.map((node) => node.apply(backendConfiguration(store, { code }))));
  await use(session);
  await route(backends);
  const login = await get('/login.php');
  const cookie = login.headers.get('set-cookie')?.split(';')[0] ?? '';
  let count = 0;
  const visit = async () => {
    const { body } = await get('/', { cookie });
    count += 1;
    expect(body).toBe(`ada ${count}`);
  };
  await visit();
  const load = startLoad({ host: proxy.context.address, port: proxy.port(), path: '/', keepAlive: true, clients: 2 });

  const store = (paused: boolean, replicaOf?: TestNode) => ({
    kind: 'session',
    password,
    paused,
    environment: {},
    ...(replicaOf && { replicaOf: { node: replicaOf.id, address: replicaOf.context.address, port: replicaOf.port() } }),
  });
  const detail = (node: TestNode) => node.agent.report().detail as SessionDetail;
  const other = bench.node('php-session-2', 'session', bench.address(3));
  await other.apply(store(false, session));
  await until('it has all', () => detail(other).synced);
  await visit();
  await session.apply(store(true));
  await until('it has the last writes', () => detail(other).offset >= detail(session).offset);
  await use(other);
  await visit();
  await session.apply(store(false));
  await visit();
  await until('earlier pages have ended', () =>
    backends.every(({ agent }) => (agent.report().detail as BackendDetail).retiring === 0),
  );
  await other.apply(store(false));
  expect(detail(other).role).toBe('primary');
  await session.agent.stop(AbortSignal.timeout(10_000));
  await visit();
  await load.stop();
  expect(load.failures().map(({ failure }) => failure)).toEqual([]);
  expect(load.samples.filter(({ body }) => /warning|error/i.test(body))).toEqual([]);
});

test('the session store keeps its content over a restart, and wants its password', async () => {
  const backend = await backendNode(1, {
    'index.php': '<?php session_start(); echo $_SESSION["n"] = ($_SESSION["n"] ?? 0) + 1;',
  });
  await route([backend]);
  const first = await get('/');
  const cookie = first.headers.get('set-cookie')?.split(';')[0] ?? '';
  expect((await get('/', { cookie })).body).toBe('2');
  await session.apply({ kind: 'session', password, paused: false, environment: {} }, 1);
  expect((await get('/', { cookie })).body).toBe('3');
  const { connect } = await import('node:net');
  const answer = await new Promise<string>((resolve) => {
    const socket = connect(session.port(), session.context.address, () => socket.write('KEYS *\r\n'));
    socket.once('data', (data) => {
      socket.destroy();
      resolve(data.toString());
    });
  });
  expect(answer).toContain('NOAUTH');
});
