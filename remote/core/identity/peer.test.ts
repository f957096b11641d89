import { X509Certificate } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { formatIdentity, parseIdentity } from '../contract/identity.ts';
import { UserName } from '../contract/ids.ts';
import type { Credentials } from './credentials.ts';
import { createTrust, type Trust } from './fixtures.ts';
import { identifyPeer, serialOf, splitPem } from './peer.ts';

let trust: Trust;
let manager: Credentials;
beforeAll(async () => {
  trust = await createTrust('d-one');
  manager = await trust.credentials(trust.identities.manager);
});

function identify(credentials: Credentials, more: { revoked?: string[]; now?: number; authorized?: boolean } = {}) {
  return identifyPeer({
    chain: splitPem(credentials.certificate),
    authorized: more.authorized ?? true,
    deployment: trust.deployment,
    revoked: new Set(more.revoked),
    ...(more.now === undefined ? {} : { now: more.now }),
  });
}

describe('a peer', () => {
  it('is who its certificate says, of each kind', async () => {
    for (const identity of Object.values(trust.identities)) {
      expect(identify(await trust.credentials(identity))).toEqual(identity);
    }
  });

  it('is nobody where TLS did not verify it', () => {
    expect(identify(manager, { authorized: false })).toBeUndefined();
  });

  it('is nobody once it, or its issuer, is revoked, expired, or before its time', () => {
    const [leaf = '', intermediate = ''] = splitPem(manager.certificate);
    const certificate = new X509Certificate(leaf);
    expect(identify(manager, { revoked: [serialOf(certificate)] })).toBeUndefined();
    expect(identify(manager, { revoked: [serialOf(new X509Certificate(intermediate))] })).toBeUndefined();
    expect(identify(manager, { revoked: ['00'] })).toEqual(trust.identities.manager);
    expect(identify(manager, { now: Date.parse(certificate.validTo) })).toEqual(trust.identities.manager);
    expect(identify(manager, { now: Date.parse(certificate.validTo) + 1 })).toBeUndefined();
    expect(identify(manager, { now: Date.parse(certificate.validFrom) - 1 })).toBeUndefined();
  });

  it('is nobody with the certificate of another deployment, even under the same root', async () => {
    const other = await createTrust('d-two', { root: trust.root });
    expect(identify(await other.credentials(other.identities.manager))).toBeUndefined();
  });

  it('is nobody with an authority, no certificate, or something else', () => {
    expect(identify({ ...manager, certificate: trust.intermediate })).toBeUndefined();
    expect(identify({ ...manager, certificate: trust.root.certificate })).toBeUndefined();
    expect(identify({ ...manager, certificate: '' })).toBeUndefined();
    const chain = ['-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'];
    const nobody = identifyPeer({ chain, authorized: true, deployment: trust.deployment, revoked: new Set() });
    expect(nobody).toBeUndefined();
  });

  it('called CA is a user and nothing more', async () => {
    const identity = { kind: 'user', deployment: trust.deployment, name: UserName.parse('CA') } as const;
    const credentials = await trust.credentials(identity);
    expect(identify(credentials)).toEqual(identity);
    const leaf = new X509Certificate(credentials.certificate);
    expect(leaf.ca).toBe(false);
    expect(leaf.subject).toBe('O=ConPaaS\nCN=user');
  });
});

describe('an identity', () => {
  it('is read back from its URI', () => {
    for (const identity of Object.values(trust.identities)) {
      expect(parseIdentity(formatIdentity(identity))).toEqual(identity);
    }
  });

  it.each([
    'spiffe://d-one/director/',
    'spiffe://d-one/director?x',
    'spiffe://d-one/director#x',
    'spiffe://d-one//director',
    'spiffe://d-one/Director',
    'spiffe://D-ONE/director',
    'spiffe://d-one:1/director',
    'spiffe://u@d-one/director',
    'https://d-one/director',
    'spiffe://d-one/directors',
    'spiffe://d-one/user/',
    'spiffe://d-one/user/a/b',
    'spiffe://d-one/user/a b',
    'spiffe://d-one/user/%41',
    'spiffe://d-one/app/app-one/manager',
    'spiffe://d-one/app/app-one/manager/0',
    'spiffe://d-one/app/app-one/manager/01',
    'spiffe://d-one/app/app-one/manager/-1',
    'spiffe://d-one/app/app-one/manager/1e3',
    'spiffe://d-one/app/app-one/manager/9999999999',
    'spiffe://d-one/app/app-one/agent/',
    'spiffe://d-one/app/app-one/agent/vm-one/more',
    'spiffe://d-one/app/../director',
    ' spiffe://d-one/director',
    'spiffe://d-one/director\n',
    'spiffe://d-one/director, URI:spiffe://d-one/user/ann',
  ])('is not %j', (uri) => {
    expect(parseIdentity(uri)).toBeUndefined();
  });
});
