import { X509Certificate } from 'node:crypto';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTrust, memoryTokens, type Trust } from './fixtures.ts';
import { redeemToken, type TokenStore } from './join-token.ts';
import { generateKey } from './keys.ts';
import { statedIdentity } from './peer.ts';
import { createRequest } from './request.ts';
import { createToken, hashToken } from './token.ts';

const now = Date.now();
let trust: Trust;
let csr: string;
let otherCsr: string;
let token: string;
let store: TokenStore;
let alerts: string[];

beforeAll(async () => {
  trust = await createTrust('d-one');
  [csr, otherCsr] = await Promise.all([createRequest(await generateKey()), createRequest(await generateKey())]);
});
beforeEach(() => {
  token = createToken();
  store = memoryTokens({ [token]: { identity: trust.identities.agent, expiresAt: now + 60_000 } });
  alerts = [];
});

function redeem(more: Partial<Parameters<typeof redeemToken>[0]> = {}) {
  return redeemToken({
    token,
    csr,
    store,
    issuer: trust.issuer,
    lifetimeMs: 86_400_000,
    now,
    alert: (text) => alerts.push(text),
    ...more,
  });
}

describe('a join token', () => {
  it('is 256 random bits, of which only a hash is kept', () => {
    expect(Buffer.from(token, 'base64url')).toHaveLength(32);
    expect(createToken()).not.toBe(token);
    expect(hashToken(token)).toMatch(/^[0-9a-f]{64}$/);
  });

  it('gives its own identity, whatever the request asks for', async () => {
    const { identity, issued, first } = await redeem();
    expect(identity).toEqual(trust.identities.agent);
    expect(first).toBe(true);
    expect(statedIdentity(new X509Certificate(issued.certificate))).toEqual(trust.identities.agent);
  });

  it('gives the same key the same certificate again, until it ends', async () => {
    const { issued } = await redeem();
    const again = await redeem({ now: now + 59_000 });
    expect(again).toMatchObject({ first: false, issued: { serial: issued.serial, certificate: issued.certificate } });
    await expect(redeem({ now: now + 60_001 })).rejects.toMatchObject({ code: 'unauthenticated' });
    expect(alerts).toEqual([]);
  });

  it('gives another key nothing, and raises an alert', async () => {
    await redeem();
    await expect(redeem({ csr: otherCsr })).rejects.toMatchObject({
      code: 'unauthenticated',
      message: expect.stringContaining('another key'),
    });
    expect(alerts).toHaveLength(1);
    expect((await redeem()).first).toBe(false);
  });

  it('gives one of two keys at once a certificate', async () => {
    const results = await Promise.allSettled([redeem(), redeem({ csr: otherCsr })]);
    expect(results.map((result) => result.status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(alerts).toHaveLength(1);
  });

  it('gives one key that asks twice at once one certificate', async () => {
    const [one, two] = await Promise.all([redeem(), redeem()]);
    expect(one.issued.serial).toBe(two.issued.serial);
  });

  it('goes on where the director died between binding and issuing', async () => {
    const dying = { ...trust.issuer, issue: () => Promise.reject(new Error('killed')) };
    await expect(redeem({ issuer: dying })).rejects.toThrow('killed');
    await expect(redeem({ csr: otherCsr })).rejects.toMatchObject({ code: 'unauthenticated' });
    expect((await redeem()).first).toBe(true);
  });

  it('has no end before its VM runs', async () => {
    store = memoryTokens({ [token]: { identity: trust.identities.agent, expiresAt: undefined } });
    expect((await redeem({ now: now + 10 ** 9 })).first).toBe(true);
  });

  it('is refused when unknown, and bad requests bind nothing', async () => {
    await expect(redeem({ token: createToken() })).rejects.toMatchObject({ code: 'unauthenticated' });
    await expect(redeem({ csr: 'hello' })).rejects.toMatchObject({ code: 'invalid_request' });
    expect((await redeem({ csr: otherCsr })).first).toBe(true);
  });
});
