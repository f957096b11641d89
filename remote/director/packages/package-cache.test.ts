/** The director's cache of packages, with a mirror that is an HTTP server of this test and counts what it is asked. */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { PackageCache, type PackageCacheOptions } from './package-cache.ts';

const never = new AbortController().signal;
const index = 'dists/stable/InRelease';
const deb = (name: string) => `pool/main/n/nginx/${name}.deb`;

let directory: string;
let mirror: Server;
let asked: string[];
let give: (request: IncomingMessage, response: ServerResponse) => void;
let caches: PackageCache[];
let logged: string[];

beforeEach(async () => {
  directory = await mkdtemp(path.join(os.tmpdir(), 'conpaas-packages-'));
  [asked, caches, logged] = [[], [], []];
  give = (_request, response) => response.end('content');
  mirror = createServer((request, response) => {
    asked.push(request.url ?? '');
    give(request, response);
  });
  mirror.listen(0, '127.0.0.1');
  await once(mirror, 'listening');
});
afterEach(async () => {
  for (const cache of caches) await cache[Symbol.asyncDispose]();
  mirror.closeAllConnections();
  mirror.close();
  await rm(directory, { recursive: true, force: true });
});

function open(options: Partial<PackageCacheOptions> = {}): PackageCache {
  const { port } = mirror.address() as AddressInfo;
  const cache = new PackageCache({
    directory,
    mirrors: { debian: `http://127.0.0.1:${port}/debian` },
    spareBytes: 0,
    log: (line) => logged.push(line),
    ...options,
  });
  caches.push(cache);
  return cache;
}

async function read(cache: PackageCache, file: string): Promise<string> {
  const { stream, size } = await cache.open('debian', file, never);
  const content = await buffer(stream);
  expect(content.length).toBe(size);
  return content.toString();
}

test('a package is fetched once: also when many ask at the same time, and in the next life', async () => {
  const name = deb('nginx_1.0+deb12u1~x_amd64');
  const cache = open();
  const all = await Promise.all(Array.from({ length: 20 }, () => read(cache, name)));
  expect(new Set(all)).toEqual(new Set(['content']));
  expect(await read(cache, name)).toBe('content');
  expect(await read(open(), name)).toBe('content');
  expect(asked).toEqual([`/debian/${name.replace('+', '%2B')}`]);
});

test('an index counts for a while; then the mirror is asked whether it has a newer one', async () => {
  const cache = open({ freshMs: 0 });
  let tag = '"one"';
  const conditions: unknown[] = [];
  give = (request, response) => {
    conditions.push(request.headers['if-none-match']);
    response.setHeader('etag', tag);
    if (request.headers['if-none-match'] === tag) response.writeHead(304).end();
    else response.end(`index ${tag}`);
  };
  expect([await read(cache, index), await read(cache, index)]).toEqual(['index "one"', 'index "one"']);
  tag = '"two"';
  expect(await read(cache, index)).toBe('index "two"');
  expect(conditions).toEqual([undefined, '"one"', '"one"']);

  const patient = open({ freshMs: 60_000 });
  for (const _ of [1, 2, 3]) await read(patient, index);
  expect(asked).toHaveLength(4);
});

test('while the mirror does not answer the last index counts, and what is not here is an error that says so', async () => {
  const cache = open({ freshMs: 0 });
  await read(cache, index);
  mirror.close();
  mirror.closeAllConnections();
  expect(await read(cache, index)).toBe('content');
  expect(logged.join()).toMatch(/the last debian\/dists\/stable\/InRelease is given: The mirror did not give/);
  await expect(read(cache, deb('other'))).rejects.toMatchObject({ code: 'unreachable' });
});

test.each<[string, string, (response: ServerResponse) => void, string]>([
  ['is not there', deb('a'), (response) => response.writeHead(404).end(), 'not_found'],
  ['is elsewhere', deb('a'), (response) => response.writeHead(302, { location: '/else' }).end(), 'unreachable'],
  ['is an error', deb('a'), (response) => response.writeHead(500).end('no'), 'unreachable'],
  [
    'breaks off',
    deb('a'),
    (response) => response.writeHead(200, { 'content-length': 99 }).write('half', () => response.destroy()),
    'unreachable',
  ],
  [
    'says it is too large',
    deb('a'),
    (response) => response.writeHead(200, { 'content-length': 5000 }).end(),
    'too_large',
  ],
  ['becomes too large', deb('a'), (response) => response.end('x'.repeat(5000)), 'too_large'],
  [
    'is not what its name says',
    `dists/x/by-hash/SHA256/${'0'.repeat(64)}`,
    (response) => response.end('x'),
    'checksum_mismatch',
  ],
])('what %s is given to nobody, and asked for again', async (_what, file, wrong, code) => {
  const cache = open({ maxBytes: 1000 });
  give = (_request, response) => wrong(response);
  await expect(read(cache, file)).rejects.toMatchObject({ code });
  expect(await readdir(directory)).toEqual([]);
  await expect(read(cache, file)).rejects.toMatchObject({ code });
  expect(asked).toHaveLength(2);
});

test('a file that is named by its hash is taken when it has it', async () => {
  const digest = createHash('sha256').update('content').digest('hex');
  expect(await read(open(), `dists/x/main/binary-amd64/by-hash/SHA256/${digest}`)).toBe('content');
});

test('above the cap what was not asked for the longest goes, and its readers read on', async () => {
  const content = 'x'.repeat(100_000);
  give = (_request, response) => response.end(content);
  const cache = open({ capBytes: 250_000 });
  await read(cache, deb('one'));
  await read(cache, deb('two'));
  await read(cache, deb('one'));
  const reading = await cache.open('debian', deb('two'), never);
  await read(cache, deb('one'));
  await read(cache, deb('three')); // the second goes
  expect((await buffer(reading.stream)).length).toBe(content.length);
  expect(await readdir(directory)).toHaveLength(2);
  await read(cache, deb('one'));
  expect(asked).toHaveLength(3);
  await read(cache, deb('two'));
  expect(asked).toHaveLength(4);
});

test('what an earlier life has left half is removed, and a full disk is left as it is', async () => {
  await writeFile(path.join(directory, 'a.part'), 'half');
  const cache = open({ spareBytes: Number.MAX_SAFE_INTEGER });
  await expect(read(cache, deb('one'))).rejects.toMatchObject({ code: 'disk_full' });
  expect(await readdir(directory)).toEqual([]);
});

test('a file that vanished from the disk is fetched again', async () => {
  const cache = open();
  await read(cache, deb('one'));
  for (const name of await readdir(directory)) await rm(path.join(directory, name));
  expect(await read(cache, deb('one'))).toBe('content');
  expect(asked).toHaveLength(2);
});

test('an archive that the director has no mirror of is said to lack, so that a machine asks its own sources', async () => {
  await expect(open().open('ubuntu', deb('one'), never)).rejects.toMatchObject({ code: 'not_found' });
  expect(asked).toEqual([]);
});
