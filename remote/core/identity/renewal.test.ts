import { createPublicKey, X509Certificate } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { formatIdentity, type Identity } from '../contract/identity.ts';
import { buildCertificate, type Signer } from './certificate.ts';
import { createTrust, type Trust } from './fixtures.ts';
import { generateCaKey, generateKey, generatePersonalKey, keyFingerprint } from './keys.ts';
import { serialOf, splitPem } from './peer.ts';
import { verifyForRenewal } from './renewal.ts';

const day = 86_400_000;
const now = Date.now();
let trust: Trust;
/** Issued 40 days ago for 30. */
let expired: string;
let publicPem: string;

beforeAll(async () => {
  trust = await createTrust('d-one', { now: now - 300 * day });
  publicPem = publicOf(await generateKey());
  expired = await leaf({ key: trust.intermediateKey, certificate: trust.intermediate });
});

function publicOf(key: string): string {
  return createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString();
}

function leaf(
  signer: Signer,
  options: { identity?: Identity; issuedAt?: number; lifetimeMs?: number; uri?: string } = {},
): Promise<string> {
  const uri = options.uri ?? formatIdentity(options.identity ?? trust.identities.agent);
  return buildCertificate({
    purpose: { kind: 'leaf', uri, subject: 'agent' },
    publicKey: createPublicKey(publicPem),
    signer,
    lifetimeMs: options.lifetimeMs ?? 30 * day,
    now: options.issuedAt ?? now - 40 * day,
  });
}

function verify(chain: readonly string[], more: Partial<Parameters<typeof verifyForRenewal>[0]> = {}) {
  return verifyForRenewal({
    chain,
    roots: [trust.root.certificate],
    intermediates: [trust.intermediate],
    deployment: trust.deployment,
    revoked: new Set(),
    now,
    ...more,
  });
}

const refusal = (reason: string) =>
  expect.objectContaining({ code: 'unauthenticated', message: expect.stringContaining(reason) });
const catching = (work: () => unknown): unknown => {
  try {
    return work();
  } catch (error) {
    return error;
  }
};

describe('renewal accepts', () => {
  it('a leaf of ours that has only expired, and one that has not', async () => {
    const certificate = new X509Certificate(expired);
    expect(verify([expired])).toEqual({
      identity: trust.identities.agent,
      serial: serialOf(certificate),
      fingerprint: keyFingerprint(publicPem),
      notAfter: Date.parse(certificate.validTo),
    });
    const fresh = await trust.credentials(trust.identities.manager);
    expect(verify(splitPem(fresh.certificate)).identity).toEqual(trust.identities.manager);
  });

  it('a leaf of the intermediate before this one, and of one that has ended since', async () => {
    const short = await createTrust('d-one', {
      root: trust.root,
      now: now - 60 * day,
      intermediateLifetimeMs: 40 * day,
    });
    const old = await leaf(
      { key: short.intermediateKey, certificate: short.intermediate },
      { issuedAt: now - 55 * day },
    );
    expect(verify([old], { intermediates: [trust.intermediate, short.intermediate] }).identity).toEqual(
      trust.identities.agent,
    );
  });

  it('a leaf that expired before its intermediate was renewed with the same key', async () => {
    const renewed = await buildCertificate({
      purpose: { kind: 'intermediate', deployment: trust.deployment },
      publicKey: createPublicKey(trust.intermediateKey),
      signer: trust.root,
      lifetimeMs: 730 * day,
      now: now - day,
    });
    expect(verify([expired], { intermediates: [renewed, trust.intermediate] }).serial).toBe(
      serialOf(new X509Certificate(expired)),
    );
    expect(catching(() => verify([expired], { intermediates: [renewed] }))).toEqual(refusal('not valid when it ended'));
  });

  it('180 days after its end, not a day more', () => {
    const end = Date.parse(new X509Certificate(expired).validTo);
    expect(verify([expired], { now: end + 180 * day }).notAfter).toBe(end);
    expect(catching(() => verify([expired], { now: end + 181 * day }))).toEqual(refusal('more than 180 days ago'));
  });
});

describe('renewal refuses', () => {
  it('a self-signed leaf', async () => {
    const key = await generatePersonalKey();
    const self = await buildCertificate({
      purpose: { kind: 'leaf', uri: formatIdentity(trust.identities.agent), subject: 'agent' },
      publicKey: createPublicKey(key),
      signer: { key },
      lifetimeMs: 30 * day,
      now: now - 40 * day,
    });
    expect(catching(() => verify([self]))).toEqual(refusal('signed by itself'));
    expect(catching(() => verify([self, trust.intermediate, trust.root.certificate]))).toEqual(
      refusal('signed by itself'),
    );
  });

  it('an unknown issuer, whatever chain comes with it', async () => {
    const stranger = await createTrust('d-one', { now: now - 300 * day });
    const theirs = await leaf({ key: stranger.intermediateKey, certificate: stranger.intermediate });
    expect(catching(() => verify([theirs, stranger.intermediate, stranger.root.certificate]))).toEqual(
      refusal('issuer is unknown'),
    );
    expect(catching(() => verify([theirs, trust.intermediate]))).toEqual(refusal('issuer is unknown'));
  });

  it("a forged chain: our intermediate's name and key identifier, another's signature", async () => {
    const forged = await leaf({ key: await generateCaKey(), certificate: trust.intermediate });
    expect(new X509Certificate(forged).checkIssued(new X509Certificate(trust.intermediate))).toBe(true);
    expect(catching(() => verify([forged, trust.intermediate]))).toEqual(refusal('forged'));
  });

  it('an intermediate of ours that our root did not sign', async () => {
    const key = await generateCaKey();
    const fake = await buildCertificate({
      purpose: { kind: 'intermediate', deployment: trust.deployment },
      publicKey: createPublicKey(key),
      signer: { key: await generateCaKey(), certificate: trust.root.certificate },
      lifetimeMs: 300 * day,
      now: now - 100 * day,
    });
    const theirs = await leaf({ key, certificate: fake });
    expect(catching(() => verify([theirs, fake]))).toEqual(refusal('issuer is unknown'));
    expect(catching(() => verify([theirs], { intermediates: [fake] }))).toEqual(refusal('not signed by our root'));
  });

  it('a leaf of another deployment, under the same root or even the same intermediate', async () => {
    const other = await createTrust('d-two', { root: trust.root, now: now - 300 * day });
    const theirs = await leaf(
      { key: other.intermediateKey, certificate: other.intermediate },
      { identity: other.identities.agent },
    );
    expect(catching(() => verify([theirs, other.intermediate]))).toEqual(refusal('issuer is unknown'));
    const ours = await leaf(
      { key: trust.intermediateKey, certificate: trust.intermediate },
      { identity: other.identities.agent },
    );
    expect(catching(() => verify([ours]))).toEqual(refusal('another deployment, d-two'));
  });

  it('a revoked leaf, or one of a revoked intermediate', () => {
    for (const pem of [expired, trust.intermediate]) {
      const revoked = new Set([serialOf(new X509Certificate(pem))]);
      expect(catching(() => verify([expired], { revoked }))).toEqual(refusal('was revoked'));
    }
  });

  it('a leaf that a user called CA signed', async () => {
    const key = await generatePersonalKey();
    const { certificate } = await trust.issuer.issue(trust.identities.user, publicOf(key), { lifetimeMs: day });
    const [userLeaf = ''] = splitPem(certificate);
    const theirs = await leaf({ key, certificate: userLeaf }, { identity: trust.identities.director });
    expect(catching(() => verify([theirs, ...splitPem(certificate)]))).toEqual(refusal('issuer is unknown'));
    expect(catching(() => verify([theirs], { intermediates: [userLeaf] }))).toEqual(refusal('issuer'));
  });

  it('an authority, a leaf that states no identity, and one that is not valid yet', async () => {
    const signer = { key: trust.intermediateKey, certificate: trust.intermediate };
    expect(catching(() => verify([trust.intermediate]))).toMatchObject({ code: 'unauthenticated' });
    const odd = await leaf(signer, { uri: 'spiffe://d-one/elsewhere' });
    expect(catching(() => verify([odd]))).toEqual(refusal('no identity of ours'));
    const early = await leaf(signer, { issuedAt: now + 10 * day });
    expect(catching(() => verify([early]))).toEqual(refusal('not valid yet'));
  });

  it('nothing, and what is not a certificate', () => {
    expect(catching(() => verify([]))).toEqual(refusal('none was presented'));
    expect(catching(() => verify(['hello']))).toEqual(refusal('cannot be read'));
  });
});
