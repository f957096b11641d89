import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { inspectArchive } from '../../core/archive/index.ts';
import { type FetchOptions, fetchSource } from './index.ts';

const host = '127.84.1.1';
let home: string;
const servers: Server[] = [];

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'sources-'));
});

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
  rmSync(home, { recursive: true });
});

async function listen(server: Server): Promise<number> {
  servers.push(server);
  server.listen(0, host);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const serve = async (listener: RequestListener) => `http://${host}:${await listen(createServer(listener))}`;

function fetching(source: string, more: Partial<FetchOptions> = {}) {
  return fetchSource(source, {
    allowPrivate: true,
    directory: join(home, 'fetched'),
    signal: new AbortController().signal,
    ...more,
  });
}

const leftovers = () => (existsSync(join(home, 'fetched')) ? readdirSync(join(home, 'fetched')) : []);

/** Answers that come only where the server stays out of it. */
const silent: RequestListener = () => {
  throw new Error('nobody should ask');
};

describe('by http', () => {
  test('a file is fetched, named after its URL, with progress', async () => {
    const content = Buffer.alloc(300_000, 'abc');
    const base = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': content.length }).end(content);
    });
    const seen: [number, number | undefined][] = [];
    const onProgress = (received: number, total: number | undefined) => seen.push([received, total]);
    const { path, name } = await fetching(`${base}/a/My%20app.tar.gz?token=x`, { onProgress });
    expect(name).toBe('My_app.tar.gz');
    expect(readFileSync(path).equals(content)).toBe(true);
    expect(seen.at(-1)).toEqual([300_000, 300_000]);
  });

  test('redirects are followed five times, not six', async () => {
    const base = await serve((request, response) => {
      const left = Number(request.url?.slice(1));
      if (left > 0) response.writeHead(302, { location: `/${left - 1}` }).end();
      else response.end('there');
    });
    expect(readFileSync((await fetching(`${base}/5`)).path, 'utf8')).toBe('there');
    await expect(fetching(`${base}/6`)).rejects.toMatchObject({ code: 'source_unreachable' });
  });

  test.each([
    ['http://169.254.169.254/latest/meta-data/', 'link-local'],
    ['http://[::ffff:169.254.169.254]/', 'link-local'],
    ['http://[64:ff9b::a9fe:a9fe]/', 'link-local'],
    ['http://[fe80::1]/', 'link-local'],
    ['http://2852039166/', 'link-local'],
    ['file:///etc/passwd', 'file:'],
    ['ftp://127.0.0.1/', 'ftp:'],
  ])('a redirect to %s is refused', async (location, word) => {
    const base = await serve((_request, response) => {
      response.writeHead(302, { location }).end();
    });
    await expect(fetching(base)).rejects.toMatchObject({
      code: 'invalid_request',
      message: expect.stringContaining(word),
    });
    expect(leftovers()).toEqual([]);
  });

  test('private addresses are refused in a cloud: as written, by name, behind a redirect', async () => {
    const base = await serve(silent);
    const cloud = { allowPrivate: false };
    const refused = { code: 'invalid_request', message: expect.stringContaining('private network') };
    await expect(fetching(`${base}/x`, cloud)).rejects.toMatchObject(refused);
    await expect(fetching('http://localhost:1/x', cloud)).rejects.toMatchObject(refused);
    await expect(fetching('http://0x7f.1/x', cloud)).rejects.toMatchObject(refused);
    await expect(fetching('http://[::ffff:10.0.0.1]/x', cloud)).rejects.toMatchObject(refused);
    const resolver = async () => ['93.184.215.14', '10.0.0.7'];
    await expect(fetching('http://mixed.example/x', { ...cloud, resolver })).rejects.toMatchObject(refused);
  });

  test('a name is looked up once, and the connection goes to what was checked', async () => {
    const base = await serve((request, response) => {
      response.end(request.headers.host);
    });
    const { port } = new URL(base);
    let asked = 0;
    // A second look-up would be answered with the metadata service: DNS rebinding.
    const resolver = async () => (asked++ === 0 ? [host] : ['169.254.169.254']);
    const { path } = await fetching(`http://rebind.example:${port}/`, { resolver });
    expect(readFileSync(path, 'utf8')).toBe(`rebind.example:${port}`);
    expect(asked).toBe(1);
    await expect(fetching(`http://rebind.example:${port}/`, { resolver })).rejects.toMatchObject({
      code: 'invalid_request',
      message: expect.stringContaining('rebind.example (169.254.169.254)'),
    });
  });

  test('what is too large, announced or not, leaves nothing', async () => {
    const base = await serve((request, response) => {
      if (request.url === '/announced') response.writeHead(200, { 'content-length': 5_000_000 });
      for (let sent = 0; sent < 50; sent++) response.write(Buffer.alloc(100_000));
      response.end();
    });
    const limits = { maxBytes: 1_000_000 };
    await expect(fetching(`${base}/announced`, { limits })).rejects.toMatchObject({ code: 'too_large' });
    await expect(fetching(`${base}/chunked`, { limits })).rejects.toMatchObject({ code: 'too_large' });
    expect(leftovers()).toEqual([]);
  });

  test('a source that falls silent, breaks off or is away is told from one that says no', async () => {
    const base = await serve((request, response) => {
      if (request.url === '/silent') response.write('some');
      else if (request.url === '/broken') {
        response.writeHead(200, { 'content-length': 100 }).write('some', () => response.destroy());
      } else response.writeHead(404).end('no');
    });
    const say = (text: string) => ({ code: 'source_unreachable', message: expect.stringContaining(text) });
    await expect(fetching(`${base}/silent`, { limits: { idleMs: 200 } })).rejects.toMatchObject(say('stopped sending'));
    await expect(fetching(`${base}/broken`)).rejects.toMatchObject(say('broken off'));
    await expect(fetching(`${base}/missing`)).rejects.toMatchObject(say('404 Not Found'));
    await expect(fetching('http://127.84.1.9:9/x')).rejects.toMatchObject(say('nothing answers there'));
    const resolver = () => Promise.reject(new Error('ENOTFOUND'));
    await expect(fetching('http://nowhere.example/x', { resolver })).rejects.toMatchObject(
      say('no host nowhere.example'),
    );
    expect(leftovers()).toEqual([]);
  });

  test('a cancelled fetch ends with the reason', async () => {
    const base = await serve((_request, response) => {
      response.write('some');
    });
    const controller = new AbortController();
    const onProgress = () => controller.abort(new Error('enough'));
    await expect(fetching(base, { signal: controller.signal, onProgress })).rejects.toThrow();
    expect(leftovers()).toEqual([]);
  });
});

describe('by https', () => {
  let ca: string;
  let base: string;
  let requests: (string | undefined)[];

  beforeEach(async () => {
    const files = [join(home, 'key.pem'), join(home, 'certificate.pem')] as const;
    const names = `subjectAltName=DNS:code.example,IP:${host}`;
    const options = ['-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=test', '-addext', names];
    await run('openssl', ['req', '-x509', ...options, '-keyout', files[0], '-out', files[1]]);
    ca = readFileSync(files[1], 'utf8');
    requests = [];
    const server = createTlsServer({ key: readFileSync(files[0]), cert: ca }, (request, response) => {
      requests.push(request.url);
      if (request.url === '/down') response.writeHead(302, { location: `http://${host}:1/` }).end();
      else if (request.url?.startsWith('/away.git/')) {
        response.writeHead(302, { location: request.url.replace('away', 'app') }).end();
      } else if (request.url?.includes('.git/')) serveGit(join(home, 'site'), request, response);
      else serveFile(join(home, 'site'), request.url ?? '', response);
    });
    base = `https://code.example:${await listen(server)}`;
  });

  const resolver = async () => [host];

  test('certificates are verified, against the name in the URL', async () => {
    mkdirSync(join(home, 'site'));
    writeFileSync(join(home, 'site', 'a.txt'), 'secret');
    const { path } = await fetching(`${base}/a.txt`, { resolver, ca });
    expect(readFileSync(path, 'utf8')).toBe('secret');
    await expect(fetching(`${base}/a.txt`, { resolver })).rejects.toMatchObject({
      code: 'source_unreachable',
      message: expect.stringContaining('self-signed'),
    });
    const other = base.replace('code.example', 'other.example');
    await expect(fetching(`${other}/a.txt`, { resolver, ca })).rejects.toMatchObject({
      message: expect.stringContaining('for another host'),
    });
  });

  test('a redirect to http is refused', async () => {
    await expect(fetching(`${base}/down`, { resolver, ca })).rejects.toMatchObject({
      code: 'invalid_request',
      message: expect.stringContaining('unencrypted'),
    });
  });

  test('a repository is fetched by branch, tag and commit, without hooks, and packed', async () => {
    const { first, second } = await makeRepository(join(home, 'work'), join(home, 'site', 'app.git'));
    const files = async (source: string) => {
      const { path, name } = await fetching(source, { resolver, ca });
      expect(name).toBe('app.tar.gz');
      const { files: listed } = await inspectArchive(path);
      rmSync(path);
      return listed.map((file) => file.path).sort();
    };
    expect(await files(`${base}/app.git`)).toEqual(['index.php', 'second.php']);
    expect(await files(`git+${base}/app.git#v1`)).toEqual(['index.php']);
    expect(await files(`${base}/app.git#main`)).toEqual(['index.php', 'second.php']);
    expect(await files(`${base}/app.git#${first}`)).toEqual(['index.php']);
    expect(leftovers()).toEqual([]);
    expect(first).not.toBe(second);

    await expect(fetching(`${base}/app.git#nope`, { resolver, ca })).rejects.toMatchObject({
      code: 'source_unreachable',
      message: expect.stringContaining('no such branch'),
      failure: { log: expect.arrayContaining([expect.stringContaining('nope')]) },
    });
    await expect(fetching(`${base}/other.git`, { resolver, ca })).rejects.toMatchObject({
      message: expect.stringContaining('no such repository'),
    });
    expect(leftovers()).toEqual([]);
  });

  test('git follows no redirect and asks no second look-up', async () => {
    await makeRepository(join(home, 'work'), join(home, 'site', 'app.git'));
    await expect(fetching(`${base}/away.git`, { resolver, ca })).rejects.toMatchObject({ code: 'source_unreachable' });
    expect(requests.filter((url) => url?.startsWith('/app.git'))).toEqual([]);
    await expect(fetching(`${base}/app.git`, { resolver, ca, allowPrivate: false })).rejects.toMatchObject({
      code: 'invalid_request',
    });
  });
});

describe('by git', () => {
  test.each([
    'git+file:///etc',
    'file:///etc/passwd',
    'git://127.84.1.1/app.git',
    'git+http://127.84.1.1/app.git',
    'ext::sh -c touch% /tmp/owned',
    '--upload-pack=touch /tmp/owned',
    '-u',
    'ssh://-oProxyCommand=touch/app.git',
    'ssh://-oProxyCommand=touch@127.84.1.1/app.git',
    'ssh://%2doProxyCommand=touch@127.84.1.1/app.git',
    'https://127.84.1.1/app.git#--upload-pack=touch',
    'https://127.84.1.1/app.git#a..b',
    '/home/me/app.tar.gz',
    'git@example.org:app.git',
  ])('%s is refused', async (source) => {
    await expect(fetching(source)).rejects.toMatchObject({ code: 'invalid_request' });
    expect(existsSync('/tmp/owned')).toBe(false);
  });

  test('addresses are checked for ssh as well', async () => {
    await expect(fetching('ssh://git@169.254.1.1/app.git')).rejects.toMatchObject({ code: 'invalid_request' });
    await expect(fetching('git+ssh://git@10.0.0.1/app.git', { allowPrivate: false })).rejects.toMatchObject({
      code: 'invalid_request',
    });
    await expect(fetching('git+ssh://git@127.84.1.9:9/app.git')).rejects.toMatchObject({ code: 'source_unreachable' });
    expect(leftovers()).toEqual([]);
  });
});

async function run(program: string, parameters: readonly string[], directory = home): Promise<string> {
  const env = { PATH: process.env['PATH'], HOME: home, GIT_CONFIG_NOSYSTEM: '1' };
  const child = spawn(program, parameters, { cwd: directory, env, stdio: ['ignore', 'pipe', 'ignore'] });
  let output = '';
  child.stdout.on('data', (data) => {
    output += data;
  });
  const [code] = (await once(child, 'close')) as [number];
  if (code !== 0) throw new Error(`${program} ${parameters.join(' ')} ended with ${code}`);
  return output.trim();
}

/** A repository of two commits. */
async function makeRepository(work: string, bare: string): Promise<{ first: string; second: string }> {
  mkdirSync(work);
  const git = (...parameters: string[]) =>
    run('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...parameters], work);
  await git('init', '-q', '-b', 'main');
  writeFileSync(join(work, 'index.php'), '1');
  await git('add', '.');
  await git('commit', '-q', '-m', 'first');
  await git('tag', 'v1');
  writeFileSync(join(work, 'second.php'), '2');
  await git('add', '.');
  await git('commit', '-q', '-m', 'second');
  await git('clone', '-q', '--bare', work, bare);
  return { first: await git('rev-parse', 'v1'), second: await git('rev-parse', 'main') };
}

/** Git's own server, as a CGI program. */
function serveGit(site: string, request: IncomingMessage, response: ServerResponse): void {
  const { pathname, search } = new URL(request.url ?? '', 'http://x');
  const env = {
    PATH: process.env['PATH'],
    GIT_PROJECT_ROOT: site,
    GIT_HTTP_EXPORT_ALL: '1',
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'safe.directory',
    GIT_CONFIG_VALUE_0: '*',
    PATH_INFO: pathname,
    QUERY_STRING: search.slice(1),
    REQUEST_METHOD: request.method,
    CONTENT_TYPE: request.headers['content-type'] ?? '',
    HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
    GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
  };
  const child = spawn('git', ['http-backend'], { env, stdio: ['pipe', 'pipe', 'ignore'] });
  request.pipe(child.stdin);
  child.stdin.on('error', () => undefined); // it may answer before it has read everything
  void buffer(child.stdout).then((output) => {
    const end = output.indexOf('\r\n\r\n');
    const headers = output.subarray(0, end).toString().split('\r\n');
    for (const line of headers) {
      const [name = '', value = ''] = line.split(': ');
      if (name === 'Status') response.statusCode = Number(value.slice(0, 3));
      else response.setHeader(name, value);
    }
    response.end(output.subarray(end + 4));
  });
}

function serveFile(site: string, url: string, response: Parameters<RequestListener>[1]): void {
  const path = join(site, new URL(url, 'http://x').pathname);
  if (existsSync(path)) response.end(readFileSync(path));
  else response.writeHead(404).end();
}
