import { spawnSync } from 'node:child_process';
import { createPublicKey, X509Certificate } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, createServer, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DeploymentId } from '../contract/ids.ts';
import { buildCertificate } from './certificate.ts';
import { createTrust, type Trust } from './fixtures.ts';
import { generateCaKey, generateKey } from './keys.ts';
import { identifyPeer, statedIdentity } from './peer.ts';
import { createWebAuthority, openWebAuthority, type WebAuthority } from './web-authority.ts';

const deployment = DeploymentId.parse('d-one');
let trust: Trust;
let authorityKey: string;
let authority: WebAuthority;
let key: string;
let publicKey: string;
let directory: string;
beforeAll(async () => {
  trust = await createTrust('d-one');
  [authorityKey, key] = await Promise.all([generateCaKey(), generateKey()]);
  authority = openWebAuthority(authorityKey, await createWebAuthority(authorityKey, deployment));
  publicKey = createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString();
  directory = await mkdtemp(join(tmpdir(), 'web-authority-'));
});
afterAll(() => rm(directory, { recursive: true }));

async function verify(leaf: string, root: string, ...more: string[]): Promise<{ status: number | null; text: string }> {
  await writeFile(join(directory, 'leaf.pem'), leaf);
  await writeFile(join(directory, 'root.pem'), root);
  const result = spawnSync('openssl', ['verify', '-x509_strict', ...more, '-CAfile', 'root.pem', 'leaf.pem'], {
    encoding: 'utf8',
    cwd: directory,
  });
  return { status: result.status, text: result.stdout + result.stderr };
}

test('a website has a certificate that OpenSSL verifies for its name, as a server only', async () => {
  const leaf = await authority.issue('shop.test', publicKey);
  expect(await verify(leaf, authority.certificate, '-verify_hostname', 'shop.test')).toMatchObject({ status: 0 });
  expect(await verify(leaf, authority.certificate, '-purpose', 'sslserver')).toMatchObject({ status: 0 });
  expect((await verify(leaf, authority.certificate, '-verify_hostname', 'other.test')).status).not.toBe(0);
  expect((await verify(leaf, authority.certificate, '-purpose', 'sslclient')).status).not.toBe(0);
  expect(new X509Certificate(leaf).ca).toBe(false);
});

test.each(['conpaas.eu', 'google.com', 'nottest', 'test.com', 'example.org.evil.net'])(
  'the authority does not issue for %s, which can be somebody else’s',
  async (name) => {
    await expect(authority.issue(name, publicKey)).rejects.toMatchObject({ code: 'forbidden' });
  },
);

test('whoever has taken the authority’s key cannot make browsers believe in anything but private names', async () => {
  const signer = { key: authorityKey, certificate: authority.certificate };
  const forge = (purpose: Parameters<typeof buildCertificate>[0]['purpose']) =>
    buildCertificate({
      purpose,
      publicKey: createPublicKey(key),
      signer,
      lifetimeMs: 86_400_000,
      now: Date.now(),
    });
  expect((await verify(await forge({ kind: 'website', name: 'mail.internal' }), authority.certificate)).status).toBe(0);
  const foreign = await verify(await forge({ kind: 'website', name: 'google.com' }), authority.certificate);
  expect(foreign).toMatchObject({ text: expect.stringMatching(/permitted subtree violation/) });
  const identity = await verify(
    await forge({ kind: 'leaf', uri: 'spiffe://d-one/director', subject: 'director' }),
    authority.certificate,
  );
  expect(identity).toMatchObject({ text: expect.stringMatching(/permitted subtree violation/) });
});

test('a website’s certificate is nobody among our processes, and its authority is trusted by none', async () => {
  const leaf = await authority.issue('shop.test', publicKey);
  expect(statedIdentity(new X509Certificate(leaf))).toBeUndefined();
  // Even where TLS were content with the chain.
  expect(identifyPeer({ chain: [leaf], authorized: true, deployment, revoked: new Set() })).toBeUndefined();
  expect((await verify(leaf, trust.root.certificate)).status).not.toBe(0);

  const director = await trust.credentials(trust.identities.director);
  const server = createServer({
    key: director.key,
    cert: director.certificate,
    ca: [...director.roots],
    requestCert: true,
    rejectUnauthorized: false,
  });
  const authorized = new Promise<boolean>((resolve) => {
    server.on('secureConnection', (socket: TLSSocket) => {
      resolve(socket.authorized);
      socket.destroy();
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const client = connect({ host: '127.0.0.1', port: port ?? 0, key, cert: leaf, rejectUnauthorized: false });
  client.on('error', () => undefined); // it is sent away
  expect(await authorized).toBe(false);
  client.destroy();
  await new Promise((resolve) => server.close(resolve));
});
