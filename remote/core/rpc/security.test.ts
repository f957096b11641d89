/** Who is let in, who is believed, and what is refused before it costs anything. */
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import tls, { TLSSocket } from 'node:tls';
import forge from 'node-forge';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import type { Identity } from '../contract/identity.ts';
import { identifyPeer, serialOf } from '../identity/peer.ts';
import { connect } from './client.ts';
import { all, createWorld, failureOf, host, type TestClient, table, testHandlers, type World } from './fixtures.ts';
import { subjectUri } from './subject.ts';
import { headers } from './wire.ts';

let world: World;
let user: Identity;
let director: Identity;
let manager: Identity;

beforeAll(async () => {
  world = await createWorld();
  ({ user, director, manager } = world.trust.identities);
});
afterAll(async () => world[Symbol.asyncDispose]());
afterEach(() => vi.restoreAllMocks());

/** Sends a raw request and returns status and body. */
async function raw(
  port: number,
  options: https.RequestOptions,
  body?: (request: http.ClientRequest) => void,
): Promise<{ status: number; body: string }> {
  const { key, certificate, roots } = await world.trust.credentials(user);
  const request = https.request({
    ...{ host, port, method: 'POST', agent: false },
    ...{ key, cert: certificate, ca: [...roots], checkServerIdentity: () => undefined },
    ...options,
  });
  request.on('error', () => undefined);
  const answered = once(request, 'response');
  if (body) body(request);
  else request.end();
  const [answer] = (await answered) as [http.IncomingMessage];
  let text = '';
  for await (const chunk of answer) text += chunk;
  return { status: answer.statusCode ?? 0, body: text };
}

test('a valid certificate of somebody else is refused, and nothing is sent', async () => {
  const server = await world.serve({ as: manager });
  const identify = vi.fn();
  const other = await world.serve({ as: user, identify });
  for (const [port, wrong] of [
    [server.port, director],
    [server.port, { ...manager, epoch: 3 } as Identity],
    [other.port, manager],
  ] as const) {
    const client = await world.client(port, wrong);
    const failure = await failureOf(client.call('echo', { text: 'secret' }));
    expect(failure.code).toBe('unauthenticated');
    expect((await failureOf(client.duplex('shout', { prefix: '' }))).code).toBe('unauthenticated');
  }
  expect(identify).not.toHaveBeenCalled();
});

test('the identity is checked again on a kept connection (certificate faked on the second use)', async () => {
  const server = await world.serve({ as: manager });
  const client = await world.client(server.port, manager);
  await client.call('echo', { text: 'a' });
  const { certificate } = await world.trust.credentials(director);
  const handshakes = vi.spyOn(tls, 'connect');
  vi.spyOn(TLSSocket.prototype, 'getPeerCertificate').mockReturnValue({
    raw: new X509Certificate(certificate).raw,
  } as tls.DetailedPeerCertificate);
  const failure = await failureOf(client.call('echo', { text: 'b' }));
  expect(failure).toMatchObject({ code: 'unauthenticated', message: expect.stringContaining('/director') });
  expect(handshakes).not.toHaveBeenCalled();
  vi.restoreAllMocks();
  expect((await client.call('echo', { text: 'c' })).text).toBe('c');
});

test('another process on the same port is refused', async () => {
  const first = await world.serve({ as: manager });
  const client = await world.client(first.port, manager);
  await client.call('hello', {});
  await first[Symbol.asyncDispose]();
  expect(await failureOf(client.call('hello', {}))).toMatchObject({ code: 'unreachable', retry: true });
  await world.serve({ as: { ...manager, epoch: 9 } as Identity, listen: { host, port: first.port } });
  expect((await failureOf(client.call('hello', {}))).code).toBe('unauthenticated');
});

test('a stranger with a root of its own is nobody', async () => {
  const server = await world.serve({ as: director });
  const strangers = await createWorld();
  const forged = await strangers.trust.credentials(user);
  const client = world.own(
    connect(table, {
      address: { host, port: server.port },
      expect: director,
      credentials: () => forged,
      roots: () => [world.trust.root.certificate],
    }),
  );
  expect((await failureOf(client.call('hello', {}))).code).toBe('unauthenticated');
  const trusting = await strangers.client(server.port, director);
  expect((await failureOf(trusting.call('hello', {}))).code).toBe('unauthenticated');
  await strangers[Symbol.asyncDispose]();
});

test('without a certificate only what is open to anyone can be called', async () => {
  const presented: string[][] = [];
  const server = await world.serve({
    as: director,
    authorize: ({ identity, name }) => {
      presented.push([identity?.kind ?? 'nobody', name]);
    },
  });
  const client = world.own(
    connect(table, {
      address: { host, port: server.port },
      expect: director,
      roots: () => [world.trust.root.certificate],
    }),
  );
  expect(await client.call('echo', { text: 'x' })).toEqual({ text: 'x' });
  expect(presented).toEqual([['nobody', 'echo']]);
  expect((await failureOf(client.fetchText('/openapi.json'))).code).toBe('not_found');
});

test('an expired certificate is nobody, but is presented to the handler with its chain', async () => {
  const handlers = testHandlers(world.seen);
  let presented: readonly string[] = [];
  const server = await world.serve({
    as: director,
    authorize: () => undefined,
    handlers: {
      ...handlers,
      echo: async (params, call) => {
        presented = call.presented;
        return handlers.echo(params, call);
      },
    },
  });
  const day = 86_400_000;
  const credentials = await world.trust.credentials(user, { lifetimeMs: day, now: Date.now() - 3 * day });
  const client = world.own(
    connect(table, { address: { host, port: server.port }, expect: director, credentials: () => credentials }),
  );
  expect((await client.call('echo', { text: '' })).caller).toBeUndefined();
  const trimmed = (pem: string) => pem.replace(/\s/g, '');
  expect(presented.map(trimmed).join('')).toBe(trimmed(credentials.certificate));
});

test('a revocation ends what is open: calls, streams and channels, also those that are passed on; others go on', async () => {
  const revoked = new Set<string>();
  const credentials = await world.trust.credentials(director);
  const behind = await world.serve({ as: manager });
  const server = await world.serve({
    as: director,
    identify: (peer) => identifyPeer({ ...peer, deployment: world.trust.deployment, revoked }),
    relay: async () => ({ host, port: behind.port, expect: manager, credentials }),
  });
  const shutOut = await world.trust.credentials(user);
  const ends: Promise<unknown>[] = [];
  const others: Duplex[] = [];
  for (const application of [undefined, 'app-one']) {
    const through = application === undefined ? {} : { application };
    const client = await world.client(server.port, director, user, { ...through, credentials: () => shutOut });
    const waits = once(world.seen, 'begun');
    ends.push(failureOf(client.call('wait', {})));
    await waits;
    const watches = once(world.seen, 'begun');
    ends.push(failureOf(all(client.stream('watch', {}))));
    await watches;
    const channel = await client.duplex('shout', { prefix: '' });
    ends.push(once(channel, 'error'));
    const other = await world.client(server.port, director, user, through);
    others.push(await other.duplex('shout', { prefix: '' }));
  }
  revoked.add(serialOf(new X509Certificate(shutOut.certificate)));
  server.recheck();
  expect((await Promise.all(ends)).length).toBe(6);
  for (const other of others) {
    other.write('still');
    expect(String((await once(other, 'data'))[0])).toBe('STILL');
    other.destroy();
  }
});

test('a revoked certificate is refused on a kept connection', async () => {
  const revoked = new Set<string>();
  const server = await world.serve({
    as: director,
    identify: (peer) => identifyPeer({ ...peer, deployment: world.trust.deployment, revoked }),
  });
  const credentials = await world.trust.credentials(user);
  const client = world.own(
    connect(table, { address: { host, port: server.port }, expect: director, credentials: () => credentials }),
  );
  await client.call('echo', { text: 'a' });
  revoked.add(serialOf(new X509Certificate(credentials.certificate)));
  expect((await failureOf(client.call('echo', { text: 'a' }))).code).toBe('unauthenticated');
});

test('TLS 1.2 is refused', async () => {
  const server = await world.serve({ as: director });
  const socket = tls.connect({ host, port: server.port, maxVersion: 'TLSv1.2', rejectUnauthorized: false });
  const [error] = await once(socket, 'error');
  expect(String(error)).toMatch(/protocol version|alert/i);
});

test('a server without credentials answers once it has some; renewed credentials are used from then on', async () => {
  const server = await world.serve({ as: director, tls: { credentials: undefined } });
  const client = await world.client(server.port, director);
  expect(await failureOf(client.call('hello', {}))).toMatchObject({ code: 'unreachable', retry: true });
  server.setCredentials(await world.trust.credentials(director));
  expect((await client.call('hello', {})).role).toBe('director');
  server.setCredentials(await world.trust.credentials(manager));
  const fresh = await world.client(server.port, manager);
  expect((await fresh.call('hello', {})).role).toBe('director');
});

test('a client uses its renewed certificate at once', async () => {
  const server = await world.serve({ as: director });
  let credentials = await world.trust.credentials(user);
  const client = world.own(
    connect(table, { address: { host, port: server.port }, expect: director, credentials: () => credentials }),
  );
  expect((await client.call('echo', { text: '' })).caller).toBe('user');
  credentials = await world.trust.credentials(manager);
  expect((await client.call('echo', { text: '' })).caller).toBe('manager');
});

test('only a director may say for whom it calls, and only to a manager', async () => {
  const managerServer = await world.serve({ as: manager });
  const ask = async (port: number, expected: Identity, as: Identity, more = {}) => {
    const client: TestClient = await world.client(port, expected, as, { user: 'mallory', ...more });
    return (await client.call('echo', { text: '' })).user;
  };
  expect(await ask(managerServer.port, manager, director)).toBe('mallory');
  expect(await ask(managerServer.port, manager, user)).toBeUndefined();
  expect(await ask(managerServer.port, manager, { ...manager, epoch: 1 } as Identity)).toBeUndefined();
  const credentials = await world.trust.credentials(director);
  const directorServer = await world.serve({
    as: director,
    relay: async () => ({ host, port: managerServer.port, expect: manager, credentials }),
  });
  expect(await ask(directorServer.port, director, user)).toBe('ann');
  expect(await ask(directorServer.port, director, user, { application: 'app-one' })).toBe('ann');
  const notAUser = await failureOf(ask(directorServer.port, director, manager, { application: 'app-one' }));
  expect(notAUser.code).toBe('forbidden');
});

test('a relay tells that the manager is away, or is not the one it should be', async () => {
  const credentials = await world.trust.credentials(director);
  const away = await world.serve({ as: manager });
  await away[Symbol.asyncDispose]();
  const impostor = await world.serve({ as: { ...manager, epoch: 7 } as Identity });
  let port = away.port;
  const server = await world.serve({
    as: director,
    relay: async () => ({ host, port, expect: manager, credentials, title: 'The manager of Shop' }),
  });
  const client = await world.client(server.port, director, user, { application: 'app-one' });
  expect(await failureOf(client.call('hello', {}))).toMatchObject({
    ...{ code: 'unreachable', retry: true, cause: { code: 'unreachable' } },
    message: expect.stringMatching(/^The manager of Shop does not answer\. .* try again then\.$/),
  });
  expect((await failureOf(client.duplex('shout', { prefix: '' }))).code).toBe('unreachable');
  port = impostor.port;
  expect((await failureOf(client.call('hello', {}))).code).toBe('unauthenticated');
});

test('a message that is too large is refused before it is read', async () => {
  const server = await world.serve({ as: director });
  const client = await world.client(server.port, director);
  const huge = 'x'.repeat(9 * 1024 * 1024);
  expect((await failureOf(client.call('echo', { text: huge }))).code).toBe('too_large');
  const announced = await raw(server.port, { path: '/v1/echo', headers: { 'content-length': 1024 ** 4 } }, (request) =>
    request.write('{'),
  );
  expect([announced.status, JSON.parse(announced.body).failure.code]).toEqual([413, 'too_large']);
  const chunked = await raw(server.port, { path: '/v1/echo' }, (request) => {
    const more = () => {
      while (!request.destroyed && request.write('x'.repeat(65_536)));
    };
    request.on('drain', more);
    more();
  });
  expect(chunked.status).toBe(413);
  const upload = {
    [headers.upload]: '0'.repeat(32),
    [headers.sha256]: '0'.repeat(64),
    [headers.size]: 65 * 1024 * 1024,
    [headers.offset]: 0,
    'content-length': 65 * 1024 * 1024,
  };
  expect((await raw(server.port, { path: '/v1/put', headers: upload }, (request) => request.write('x'))).status).toBe(
    413,
  );
  const puts = world.seen.puts;
  const lying = { ...upload, [headers.size]: 10, 'content-length': 11 };
  expect(
    (await raw(server.port, { path: '/v1/put', headers: lying }, (request) => request.end('x'.repeat(11)))).status,
  ).toBe(400);
  expect(world.seen.puts).toBe(puts);
});

test('the server itself ends a call at the deadline the client stated', async () => {
  const server = await world.serve({ as: director });
  const aborted = once(world.seen, 'aborted');
  const answer = await raw(server.port, { path: '/v1/wait', headers: { [headers.timeout]: 150 } });
  expect([answer.status, JSON.parse(answer.body).failure.code]).toEqual([504, 'deadline_exceeded']);
  await aborted;
});

test('what is not JSON, or not a route, or not the right verb, is refused', async () => {
  const server = await world.serve({ as: director });
  const code = async (options: https.RequestOptions, body = '') => {
    const answer = await raw(server.port, options, (request) => request.end(body));
    return JSON.parse(answer.body).failure.code;
  };
  expect(await code({ path: '/v1/echo' }, '{"text"')).toBe('invalid_request');
  expect(await code({ path: '/v1/echo', method: 'GET' })).toBe('invalid_request');
  expect(await code({ path: '/v1/shout' }, '{}')).toBe('invalid_request');
  expect(await code({ path: '/v1/%' })).toBe('unknown_method');
  expect(await code({ path: '/' })).toBe('not_found');
  expect(await code({ path: '/v1/app/a/echo' })).toBe('unknown_method');
});

test.each([
  ['query', 'echo', undefined],
  ['command', 'fail', 'unreachable'],
] as const)('a %s on a kept connection that dies is %s', async (_kind, name, code) => {
  // a bare server: the second request on a connection finds it closed
  const requests = new WeakMap<object, number>();
  let calls = 0;
  const server = http.createServer((request, response) => {
    calls += 1;
    const before = requests.get(request.socket) ?? 0;
    requests.set(request.socket, before + 1);
    if (before > 0) request.socket.destroy();
    else response.end('{"text":"ok"}');
  });
  const path = join(world.directory, `${name}.sock`);
  server.listen(path);
  await once(server, 'listening');
  const client = world.own(connect(table, { address: { socket: path } }));
  const call = () => (name === 'echo' ? client.call('echo', { text: '' }) : client.call('fail', { how: 'bug' }));
  await call();
  if (code === undefined) await call();
  else expect(await failureOf(call())).toMatchObject({ code, retry: true });
  expect(calls).toBe(code === undefined ? 3 : 2);
  await client[Symbol.asyncDispose]();
  server.close();
});

test('a certificate with several names, odd ones or none states no identity', () => {
  const keys = forge.pki.rsa.generateKeyPair(1024);
  const uriOf = (altNames: object[] | undefined) => {
    const certificate = forge.pki.createCertificate();
    certificate.publicKey = keys.publicKey;
    certificate.serialNumber = '01';
    certificate.validity.notAfter = new Date(Date.now() + 86_400_000);
    if (altNames) certificate.setExtensions([{ name: 'subjectAltName', altNames }]);
    certificate.sign(keys.privateKey, forge.md.sha256.create());
    return subjectUri(new X509Certificate(forge.pki.certificateToPem(certificate)));
  };
  const uri = { type: 6, value: 'spiffe://dep-a/director' };
  expect(uriOf([uri])).toBe(uri.value);
  expect(uriOf(undefined)).toBeUndefined();
  expect(uriOf([uri, { type: 6, value: 'spiffe://dep-a/user/ann' }])).toBeUndefined();
  expect(uriOf([uri, { type: 2, value: 'host' }])).toBeUndefined();
  expect(uriOf([{ type: 2, value: 'host' }, uri])).toBeUndefined();
  expect(uriOf([{ type: 2, value: uri.value }])).toBeUndefined();
  expect(uriOf([{ type: 6, value: 'spiffe://dep-a/director, DNS:b' }])).toBeUndefined();
});
