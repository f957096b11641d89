/**
 * Containers whose network nobody but they themselves is on, as on macOS, on Windows and with rootless engines: desktop and
 * users get to them by ports of 127.0.0.1. And the image of machines, made by the engine alone.
 */
import { get } from 'node:http';
import path from 'node:path';
import { connect } from 'node:tls';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { containerRoot } from '../../main/images/container-root.ts';
import { openEngineApi } from '../../remote/core/clouds/containers/engine-api.ts';
import { importImage } from '../../remote/core/clouds/containers/image.ts';
import { DomainInfo } from '../../remote/core/contract/domains.ts';
import { ApplicationSummary } from '../../remote/core/contract/index.ts';
import { openMirror } from '../support/plain-machines/mirror.ts';
import { type Desk, openDesk } from '../system/desk.ts';
import { entries, sign } from '../system/guestbook.ts';
import { checkout } from '../system/paths.ts';
import { until } from '../system/until.ts';
import { peerAddress, peerMirror, peerSocket, plainImage } from './engine.ts';

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

const socket = peerSocket();
const api = openEngineApi(socket);
const never = new AbortController().signal;
const Labelled = z.object({ Id: z.string(), Labels: z.record(z.string(), z.string()).nullish() });

let desk: Desk;
beforeAll(async () => {
  const environment = { DOCKER_HOST: `unix://${socket}`, CONPAAS_CONTAINERS_REACH: 'ports' };
  desk = await openDesk({ environment });
});
afterAll(() => desk[Symbol.asyncDispose]());

async function machines(): Promise<z.infer<typeof Labelled>[]> {
  const found = await api.request({ method: 'GET', path: '/containers/json', query: { all: '1' } }, never);
  return z
    .array(Labelled)
    .parse(found)
    .filter(({ Labels }) => Labels?.['conpaas.deployment'] !== undefined);
}

const address = async (): Promise<string> =>
  until('an address', async () => {
    const [found] = await desk.json(z.array(ApplicationSummary), 'app', 'list');
    return found?.state === 'running' ? found.address : undefined;
  });

/** Where a request for a name is sent on to, by a browser that knows the name by its hosts file; '' if it is not. */
function redirectOf(port: number, name: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = get({ host: '127.0.0.1', port, headers: { host: name }, agent: false, timeout: 20_000 }, (answer) => {
      answer.resume();
      resolve(answer.headers.location ?? '');
    });
    asked.on('timeout', () => asked.destroy(new Error('no answer')));
    asked.on('error', reject);
  });
}

/** Names of the certificate that is shown there. */
function presented(port: number, servername: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const connection = connect(
      { host: '127.0.0.1', port, servername, rejectUnauthorized: false, timeout: 20_000 },
      () => {
        resolve(connection.getPeerCertificate().subjectaltname ?? '');
        connection.end();
      },
    );
    connection.on('timeout', () => connection.destroy(new Error('no answer')));
    connection.on('error', reject);
  });
}

test('director and application are reached by ports of this computer, and by nothing else', async () => {
  const Up = z.object({ director: z.object({ host: z.string(), port: z.number() }) });
  const { director } = await desk.json(Up, 'up', '--cloud', 'containers');
  expect(director.host).toBe('127.0.0.1');
  expect(director.port).not.toBe(5555);
  await desk.conpaas('apply', path.join(checkout, 'manifests/guestbook.json'), '--wait');
  const base = await address();
  expect(base).toMatch(/^http:\/\/127\.0\.0\.1:[23]\d{4}$/);
  await sign(base, 'Grace', 'by a port');
  expect(await entries(base)).toEqual(['by a port']);
});

test('who asks for a name is sent to the port that leads to HTTPS', async () => {
  await desk.conpaas('domain', 'add', 'Guestbook', 'guestbook', 'shop.test');
  const domain = await until('a certificate', async () =>
    (await desk.json(z.array(DomainInfo), 'domain', 'list', 'Guestbook')).find(({ url }) => url !== undefined),
  );
  expect(domain.url).toMatch(/^https:\/\/shop\.test:[23]\d{4}$/);
  const { port } = new URL(domain.url ?? '');
  const { port: plain } = new URL(await address());
  expect(port).not.toBe(plain);
  const location = await until('a redirect', async () => {
    const answer = await redirectOf(Number(plain), 'shop.test');
    return answer.startsWith('https:') ? answer : undefined;
  });
  expect(location).toBe(`${domain.url}/`);
  expect(await presented(Number(port), 'shop.test')).toContain('shop.test');
});

test('they stay when everything is stopped and started', async () => {
  const before = await address();
  await desk.conpaas('stop');
  await desk.conpaas('up');
  expect(await address()).toBe(before);
  await until('the entry', async () =>
    entries(before).then(
      (found) => found.includes('by a port') || undefined,
      () => undefined,
    ),
  );
});

test('nothing is left', async () => {
  await desk.conpaas('destroy', '--yes');
  expect(await machines()).toEqual([]);
});

test('the engine makes the root of the image, with packages and without units, lists or leftovers', async () => {
  // The sources of the plain image lead here.
  await using _mirror = await openMirror(peerMirror(), peerAddress(), 80);
  const name = 'localhost/conpaas-made-here:latest';
  const lines: string[] = [];
  const packages = ['tini', 'redis-server'];
  const root = containerRoot({
    ...{ packages, signal: AbortSignal.timeout(240_000), base: plainImage(), socket },
    onLine: (line) => lines.push(line),
  });
  await importImage(root, never, socket, name);
  try {
    expect(lines.length).toBeGreaterThan(0);
    const body = { Image: name, Cmd: ['/usr/bin/tini', '--', '/bin/sleep', '600'] };
    const made = await api.request({ method: 'POST', path: '/containers/create', body }, never);
    const { Id } = z.object({ Id: z.string() }).parse(made);
    await api.request({ method: 'POST', path: `/containers/${Id}/start` }, never);
    try {
      const run = (...words: string[]) => api.execute(Id, words, '', never);
      expect(await run('/usr/bin/redis-server', '--version')).toMatchObject({
        code: 0,
        output: expect.stringContaining('Redis server'),
      });
      for (const gone of ['/usr/sbin/policy-rc.d', '/run/redis/redis-server.pid'])
        expect((await run('/usr/bin/test', '-e', gone)).code, gone).toBe(1);
      expect((await run('/bin/ls', '/var/lib/apt/lists')).output.trim()).toBe('');
    } finally {
      await api.request({ method: 'DELETE', path: `/containers/${Id}`, query: { force: '1' } }, never);
    }
  } finally {
    await api.request({ method: 'DELETE', path: `/images/${name}` }, never);
  }
  // What cannot be had is said in apt's words, and leaves no container.
  const bad = containerRoot({ packages: ['no-such-package'], signal: never, base: plainImage(), socket });
  await expect(importImage(bad, never, socket, name)).rejects.toMatchObject({
    code: 'cloud_failed',
    failure: { log: expect.arrayContaining([expect.stringContaining('no-such-package')]) },
  });
  const all = await api.request({ method: 'GET', path: '/containers/json', query: { all: '1' } }, never);
  const Names = z.array(z.object({ Names: z.array(z.string()) }));
  const left = Names.parse(all).flatMap(({ Names: names }) => names);
  expect(left.filter((one) => one.includes('conpaas-image-'))).toEqual([]);
});
