import { X509Certificate } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { DeploymentId, UserName } from '../../remote/core/contract/ids.ts';
import {
  createIntermediateRequest,
  createIssuer,
  createRequest,
  generateCaKey,
  generateKey,
  identifyPeer,
  splitPem,
  statedIdentity,
} from '../../remote/core/identity/index.ts';
import { openVault } from '../vault/index.ts';
import { createRoot, issueOwner, type Root, signIntermediate } from './index.ts';

const year = 365 * 86_400_000;
const deployment = DeploymentId.parse('d-one');
let root: Root;
beforeAll(async () => {
  root = await createRoot();
});

describe('the root', () => {
  it('is an authority of ten years with an RSA-3072 key, signed by itself', () => {
    const certificate = new X509Certificate(root.certificate);
    expect(certificate.ca).toBe(true);
    expect(certificate.verify(certificate.publicKey)).toBe(true);
    expect(certificate.publicKey.asymmetricKeyDetails?.modulusLength).toBe(3072);
    expect(Date.parse(certificate.validTo) - Date.now()).toBeGreaterThan(9.9 * year);
    expect(certificate.subject).toMatch(/^O=ConPaaS root\nCN=root-[a-z2-7]{12}$/);
  });

  it('signs an intermediate that issues leaves, which verify to it', async () => {
    const key = await generateCaKey();
    const certificate = await signIntermediate(root, await createIntermediateRequest(key), deployment);
    const intermediate = new X509Certificate(certificate);
    expect(intermediate.ca).toBe(true);
    expect(intermediate.checkIssued(new X509Certificate(root.certificate))).toBe(true);
    expect(intermediate.verify(new X509Certificate(root.certificate).publicKey)).toBe(true);
    expect(Date.parse(intermediate.validTo) - Date.now()).toBeGreaterThan(1.9 * year);
    const issuer = await createIssuer({ key, certificate, roots: [root.certificate], deployment });
    const issued = await issuer.issue({ kind: 'director', deployment }, await createRequest(await generateKey()), {
      lifetimeMs: 86_400_000,
    });
    expect(splitPem(issued.certificate)).toHaveLength(2);
    expect(new X509Certificate(issued.certificate).verify(intermediate.publicKey)).toBe(true);
  });

  it("issues its owner's certificate by itself, at any time", async () => {
    const issued = await issueOwner(root, await createRequest(await generateKey()), deployment, UserName.parse('ann'));
    const leaf = new X509Certificate(issued.certificate);
    expect(statedIdentity(leaf)).toEqual({ kind: 'user', deployment, name: 'ann' });
    expect(leaf.verify(new X509Certificate(root.certificate).publicKey)).toBe(true);
    const chain = splitPem(issued.certificate);
    expect(chain).toHaveLength(1);
    expect(identifyPeer({ chain, authorized: true, deployment, revoked: new Set() })).toMatchObject({ name: 'ann' });
  });

  it('lives in the vault', async () => {
    const directory = await mkdtemp(path.join(tmpdir(), 'authority-'));
    using vault = await openVault(directory, { kind: 'keyfile' });
    await vault.set('root', JSON.stringify(root));
    const kept = JSON.parse((await vault.get('root')) ?? '') as Root;
    const again = await issueOwner(kept, await createRequest(await generateKey()), deployment, UserName.parse('ann'));
    expect(again.notAfter).toBeGreaterThan(Date.now());
    await rm(directory, { recursive: true });
  });
});
