/** Impostors at both ends of real TLS connections: new, kept and resumed ones. */
import { createPublicKey, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import tls from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatIdentity, type Identity } from '../contract/identity.ts';
import { ApplicationId, UserName } from '../contract/ids.ts';
import { connect } from '../rpc/index.ts';
import { buildCertificate } from './certificate.ts';
import type { Credentials } from './credentials.ts';
import { joiningMethods, startDirector, type TestDirector } from './director.fixture.ts';
import { createTrust, type Trust } from './fixtures.ts';
import { generateCaKey, generateKey, generatePersonalKey } from './keys.ts';
import { serialOf, splitPem } from './peer.ts';
import { createRequest } from './request.ts';

const day = 86_400_000;
let trust: Trust;
let director: TestDirector;
/** Credentials that are not what they say, or no longer, or not yet. */
let impostors: Record<string, Credentials>;
let agent: Credentials;

beforeAll(async () => {
  trust = await createTrust('d-one', { now: Date.now() - 100 * day });
  director = await startDirector({ trust });
  agent = await trust.credentials(trust.identities.agent);
  impostors = await makeImpostors(trust.identities.director);
});
afterAll(() => director[Symbol.asyncDispose]());

/** One of each kind, posing as `identity`. */
async function makeImpostors(identity: Identity): Promise<Record<string, Credentials>> {
  const key = await generatePersonalKey();
  const roots = [trust.root.certificate];
  const uri = formatIdentity(identity);
  const build = (signer: { key: string; certificate?: string }) =>
    buildCertificate({
      purpose: { kind: 'leaf', uri, subject: 'director' },
      publicKey: createPublicKey(key),
      signer,
      lifetimeMs: day,
      now: Date.now(),
    });
  const stranger = await createTrust('d-one');
  const other = await createTrust('d-two', { root: trust.root });
  const named = { kind: 'user', deployment: trust.deployment, name: UserName.parse('CA') } as const;
  const userCa = await trust.credentials(named);
  const [userLeaf = ''] = splitPem(userCa.certificate);
  return {
    'a self-signed certificate': { key, certificate: await build({ key }), roots },
    'the same names under another root': { ...(await stranger.credentials(identity)), roots },
    'a forged chain': {
      key,
      certificate: (await build({ key: await generateCaKey(), certificate: trust.intermediate })) + trust.intermediate,
      roots,
    },
    'the authority of another deployment': {
      key,
      certificate: (await build({ key: other.intermediateKey, certificate: other.intermediate })) + other.intermediate,
      roots,
    },
    'a certificate signed by a user called CA': {
      key,
      certificate: (await build({ key: userCa.key, certificate: userLeaf })) + userCa.certificate,
      roots,
    },
    'an expired certificate': await trust.credentials(identity, { now: Date.now() - 40 * day }),
    'a certificate that is not valid yet': await trust.credentials(identity, { now: Date.now() + 2 * day }),
  };
}

function client(credentials: Credentials | undefined, to = director.address, expected = trust.identities.director) {
  return connect(joiningMethods, {
    address: to,
    expect: expected,
    credentials: () => credentials,
    roots: () => [trust.root.certificate],
  });
}

describe.each(['director', 'manager'] as const)('a server that poses as the %s', (kind) => {
  const told = async (credentials: Credentials, name: string): Promise<void> => {
    await using server = await startDirector({ trust, credentials });
    await using caller = client(agent, server.address, trust.identities[kind]);
    await expect(caller.call('get_revocations', {}), name).rejects.toMatchObject({ code: 'unauthenticated' });
    await expect(caller.call('join', { token: 'x'.repeat(30), csr: '', port: 1 }), name).rejects.toMatchObject({
      code: 'unauthenticated',
    });
    expect(server.calls, name).toEqual([]);
  };

  it('is told nothing, with any impostor', async () => {
    const posing = await makeImpostors(trust.identities[kind]);
    for (const [name, credentials] of Object.entries(posing)) await told(credentials, name);
  });

  it('is told nothing with a true certificate of somebody else', async () => {
    const other = await createTrust('d-two', { root: trust.root });
    const { deployment } = trust;
    const others: Identity[] = [
      ...Object.values(trust.identities).filter((identity) => identity.kind !== kind),
      { kind: 'user', deployment, name: UserName.parse('CA') },
      { kind: 'user', deployment, name: UserName.parse('director') },
      { kind: 'manager', deployment, application: ApplicationId.parse('app-two'), epoch: 2 },
      { kind: 'manager', deployment, application: ApplicationId.parse('app-one'), epoch: 1 },
    ];
    for (const identity of others) await told(await trust.credentials(identity), formatIdentity(identity));
    await told(await other.credentials(other.identities[kind]), 'of another deployment');
  });
});

describe('a caller', () => {
  it('is let in with its own certificate', async () => {
    await using caller = client(agent);
    expect(await caller.call('get_revocations', {})).toEqual({ revoked: [] });
  });

  it('is nobody as any impostor, and gets no renewal', async () => {
    const posing = await makeImpostors(trust.identities.agent);
    const csr = await createRequest(await generateKey());
    for (const [name, credentials] of Object.entries(posing)) {
      await using caller = client(credentials);
      await expect(caller.call('get_revocations', {}), name).rejects.toMatchObject({ code: 'unauthenticated' });
      await expect(caller.call('renew', { csr }), name).rejects.toMatchObject({ code: 'unauthenticated' });
    }
    expect(director.refused).toEqual([
      expect.stringContaining('signed by itself'),
      expect.stringContaining('issuer is unknown'),
      expect.stringContaining('forged'),
      expect.stringContaining('issuer is unknown'),
      expect.stringContaining('issuer is unknown'),
      expect.stringContaining('another key'), // only expired: what is wrong is the request
      expect.stringContaining('not valid yet'),
    ]);
  });

  it('is refused where its role, application or epoch is not the right one', async () => {
    const other = await createTrust('d-two', { root: trust.root });
    const cases: [Credentials, string][] = [
      [await trust.credentials(trust.identities.user), 'forbidden'],
      [await other.credentials(other.identities.agent), 'unauthenticated'],
      [await trust.credentials({ ...trust.identities.manager, epoch: 1 } as Identity), 'superseded'],
    ];
    for (const [credentials, code] of cases) {
      await using caller = client(credentials);
      await expect(caller.call('get_revocations', {})).rejects.toMatchObject({ code });
    }
    await using nobody = client(undefined);
    await expect(nobody.call('get_revocations', {})).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  it('is refused over a kept connection once its certificate is revoked', async () => {
    await using own = await startDirector({ trust });
    const key = await generateKey();
    const { certificate, serial } = await trust.issuer.issue(trust.identities.agent, await createRequest(key), {
      lifetimeMs: day,
    });
    await using caller = client({ key, certificate, roots: [trust.root.certificate] }, own.address);
    expect(await caller.call('get_revocations', {})).toEqual({ revoked: [] });
    own.revoked.add(serial);
    await expect(caller.call('get_revocations', {})).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  it('is refused over a resumed session as over a new one', async () => {
    const expired = await trust.credentials(trust.identities.agent, { now: Date.now() - 40 * day });
    const selfSigned = impostors['a self-signed certificate'];
    for (const [credentials, status] of [
      [agent, 200],
      [expired, 401],
      [selfSigned, 401],
      [undefined, 401],
    ] as const) {
      const first = await raw(credentials);
      expect(first.status).toBe(status);
      const resumed = await raw(credentials, first.session);
      expect(resumed.reused).toBe(true);
      expect(resumed.status).toBe(status);
      // The session stands for the certificate that it was made with, whatever is shown now.
      expect((await raw(impostors['a forged chain'], first.session)).status).toBe(status);
    }
    const { session } = await raw(agent);
    director.revoked.add(serialOf(new X509Certificate(agent.certificate)));
    expect(await raw(agent, session)).toMatchObject({ reused: true, status: 401 });
  });
});

/** A call without the project's own client, which never resumes. */
async function raw(
  credentials: Credentials | undefined,
  session?: Buffer,
): Promise<{ status: number; session: Buffer; reused: boolean }> {
  const socket = tls.connect({
    ...director.address,
    ca: [trust.root.certificate],
    checkServerIdentity: () => undefined,
    ...(credentials && { key: credentials.key, cert: credentials.certificate }),
    ...(session && { session }),
  });
  let next: Buffer = Buffer.alloc(0);
  let text = '';
  socket.on('session', (given: Buffer) => {
    next = given;
  });
  await once(socket, 'secureConnect');
  const reused = socket.isSessionReused();
  socket.setEncoding('utf8').on('data', (part: string) => {
    text += part;
  });
  socket.write('POST /v1/get_revocations HTTP/1.1\r\nhost: d\r\ncontent-type: application/json\r\n');
  socket.write('content-length: 2\r\nconnection: close\r\n\r\n{}');
  await once(socket, 'close');
  return { status: Number(text.slice(9, 12)), session: next, reused };
}
