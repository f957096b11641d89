/** What must not be noticed by users: under constant load, without any retry in the client. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ProxyDetail } from './configuration.ts';
import { type Load, startLoad } from './test-load.ts';
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
let loads: Load[] = [];
beforeEach(async () => {
  bench = await createBench();
});
afterEach(async () => {
  await Promise.all(loads.map((load) => load.stop()));
  loads = [];
  await bench[Symbol.asyncDispose]();
});

interface Site {
  readonly session: TestNode;
  readonly proxy: TestNode;
  readonly backends: TestNode[];
  readonly address: string;
  /** Tells the proxy about these backends. */
  route(ready: readonly TestNode[], draining?: readonly TestNode[]): Promise<void>;
}

async function site(count: number): Promise<Site> {
  const address = bench.address(0);
  const session = bench.node('php-session-1', 'session', address);
  await session.apply({ kind: 'session', password, paused: false, environment: {} });
  const proxy = bench.node('php-proxy-1', 'proxy', address);
  const backends = Array.from({ length: count }, (_, n) =>
    bench.node(`php-backend-${n + 1}`, 'backend', bench.address(n + 1)),
  );
  return {
    session,
    proxy,
    backends,
    address,
    async route(ready, draining = []) {
      await proxy.apply({
        kind: 'proxy',
        backends: [...ready.map((node) => server(node)), ...draining.map((node) => server(node, 'drain'))],
        webs: [],
        listings: [],
        environment: {},
      });
    },
  };
}

const version = (text: string) => codeVersion(bench, text, { 'index.php': `<?php usleep(5000); echo '${text}';` });

const states = ({ proxy }: Site) => (proxy.agent.report().detail as ProxyDetail).servers;
const allUp = (on: Site, nodes: readonly TestNode[]) =>
  until('all backends up', () => nodes.every(({ id }) => states(on)[id]?.state === 'up'));

function load(on: Site, more: Partial<Parameters<typeof startLoad>[0]> = {}): Load {
  const started = startLoad({
    host: on.address,
    port: on.proxy.port(),
    path: '/',
    keepAlive: true,
    clients: 3,
    ...more,
  });
  loads.push(started);
  return started;
}

const gets = (on: Site) => [load(on, { keepAlive: true }), load(on, { keepAlive: false })];
const posts = (on: Site, path: (kind: number, count: number) => string) =>
  [true, false].map((keepAlive, kind) =>
    load(on, { method: 'POST', keepAlive, clients: 2, path: (count) => path(kind, count) }),
  );
/** Where nothing is killed, nothing at all may fail. */
const everything = (on: Site) => [...gets(on), ...posts(on, () => '/')];
const some = (all: readonly Load[], more = 30) => {
  const goal = all.map(({ samples }) => samples.length + more);
  return until('some requests', () => all.every(({ samples }, n) => samples.length >= (goal[n] ?? 0)));
};
const failures = (all: readonly Load[]) => all.flatMap((one) => one.failures()).map(({ failure }) => failure);

test('a new version takes over: no request fails, none gets an old answer once the switch is done', async () => {
  const on = await site(2);
  const [v1, v2] = [await version('v1'), await version('v2')];
  for (const backend of on.backends) await backend.apply(backendConfiguration(on.session, { code: v1 }));
  await on.route(on.backends);
  await allUp(on, on.backends);
  const all = everything(on);
  await some(all);
  for (const wanted of [v2, v1, v2]) {
    for (const backend of on.backends) await backend.apply(backendConfiguration(on.session, { code: wanted }));
    const switched = performance.now();
    await some(all, 60);
    const late = all.flatMap(({ samples }) => samples).filter(({ begun }) => begun > switched);
    expect(late.filter(({ body }) => body !== wanted.version)).toEqual([]);
  }
  await Promise.all(all.map((one) => one.stop()));
  expect(failures(all)).toEqual([]);
  await until('old pools have ended', () =>
    on.backends.every(({ agent }) => (agent.report().detail as { retiring: number }).retiring === 0),
  );
});

test('a configuration change and a restart that was asked for go unnoticed, even by a slow page', async () => {
  const on = await site(1);
  const code = await codeVersion(bench, 'v1', {
    'index.php': '<?php echo ini_get("memory_limit");',
    'slow.php': '<?php usleep(1500000); echo "slow";',
  });
  const [backend] = on.backends as [TestNode];
  const first = backendConfiguration(on.session, { code });
  await backend.apply(first);
  await on.route([backend]);
  await allUp(on, [backend]);
  const all = [...everything(on), load(on, { path: '/slow.php', clients: 2 })];
  await some(all, 1);
  const more = { ...first, php: { ...first.php, memory_limit: '64M' } };
  await backend.apply(more);
  const answer = await fetch(`http://${on.address}:${on.proxy.port()}/`);
  expect(await answer.text()).toBe('64M');
  await backend.apply(more, 1);
  await some(all, 2);
  await Promise.all(all.map((one) => one.stop()));
  expect(failures(all)).toEqual([]);
});

test('two more backends, then one less', async () => {
  const on = await site(3);
  const code = await version('v1');
  const [first, second, third] = on.backends as [TestNode, TestNode, TestNode];
  await first.apply(backendConfiguration(on.session, { code }));
  await on.route([first]);
  await allUp(on, [first]);
  const all = everything(on);
  await some(all);
  await Promise.all([second, third].map((node) => node.apply(backendConfiguration(on.session, { code }))));
  await on.route([first, second, third]);
  await allUp(on, on.backends);
  await some(all, 60);
  await until('the new ones are used', () => (states(on)['php-backend-3']?.total ?? 0) > 0);

  await on.route([second, third], [first]);
  await until('the first is idle', () => {
    const state = states(on)['php-backend-1'];
    return state?.state === 'drain' && state.sessions === 0;
  });
  await on.route([second, third]);
  await first.agent.stop(AbortSignal.timeout(10_000));
  await some(all, 60);
  await Promise.all(all.map((one) => one.stop()));
  expect(failures(all)).toEqual([]);
  await until('the proxy has forgotten it', () => states(on)['php-backend-1'] === undefined);
  const file = await readFile(join(on.proxy.directory, 'conf', 'haproxy.cfg'), 'utf8');
  expect(file).not.toContain('php-backend-1');
  expect(file).toContain('php-backend-3');
});

test('PHP-FPM is killed on one of two backends: no GET fails, no POST is executed twice', async () => {
  const on = await site(2);
  const code = await codeVersion(bench, 'v1', {
    'index.php': '<?php usleep(5000); echo str_repeat("x", 7000);',
    'post.php':
      '<?php file_put_contents(getenv("HOME")."/posts", $_GET["n"]."\\n", FILE_APPEND|LOCK_EX); usleep(5000); echo "ok";',
  });
  for (const backend of on.backends) await backend.apply(backendConfiguration(on.session, { code }));
  await on.route(on.backends);
  await allUp(on, on.backends);
  const read = gets(on);
  const written = posts(on, (kind, count) => `/post.php?n=${kind}-${count}`);
  await some([...read, ...written]);
  const [first] = on.backends as [TestNode];
  for (let round = 0; round < 3; round += 1) {
    const master = first.pid('fpm');
    process.kill(master, 'SIGKILL');
    await until('PHP-FPM is back', () => first.pid('fpm') !== master);
    await allUp(on, on.backends);
    await some([...read, ...written], 40);
  }
  await Promise.all([...read, ...written].map((one) => one.stop()));
  expect(failures(read)).toEqual([]);
  const cut = read.flatMap(({ samples }) => samples).filter(({ body }) => body.length !== 7_000);
  expect(cut.map(({ body }) => [body.length, body.slice(0, 40)])).toEqual([]);

  const executed: string[] = [];
  for (const { directory } of on.backends) {
    executed.push(...(await readFile(join(directory, 'work', 'posts'), 'utf8')).trim().split('\n'));
  }
  expect(executed.length).toBe(new Set(executed).size);
  const sent = written.flatMap(({ samples }) => samples).length;
  console.log(`${sent} POSTs, ${failures(written).length} failed in 3 kills: ${[...new Set(failures(written))]}`);
  // At most those that were at the killed process, and those that reached it while it was being cleared away: four
  // clients, three kills.
  expect(failures(written).length).toBeLessThanOrEqual(24);
});

test('nginx is killed on one of two backends, and the agent dies in the middle of a switch: no GET fails', async () => {
  const on = await site(2);
  const [v1, v2] = [await version('v1'), await version('v2')];
  for (const backend of on.backends) await backend.apply(backendConfiguration(on.session, { code: v1 }));
  await on.route(on.backends);
  await allUp(on, on.backends);
  const all = gets(on);
  await some(all);
  const [first, second] = on.backends as [TestNode, TestNode];
  const nginx = first.pid('nginx');
  process.kill(nginx, 'SIGKILL');
  await until('nginx is back', () => first.pid('nginx') !== nginx);
  await allUp(on, on.backends);
  await some(all);
  const broken = new AbortController();
  const changes = second.changes;
  const switching = second
    .apply(backendConfiguration(on.session, { code: v2 }), 0, broken.signal)
    .catch(() => 'broken off');
  await until('something has happened', () => second.pid('fpm') !== 0 || second.changes > changes);
  broken.abort();
  expect(await switching).toBe('broken off');
  const again = await second.agentRestarts();
  await again.apply(backendConfiguration(on.session, { code: v2 }));
  await first.apply(backendConfiguration(on.session, { code: v2 }));
  const switched = performance.now();
  await some(all, 60);
  await Promise.all(all.map((one) => one.stop()));
  expect(failures(all)).toEqual([]);
  const late = all.flatMap(({ samples }) => samples).filter(({ begun }) => begun > switched);
  expect(late.filter(({ body }) => body !== 'v2')).toEqual([]);
  await until('old pools have ended', () => (again.agent.report().detail as { retiring: number }).retiring === 0);
});
