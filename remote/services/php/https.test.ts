/** Domains of a proxy, with a real HAProxy, certificates of the real authority, and clients that verify them. */
import { createPublicKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { request as requestHttp } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { request } from 'node:https';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { PeerCertificate, TLSSocket } from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DeploymentId } from '../../core/contract/ids.ts';
import {
  createWebAuthority,
  generateCaKey,
  generateKey,
  openWebAuthority,
  type WebAuthority,
} from '../../core/identity/index.ts';
import { certificateFacts, type ServedCertificate } from '../../core/web/index.ts';
import type { ProxyDetail, ProxyHttps } from './configuration.ts';
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
let proxy: TestNode;
let backend: TestNode;
let authority: WebAuthority;
let keys: readonly string[];
beforeAll(async () => {
  bench = await createBench();
  const session = bench.node('php-session-1', 'session', bench.address(0));
  await session.apply({ kind: 'session', password, paused: false, environment: {} });
  backend = bench.node('php-backend-1', 'backend', bench.address(1));
  const page = `<?php echo json_encode(['https' => $_SERVER['HTTPS'] ?? '', 'host' => $_SERVER['HTTP_HOST']]);`;
  await backend.apply(backendConfiguration(session, { code: await codeVersion(bench, 'v1', { 'index.php': page }) }));
  proxy = bench.node('php-proxy-1', 'proxy', bench.address(0));
  const authorityKey = await generateCaKey();
  authority = openWebAuthority(authorityKey, await createWebAuthority(authorityKey, DeploymentId.parse('d-one')));
  keys = await Promise.all([generateKey(), generateKey()]);
});
afterAll(() => bench[Symbol.asyncDispose]());

async function certificate(name: string, key = 0): Promise<ServedCertificate> {
  const publicKey = createPublicKey(keys[key] ?? '')
    .export({ type: 'spki', format: 'pem' })
    .toString();
  return { name, chain: await authority.issue(name, publicKey), key: keys[key] ?? '' };
}

async function serve(https: Partial<ProxyHttps> = {}, restarts = 0): Promise<void> {
  await proxy.apply(
    {
      kind: 'proxy',
      backends: [server(backend)],
      webs: [],
      listings: [],
      https: { certificates: [], redirect: true, hstsSeconds: 0, challenges: [], ...https },
      environment: {},
    },
    restarts,
  );
  await until('the backend is up', () => detail().servers[backend.id]?.state === 'up');
}

const detail = () => proxy.agent.report().detail as ProxyDetail;
const httpsPort = () => proxy.agent.report().ports['https'] ?? 0;

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly hsts: string | undefined;
  readonly fingerprint: string;
}

/** Asks by HTTPS as a browser would that trusts the authority. */
function get(name: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request(
      {
        host: bench.address(0),
        port: httpsPort(),
        servername: name,
        headers: { host: `${name}:${httpsPort()}` },
        ca: authority.certificate,
        path: '/',
        agent: false,
        timeout: 10_000,
      },
      (answer) => {
        const peer: PeerCertificate = (answer.socket as TLSSocket).getPeerCertificate();
        text(answer).then(
          (body) =>
            resolve({
              status: answer.statusCode ?? 0,
              body,
              hsts: answer.headers['strict-transport-security'],
              fingerprint: peer.fingerprint.replaceAll(':', '').toLowerCase(),
            }),
          reject,
        );
      },
    );
    asked.on('timeout', () => asked.destroy(new Error('no answer')));
    asked.on('error', reject);
    asked.end();
  });
}

/** Asks by HTTP, with a Host header of its own (which fetch would not let us set). */
function getHttp(host: string, path = '/'): Promise<{ status: number; location: string | undefined; body: string }> {
  return new Promise((resolve, reject) => {
    requestHttp({ host: bench.address(0), port: proxy.port(), path, headers: { host }, agent: false }, (answer) => {
      text(answer).then(
        (body) => resolve({ status: answer.statusCode ?? 0, location: answer.headers.location, body }),
        reject,
      );
    })
      .on('error', reject)
      .end();
  });
}

test('names come, are renewed and go in a running HAProxy, and one that starts again knows the same', async () => {
  await serve();
  expect(proxy.agent.report().ports).not.toHaveProperty('https');
  expect(await getHttp('shop.test')).toMatchObject({ status: 200 });
  const pid = proxy.pid('haproxy');

  // The first names, while it runs: each is answered for with its own certificate.
  const [shop, blog] = [await certificate('shop.test'), await certificate('blog.test', 1)];
  await serve({ certificates: [shop, blog] });
  expect(proxy.pid('haproxy')).toBe(pid);
  const answer = await get('shop.test');
  expect(answer).toMatchObject({ status: 200, fingerprint: certificateFacts(shop.chain).fingerprint, hsts: undefined });
  expect(JSON.parse(answer.body)).toEqual({ https: 'on', host: `shop.test:${httpsPort()}` });
  expect((await get('blog.test')).fingerprint).toBe(certificateFacts(blog.chain).fingerprint);
  await expect(get('other.test')).rejects.toThrow(/unrecognized name/i);
  expect(detail().https.certificates).toEqual({
    'shop.test': certificateFacts(shop.chain).fingerprint,
    'blog.test': certificateFacts(blog.chain).fingerprint,
  });

  // By HTTP: names are sent on with all of their path, an address is not.
  expect(await getHttp('Shop.test:8080', '/a/b?c=d')).toMatchObject({
    status: 308,
    location: `https://shop.test${httpsPort() === 443 ? '' : `:${httpsPort()}`}/a/b?c=d`,
  });
  expect(await getHttp(bench.address(0))).toMatchObject({ status: 200 });
  await serve({ certificates: [shop, blog], redirect: false, hstsSeconds: 300 });
  expect(await getHttp('shop.test')).toMatchObject({ status: 200 });
  expect((await get('shop.test')).hsts).toBe('max-age=300');

  // An authority asks: also by a name that is redirected.
  const challenge = { token: 'tok_en-1', answer: 'tok_en-1.thumb-print' };
  await serve({ certificates: [shop, blog], challenges: [challenge] });
  expect(await getHttp('shop.test', '/.well-known/acme-challenge/tok_en-1')).toMatchObject({
    status: 200,
    body: challenge.answer,
  });
  expect(await getHttp('shop.test', '/.well-known/acme-challenge/other')).toMatchObject({ status: 308 });
  expect(detail().https.challenges).toEqual([challenge.token]);

  // A name goes; a HAProxy that starts again reads the same from its files.
  const renewed = await certificate('shop.test', 1);
  await serve({ certificates: [renewed] });
  await expect(get('blog.test')).rejects.toThrow(/unrecognized name/i);
  await expect(readFile(join(proxy.directory, 'conf', 'blog.test.site.pem'))).rejects.toMatchObject({ code: 'ENOENT' });
  await serve({ certificates: [renewed] }, 1);
  expect(proxy.pid('haproxy')).not.toBe(pid);
  expect((await get('shop.test')).fingerprint).toBe(certificateFacts(renewed.chain).fingerprint);
  expect(await getHttp('shop.test')).toMatchObject({ status: 308 });

  // An agent that starts again adopts it and goes on.
  proxy = await proxy.agentRestarts();
  await serve({ certificates: [renewed, blog] }, 1);
  expect((await get('blog.test')).fingerprint).toBe(certificateFacts(blog.chain).fingerprint);
});

test('browsers get HTTP/2', async () => {
  await serve({ certificates: [await certificate('shop.test')] }, 1);
  const session = connectHttp2(`https://shop.test:${httpsPort()}`, {
    ca: authority.certificate,
    host: bench.address(0),
    servername: 'shop.test',
  });
  const status = await new Promise((resolve, reject) => {
    session.on('error', reject);
    session
      .request({ ':path': '/' })
      .on('response', (headers) => resolve(headers[':status']))
      .resume()
      .on('error', reject);
  });
  session.destroy();
  expect(status).toBe(200);
});

test('not one request fails while certificates are exchanged', { timeout: 120_000 }, async () => {
  const variants = [await certificate('shop.test'), await certificate('shop.test', 1)];
  await serve({ certificates: variants.slice(0, 1) }, 1);
  const seen = new Map<string, number>();
  const failures: unknown[] = [];
  let over = false;
  const client = async () => {
    while (!over) {
      try {
        const { status, fingerprint } = await get('shop.test');
        if (status !== 200) failures.push(status);
        seen.set(fingerprint, (seen.get(fingerprint) ?? 0) + 1);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  const clients = [client(), client(), client()];
  for (let turn = 1; turn <= 10; turn += 1) {
    await serve({ certificates: [variants[turn % 2] ?? variants[0]].filter((one) => one !== undefined) }, 1);
    const total = () => [...seen.values()].reduce((sum, count) => sum + count, 0);
    const before = total();
    await until('a few requests', () => total() >= before + 5 || failures.length > 0);
  }
  over = true;
  await Promise.all(clients);
  expect(failures).toEqual([]);
  // Both were seen: connections are new ones.
  expect([...seen.keys()].sort()).toEqual(variants.map(({ chain }) => certificateFacts(chain).fingerprint).sort());
});
