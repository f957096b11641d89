/** A backend with real engines: what it serves, what it refuses, what it keeps. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ConpaasError } from '../../core/contract/errors.ts';
import { BlobHash } from '../../core/contract/ids.ts';
import { identify, isAlive } from '../../core/supervisor/proc.ts';
import type { BackendDetail } from './configuration.ts';
import {
  type Bench,
  backendConfiguration,
  codeVersion,
  createBench,
  password,
  type TestNode,
  until,
} from './test-support.ts';

let bench: Bench;
let session: TestNode;
let backend: TestNode;
beforeEach(async () => {
  bench = await createBench();
  const address = bench.address(0);
  session = bench.node('php-session-1', 'session', address);
  await session.apply({ kind: 'session', password, paused: false, environment: {} });
  backend = bench.node('php-backend-1', 'backend', address);
});
afterEach(async () => {
  await bench[Symbol.asyncDispose]();
});

async function get(
  path: string,
  options: RequestInit = {},
): Promise<{ status: number; body: string; headers: Headers }> {
  const answer = await fetch(`http://${backend.context.address}:${backend.port()}${path}`, {
    redirect: 'manual',
    ...options,
  });
  return { status: answer.status, body: await answer.text(), headers: answer.headers };
}

const retired = () =>
  until('old pools have ended', () => (backend.agent.report().detail as BackendDetail).retiring === 0);

async function killed(pid: number): Promise<void> {
  process.kill(pid, 'SIGKILL');
  await until('it is gone', () => identify(pid) === undefined);
}

async function refusal(work: Promise<unknown>): Promise<ConpaasError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof ConpaasError) return error;
  throw new Error(`refused in another way: ${String(error)}`);
}

test('pages, pretty addresses, folders and files; nothing private', async () => {
  const code = await codeVersion(bench, 'v1', {
    'index.php':
      '<?php echo "front ", $_SERVER["REQUEST_URI"], " ", $_SERVER["PATH_INFO"] ?? "", " ", $_SERVER["HTTP_HOST"];',
    'page.php': '<?php echo "page ", $_SERVER["PATH_INFO"];',
    'sub/index.php': '<?php echo "sub";',
    'style.css': 'body {}',
    '.env': 'SECRET=1',
    '.git/config': 'secret',
    'config.php.bak': 'secret',
    'dump.sql': 'secret',
    'lib.inc': 'secret',
  });
  await backend.apply(backendConfiguration(session, { code }));
  const host = `${backend.context.address}:${backend.port()}`;
  expect(await get('/')).toMatchObject({ status: 200, body: `front /  ${host}` });
  expect(await get('/articles/7?x=1')).toMatchObject({
    status: 200,
    body: `front /articles/7?x=1  ${host}`,
  });
  expect(await get('/missing.php')).toMatchObject({ status: 200 });
  expect(await get('/page.php/a/b')).toMatchObject({ status: 200, body: 'page /a/b' });
  expect(await get('/sub/')).toMatchObject({ status: 200, body: 'sub' });
  const folder = await get('/sub');
  expect([folder.status, folder.headers.get('location')]).toEqual([301, '/sub/']);
  expect(await get('/style.css')).toMatchObject({ status: 200, body: 'body {}' });
  for (const path of ['/.env', '/.git/config', '/config.php.bak', '/dump.sql', '/lib.inc']) {
    expect(await get(path), path).toMatchObject({ status: 404 });
  }
});

test('configuration and environment reach the page, whatever the values are; nothing of it is in the arguments', async () => {
  const environment = { GREETING: 'a "b" $c \\ ; # \nnext line ümläut', DB_PASSWORD: 'top-secret-word' };
  const code = await codeVersion(bench, 'v1', {
    'index.php': `<?php echo json_encode([getenv("GREETING"), getenv("CONPAAS_NODE"), ini_get("memory_limit"),
      ini_get("disable_functions") !== "", function_exists("pcntl_fork"), ini_get("session.save_handler"), getenv("HOME")]);`,
    'upload.php': '<?php echo $_FILES["f"]["error"], " ", filesize($_FILES["f"]["tmp_name"]);',
  });
  const configuration = backendConfiguration(session, { code, environment });
  await backend.apply({ ...configuration, php: { ...configuration.php, memory_limit: '77M', post_max_size: '1M' } });
  expect(JSON.parse((await get('/')).body)).toEqual([
    environment.GREETING,
    'php-backend-1',
    '77M',
    true,
    false,
    'redis',
    join(backend.directory, 'work'),
  ]);
  const commandLine = await readFile(`/proc/${backend.pid('fpm')}/cmdline`, 'utf8');
  expect(commandLine).not.toContain('top-secret-word');
  const upload = new FormData();
  upload.set('f', new Blob(['x'.repeat(200_000)]), 'f.txt');
  expect(await get('/upload.php', { method: 'POST', body: upload })).toMatchObject({ status: 200, body: '0 200000' });
  const large = { method: 'POST', body: 'x'.repeat(1_100_000) };
  expect((await get('/upload.php', large)).status).toBe(413);
});

test('a version with a syntax error is refused with what PHP says, and the old one goes on', async () => {
  const good = await codeVersion(bench, 'v1', { 'index.php': '<?php echo "good";' });
  const bad = await codeVersion(bench, 'v2', { 'index.php': '<?php echo "bad' });
  await backend.apply(backendConfiguration(session, { code: good }));
  for (const debug of [false, true]) {
    const error = await refusal(backend.apply(backendConfiguration(session, { code: bad, debug })));
    expect(error.code).toBe('health_check_failed');
    expect(error.failure.log?.join('\n')).toContain('syntax error');
  }
  expect(await get('/')).toMatchObject({ status: 200, body: 'good' });
  expect(backend.agent.report().detail).toMatchObject({ version: 'v1', retiring: 0 });
  await backend.apply(backendConfiguration(session, { code: good }));
  expect(await get('/')).toMatchObject({ status: 200, body: 'good' });
});

test('a health page of their own must answer below 400', async () => {
  const code = await codeVersion(bench, 'v1', {
    'index.php': '<?php echo "fine";',
    'health.php': '<?php http_response_code(404); error_log("no database");',
    'slow.php': '<?php sleep(3);',
  });
  const gate = (path: string, timeoutMs = 10_000) => ({ code, health: { path, timeoutMs, below: 400 } });
  const refused = await refusal(backend.apply(backendConfiguration(session, gate('/health.php'))));
  expect(refused.message).toContain('404');
  expect(refused.failure.log?.join('\n')).toContain('no database');
  expect(backend.agent.report().ports).toEqual({});
  const slow = await refusal(backend.apply(backendConfiguration(session, gate('/slow.php', 300))));
  expect(slow.message).toContain('300 ms');
  await backend.apply(backendConfiguration(session, gate('/')));
  expect(await get('/')).toMatchObject({ status: 200, body: 'fine' });
});

test('what pages write goes along to the next version, and back again', async () => {
  const page = `<?php
    if (isset($_GET["write"])) {
      @mkdir(__DIR__ . "/uploads/2026", 0755, true);
      file_put_contents(__DIR__ . "/uploads/2026/photo.txt", $_GET["write"]);
      file_put_contents(__DIR__ . "/counter.txt", "changed by a page");
    }
    echo "VERSION";`;
  const files = { 'uploads/.keep': '', 'counter.txt': '0', 'style.css': 'one' };
  const v1 = await codeVersion(bench, 'v1', {
    ...files,
    'index.php': page.replace('VERSION', 'v1'),
    'only-in-1.txt': '1',
  });
  const v2 = await codeVersion(bench, 'v2', {
    ...files,
    'index.php': page.replace('VERSION', 'v2'),
    'style.css': 'two',
  });
  await backend.apply(backendConfiguration(session, { code: v1 }));
  expect((await get('/?write=hello')).body).toBe('v1');
  await backend.apply(backendConfiguration(session, { code: v2 }));
  await retired();
  expect((await get('/')).body).toBe('v2');
  expect((await get('/uploads/2026/photo.txt')).body).toBe('hello');
  expect((await get('/counter.txt')).body).toBe('changed by a page');
  expect((await get('/style.css')).body).toBe('two');
  expect((await get('/only-in-1.txt')).body).toBe('v2'); // no such file: the front page
  await get('/?write=again');
  await backend.apply(backendConfiguration(session, { code: v1 }));
  await retired();
  expect((await get('/uploads/2026/photo.txt')).body).toBe('again');
  expect((await get('/style.css')).body).toBe('one');
});

test('the agent dies: engines go on, the next one finds them again', async () => {
  const code = await codeVersion(bench, 'v1', { 'index.php': '<?php echo getmypid();' });
  const configuration = backendConfiguration(session, { code });
  await backend.apply(configuration);
  const [fpm, nginx] = [backend.pid('fpm'), backend.pid('nginx')];
  const pool = identify(fpm);
  backend = await backend.agentRestarts();
  await backend.apply(configuration);
  expect([backend.pid('fpm'), backend.pid('nginx')]).toEqual([fpm, nginx]);
  expect((await get('/')).status).toBe(200);
  await backend.agent.stop(AbortSignal.timeout(10_000));
  expect(pool && isAlive(pool)).toBe(false);
  await backend.apply(configuration);
  expect((await get('/')).status).toBe(200);
});

test('all is killed in the middle of a change, as by a reboot: the next apply puts it right', async () => {
  const version = (text: string) => codeVersion(bench, text, { 'index.php': `<?php echo "${text}";` });
  const [v1, v2] = [await version('v1'), await version('v2')];
  await backend.apply(backendConfiguration(session, { code: v1 }));
  const v1State = JSON.parse(await readFile(join(backend.directory, 'state', 'backend.json'), 'utf8'));
  await backend.apply(backendConfiguration(session, { code: v2 }));
  await retired();
  // As if we had died after the old code was removed and before that was written down.
  const file = join(backend.directory, 'state', 'backend.json');
  const state = JSON.parse(await readFile(file, 'utf8'));
  const next = await backend.agentRestarts();
  // Until they are gone: one that is only about to die is taken over, and its restart answers 425 (a proxy asks again).
  await Promise.all(['fpm', 'nginx'].map((engine) => killed(backend.pid(engine))));
  await writeFile(file, JSON.stringify({ ...state, loaded: false, retiring: [v1State.live] }));
  backend = next;
  await backend.apply(backendConfiguration(session, { code: v2 }));
  expect(await get('/')).toMatchObject({ status: 200, body: 'v2' });
  await retired();
});

test('nginx is killed and comes back with what was live', async () => {
  const code = await codeVersion(bench, 'v1', { 'index.php': '<?php echo "v1";' });
  await backend.apply(backendConfiguration(session));
  await backend.apply(backendConfiguration(session, { code }));
  const nginx = backend.pid('nginx');
  process.kill(nginx, 'SIGKILL');
  await until('nginx is back', () => backend.pid('nginx') !== nginx);
  await until('it answers', () =>
    get('/').then(
      ({ body }) => body === 'v1',
      () => false,
    ),
  );
});

test('the startup script runs once, before the role; its failure is shown', async () => {
  const script = async (text: string) => BlobHash.parse(await bench.putBlob(text));
  const code = await codeVersion(bench, 'v1', { 'index.php': '<?php readfile(getenv("HOME") . "/made");' });
  const broken = await script('#!/bin/bash\necho "cannot find the thing" >&2\nexit 3\n');
  const error = await refusal(backend.apply(backendConfiguration(session, { code, startupScript: broken })));
  expect(error.code).toBe('script_failed');
  expect(error.failure.log).toContain('cannot find the thing');
  const good = await script('echo "$WORD from $CONPAAS_NODE" >> "$HOME/made"\n');
  const wanted = backendConfiguration(session, { code, startupScript: good, environment: { WORD: 'hello' } });
  await backend.apply(wanted);
  await backend.apply(wanted, 1);
  expect((await get('/')).body).toBe('hello from php-backend-1\n');
});

test('hosted code and scripts see nothing of the agent or of other nodes', async () => {
  const secret = join(bench.directory, 'vault.json');
  await writeFile(secret, 'top secret', { mode: 0o644 });
  const state = join(backend.directory, 'state', 'backend.json');
  const redis = join(session.directory, 'conf', 'redis.conf');
  const nginx = join(backend.directory, 'conf', 'nginx.conf');
  const code = await codeVersion(bench, 'v1', {
    'index.php': `<?php foreach (${JSON.stringify([secret, state, redis, nginx])} as $f) var_dump(@file_get_contents($f));
      var_dump(@file_put_contents("${nginx}", "x"), count(glob("/proc/[0-9]*")) < 10);`,
  });
  await backend.apply(backendConfiguration(session, { code }));
  expect((await get('/')).body.trim().split('\n')).toEqual([...Array(5).fill('bool(false)'), 'bool(true)']);
});

test('debug mode shows errors in the page and names the node', async () => {
  const code = await codeVersion(bench, 'v1', {
    'index.php': '<?php echo "fine";',
    'warn.php': '<?php echo $undefined; echo "after";',
  });
  await backend.apply(backendConfiguration(session, { code }));
  expect((await get('/warn.php')).body).toBe('after');
  expect((await get('/')).headers.get('x-conpaas-node')).toBeNull();
  await backend.apply(backendConfiguration(session, { code, debug: true }));
  expect((await get('/warn.php')).body).toContain('Undefined variable');
  expect((await get('/')).headers.get('x-conpaas-node')).toBe('php-backend-1');
});
