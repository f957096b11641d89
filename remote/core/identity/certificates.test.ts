import { spawnSync } from 'node:child_process';
import { createPublicKey, generateKeyPairSync, sign, X509Certificate } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTrust, type Trust } from './fixtures.ts';
import { createIssuer } from './issuer.ts';
import { generateKey, keyFingerprint } from './keys.ts';
import { serialOf, splitPem, statedIdentity } from './peer.ts';
import { createRequest, keyToCertify, requestFingerprint } from './request.ts';

let trust: Trust;
let directory: string;
beforeAll(async () => {
  trust = await createTrust('d-one');
  directory = await mkdtemp(join(tmpdir(), 'identity-'));
});
afterAll(() => rm(directory, { recursive: true }));

async function openssl(...args: string[]): Promise<{ status: number | null; text: string }> {
  const result = spawnSync('openssl', args, { encoding: 'utf8', cwd: directory });
  return { status: result.status, text: result.stdout + result.stderr };
}

describe('an issued certificate', () => {
  it('carries one name, both uses and no authority, and OpenSSL verifies it strictly', async () => {
    const key = await generateKey();
    const issued = await trust.issuer.issue(trust.identities.agent, await createRequest(key), {
      lifetimeMs: 86_400_000,
    });
    const [leaf = '', intermediate = ''] = splitPem(issued.certificate);
    await writeFile(join(directory, 'leaf.pem'), leaf);
    await writeFile(join(directory, 'intermediate.pem'), intermediate);
    await writeFile(join(directory, 'root.pem'), trust.root.certificate);
    const verified = await openssl(
      'verify',
      '-x509_strict',
      '-CAfile',
      'root.pem',
      '-untrusted',
      'intermediate.pem',
      'leaf.pem',
    );
    expect(verified).toMatchObject({ status: 0 });
    const { text } = await openssl('x509', '-in', 'leaf.pem', '-noout', '-text');
    expect(text).toContain('URI:spiffe://d-one/app/app-one/agent/vm-one');
    expect(text).toContain('CA:FALSE');
    expect(text).toContain('Digital Signature');
    expect(text).toContain('TLS Web Client Authentication, TLS Web Server Authentication');
    expect(text).toContain('sha256WithRSAEncryption');
    expect(text).toMatch(/Authority Key Identifier/);
    const certificate = new X509Certificate(leaf);
    expect(issued.serial).toBe(serialOf(certificate));
    expect(issued.serial).toMatch(/^[4-7][0-9a-f]{31}$/);
    expect(issued.fingerprint).toBe(keyFingerprint(key));
    expect(issued.notAfter).toBe(Date.parse(certificate.validTo));
    const intermediateText = (await openssl('x509', '-in', 'intermediate.pem', '-noout', '-text')).text;
    expect(intermediateText).toContain('CA:TRUE, pathlen:0');
    expect(intermediateText).toContain('Public-Key: (3072 bit)');
    expect(intermediateText).toMatch(/Name Constraints: critical\s+Permitted:\s+URI:d-one/);
  });

  it('starts an hour ago and never outlives its issuer', async () => {
    const now = Date.now();
    const key = await generateKey();
    const issued = await trust.issuer.issue(trust.identities.manager, await createRequest(key), {
      lifetimeMs: 10 ** 13,
      now,
    });
    const leaf = new X509Certificate(issued.certificate);
    expect(Date.parse(leaf.validFrom)).toBe(Math.floor(now / 1000) * 1000 - 3_600_000);
    expect(issued.notAfter).toBe(Date.parse(new X509Certificate(trust.intermediate).validTo));
  });

  it('ignores every name in the request', async () => {
    const key = await generateKey();
    await writeFile(join(directory, 'greedy.key'), key);
    const made = await openssl(
      ...['req', '-new', '-key', 'greedy.key', '-subj', '/O=ConPaaS/CN=director', '-out', 'greedy.csr'],
      ...['-addext', 'subjectAltName=URI:spiffe://d-one/director', '-addext', 'basicConstraints=critical,CA:TRUE'],
    );
    expect(made.status).toBe(0);
    const csr = (await openssl('req', '-in', 'greedy.csr')).text;
    const issued = await trust.issuer.issue(trust.identities.agent, csr, { lifetimeMs: 1000 });
    const leaf = new X509Certificate(issued.certificate);
    expect(statedIdentity(leaf)).toEqual(trust.identities.agent);
    expect(leaf.subjectAltName).toBe('URI:spiffe://d-one/app/app-one/agent/vm-one');
    expect(leaf.ca).toBe(false);
    expect(leaf.subject).not.toContain('director');
  });

  it('costs little more than its signature', async () => {
    const csr = await createRequest(await generateKey());
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 3072 }); // as the authority's
    const issued: number[] = [];
    const signed: number[] = [];
    const timed = async (times: number[], work: () => unknown): Promise<void> => {
      const started = performance.now();
      await work();
      times.push(performance.now() - started);
    };
    for (let i = 0; i < 30; i++) {
      await timed(issued, () => trust.issuer.issue(trust.identities.agent, csr, { lifetimeMs: 1000 }));
      await timed(signed, () => sign('sha256', Buffer.from(csr), privateKey));
    }
    const middle = (times: number[]): number => times.sort((a, b) => a - b)[15] ?? Number.NaN;
    expect(middle(issued) / middle(signed)).toBeLessThan(10);
  });

  it('is refused for another deployment', async () => {
    const csr = await createRequest(await generateKey());
    const foreign = await createTrust('d-two');
    await expect(trust.issuer.issue(foreign.identities.user, csr, { lifetimeMs: 1000 })).rejects.toMatchObject({
      code: 'forbidden',
    });
  });

  it('cannot be made by an intermediate for another deployment: every verifier refuses', async () => {
    // As a taken-over director would: the same authority key, told that it were of another deployment.
    const foreign = await createTrust('d-three');
    const rogue = await createIssuer({
      key: trust.intermediateKey,
      certificate: trust.intermediate,
      roots: [trust.root.certificate],
      deployment: foreign.deployment,
    });
    const issued = await rogue.issue(foreign.identities.director, await createRequest(await generateKey()), {
      lifetimeMs: 86_400_000,
    });
    await writeFile(join(directory, 'rogue.pem'), splitPem(issued.certificate)[0] ?? '');
    await writeFile(join(directory, 'intermediate.pem'), trust.intermediate);
    await writeFile(join(directory, 'root.pem'), trust.root.certificate);
    const verified = await openssl('verify', '-CAfile', 'root.pem', '-untrusted', 'intermediate.pem', 'rogue.pem');
    expect(verified.status).not.toBe(0);
    expect(verified.text).toContain('permitted subtree violation');
  });

  it('needs an authority whose key and certificate belong together', async () => {
    await expect(
      createIssuer({ key: trust.root.key, certificate: trust.intermediate, roots: [], deployment: trust.deployment }),
    ).rejects.toMatchObject({ code: 'internal' });
  });
});

describe('a request', () => {
  it('gives the fingerprint of its key', async () => {
    const key = await generateKey();
    expect(await requestFingerprint(await createRequest(key))).toBe(keyFingerprint(createPublicKey(key)));
  });

  it('of OpenSSL is read, and OpenSSL reads ours', async () => {
    for (const [index, args] of [
      ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'],
      ['-newkey', 'rsa:2048'],
    ].entries()) {
      const [keyFile, file] = [`theirs-${index}.key`, `theirs-${index}.csr`];
      await openssl('req', '-new', ...args, '-nodes', '-keyout', keyFile, '-subj', '/CN=x', '-out', file);
      const { text } = await openssl('req', '-in', file);
      const key = await readFile(join(directory, keyFile), 'utf8');
      expect(await requestFingerprint(text)).toBe(keyFingerprint(createPublicKey(key)));

      await writeFile(join(directory, 'ours.csr'), await createRequest(key));
      const read = await openssl('req', '-in', 'ours.csr', '-verify', '-noout', '-text');
      expect(read.text).toContain('Subject: CN = ConPaaS');
      expect(read.text).toContain('self-signature verify OK');
    }
  });

  it('is refused when changed, of a weak or wrong key, or not a request', async () => {
    const csr = await createRequest(await generateKey());
    const der = Buffer.from(csr.replace(/-----.*-----|\s/g, ''), 'base64');
    der[der.length - 5] = (der[der.length - 5] ?? 0) ^ 1;
    const changed = `-----BEGIN CERTIFICATE REQUEST-----\n${der.toString('base64')}\n-----END CERTIFICATE REQUEST-----\n`;
    await expect(requestFingerprint(changed)).rejects.toMatchObject({ code: 'invalid_request' });
    for (const [kind, args] of [
      ['weak', ['-newkey', 'rsa:1024']],
      ['other curve', ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-384']],
      ['edwards', ['-newkey', 'ed25519']],
    ] as const) {
      await openssl(
        'req',
        '-new',
        ...args,
        '-nodes',
        '-keyout',
        `${kind}.key`,
        '-subj',
        '/CN=x',
        '-out',
        `${kind}.csr`,
      );
      const text = (await openssl('req', '-in', `${kind}.csr`)).text;
      await expect(requestFingerprint(text), kind).rejects.toMatchObject({ code: 'invalid_request' });
    }
    await expect(requestFingerprint('hello')).rejects.toMatchObject({ code: 'invalid_request' });
    await expect(keyToCertify(await generateKey())).rejects.toMatchObject({ code: 'invalid_request' });
    await expect(keyToCertify('-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----')).rejects.toMatchObject({
      code: 'invalid_request',
    });
  });
});
