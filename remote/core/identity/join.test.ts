import { spawn } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { formatIdentity } from '../contract/identity.ts';
import { ApplicationId, VmId } from '../contract/ids.ts';
import type { AgentBootstrap, ManagerBootstrap } from './bootstrap.ts';
import { openCredentials } from './credentials.ts';
import { startDirector, type TestDirector } from './director.fixture.ts';
import { createTrust, type Trust } from './fixtures.ts';
import { bootstrapIdentity, joinDirector, lifeOf, renewCertificate } from './join.ts';
import { renewalTime } from './keep-renewed.ts';
import { keyFingerprint } from './keys.ts';
import { serialOf, statedIdentity } from './peer.ts';
import { createToken } from './token.ts';

const fixture = fileURLToPath(new URL('agent.fixture.ts', import.meta.url));
const day = 86_400_000;
let trust: Trust;
let directory: string;
let token: string;
let lines: string[];

beforeAll(async () => {
  trust = await createTrust('d-one', { now: Date.now() - 100 * day });
});
beforeEach(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'join-'));
  token = createToken();
  lines = [];
});
afterEach(() => rm(directory, { recursive: true }));

function start(more: Partial<Parameters<typeof startDirector>[0]> = {}): Promise<TestDirector> {
  return startDirector({
    trust,
    tokens: { [token]: { identity: trust.identities.agent, expiresAt: Date.now() + 60_000 } },
    ...more,
  });
}

function bootstrap(director: { host: string; port: number }): AgentBootstrap {
  return {
    kind: 'agent',
    deployment: trust.deployment,
    address: '127.77.0.2',
    vm: VmId.parse('vm-one'),
    application: ApplicationId.parse('app-one'),
    director,
    roots: [trust.root.certificate],
    token,
  };
}

function join(director: { host: string; port: number }, more: Partial<Parameters<typeof joinDirector>[0]> = {}) {
  return joinDirector({
    bootstrap: bootstrap(director),
    directory,
    port: 4000,
    signal: AbortSignal.timeout(20_000),
    log: (line) => lines.push(line),
    ...more,
  });
}

/** Stores credentials of this process as they were issued some days ago. */
async function storeIssued(daysAgo: number, lifetimeDays: number): Promise<string> {
  const files = await openCredentials(directory);
  const { certificate, serial } = await trust.issuer.issue(trust.identities.agent, await files.request(), {
    lifetimeMs: lifetimeDays * day,
    now: Date.now() - daysAgo * day,
  });
  await files.save({ certificate, roots: [trust.root.certificate] });
  return serial;
}

describe('joining', () => {
  it('gets the identity of the token for a key that never leaves its private directory', async () => {
    await using director = await start();
    const credentials = await join(director.address);
    expect(statedIdentity(new X509Certificate(credentials.certificate))).toEqual(trust.identities.agent);
    expect(keyFingerprint(credentials.key)).toBe(
      keyFingerprint(new X509Certificate(credentials.certificate).publicKey),
    );
    expect(credentials.roots).toEqual([trust.root.certificate]);
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
    const names = await readdir(directory);
    expect(names.sort()).toEqual(['certificate.pem', 'key.pem', 'request.pem', 'roots.pem']);
    for (const name of names) expect((await stat(path.join(directory, name))).mode & 0o777, name).toBe(0o600);
  });

  it('happens once: after a restart what was stored is used, with the director away', async () => {
    const director = await start();
    const first = await join(director.address);
    await director[Symbol.asyncDispose]();
    const again = await join(director.address);
    expect(again.certificate).toBe(first.certificate);
    expect(director.calls).toEqual(['join']);
  });

  it('waits for a director that is away', async () => {
    const { address, [Symbol.asyncDispose]: close } = await start();
    await close();
    const joining = join(address);
    await expect.poll(() => lines.length, { timeout: 5_000 }).toBeGreaterThan(0);
    expect(lines[0]).toMatch(/^Cannot join yet \(.*cannot be reached.*\); trying again in 0\.\d s\.$/);
    await using _director = await start({ port: address.port });
    expect((await joining).roots).toHaveLength(1);
  });

  it('ends waiting when it is told to', async () => {
    const { address, [Symbol.asyncDispose]: close } = await start();
    await close();
    const abort = new AbortController();
    const joining = join(address, { signal: abort.signal });
    const ended = expect(joining).rejects.toMatchObject({ name: 'AbortError' });
    abort.abort();
    await ended;
  });

  it('gets the same certificate where the first answer got lost', async () => {
    await using director = await start();
    director.loseAnswer();
    const { certificate } = await join(director.address);
    expect(director.calls).toEqual(['join', 'join']);
    expect(director.alerts).toEqual([]);
    expect(statedIdentity(new X509Certificate(certificate))).toEqual(trust.identities.agent);
  });

  it('is refused to a second key with the same token, with an alert', async () => {
    await using director = await start();
    await join(director.address);
    const thief = await mkdtemp(path.join(tmpdir(), 'join-'));
    await expect(join(director.address, { directory: thief })).rejects.toMatchObject({ code: 'unauthenticated' });
    expect(await readdir(thief)).not.toContain('certificate.pem');
    expect(director.alerts).toEqual([expect.stringContaining('another key')]);
    await rm(thief, { recursive: true });
  });

  it('is refused with a token that has ended', async () => {
    await using director = await start({
      tokens: { [token]: { identity: trust.identities.agent, expiresAt: Date.now() - 1 } },
    });
    await expect(join(director.address)).rejects.toMatchObject({ code: 'unauthenticated' });
    expect(director.refused).toEqual([expect.stringContaining('has ended')]);
  });

  it('believes no certificate of another identity than it was started as', async () => {
    await using director = await start({
      tokens: { [token]: { identity: trust.identities.user, expiresAt: undefined } },
    });
    await expect(join(director.address)).rejects.toMatchObject({ code: 'forbidden' });
    expect(await readdir(directory)).not.toContain('certificate.pem');
  });

  it('starts anew where the directory holds the certificate of an earlier manager', async () => {
    const earlier: ManagerBootstrap = { ...bootstrap({ host: '', port: 0 }), kind: 'manager', epoch: 2 };
    const files = await openCredentials(directory);
    const old = { ...trust.identities.manager, epoch: 1 };
    const issued = await trust.issuer.issue(old, await files.request(), { lifetimeMs: day });
    await files.save({ certificate: issued.certificate, roots: [trust.root.certificate] });
    await using director = await start({
      tokens: { [token]: { identity: trust.identities.manager, expiresAt: undefined } },
    });
    const { certificate } = await join(director.address, { bootstrap: { ...earlier, director: director.address } });
    expect(statedIdentity(new X509Certificate(certificate))).toEqual(bootstrapIdentity(earlier));
  });
});

describe('after a long time switched off', () => {
  it('an expired certificate is renewed for the same key, and its token is not asked again', async () => {
    const serial = await storeIssued(40, 1);
    const key = await (await openCredentials(directory)).key();
    await using director = await start({ tokens: {} });
    const credentials = await join(director.address);
    expect(director.calls).toEqual(['renew']);
    expect(credentials.key).toBe(key);
    expect(serialOf(new X509Certificate(credentials.certificate))).not.toBe(serial);
    expect(lifeOf(credentials.certificate).notAfter).toBeGreaterThan(Date.now());
    expect((await (await openCredentials(directory)).load())?.certificate).toBe(credentials.certificate);
  });

  it('waits for a director that is away', async () => {
    await storeIssued(40, 1);
    const { address, [Symbol.asyncDispose]: close } = await start();
    await close();
    const joining = join(address);
    await expect.poll(() => lines.length, { timeout: 5_000 }).toBeGreaterThan(1);
    await using director = await start({ port: address.port });
    expect(lifeOf((await joining).certificate).notAfter).toBeGreaterThan(Date.now());
    expect(director.calls).toEqual(['renew']);
  });

  it('a revoked certificate is refused, for good', async () => {
    const serial = await storeIssued(40, 1);
    await using director = await start();
    director.revoked.add(serial);
    await expect(join(director.address)).rejects.toMatchObject({ code: 'unauthenticated' });
    expect(director.refused).toEqual([expect.stringContaining('it was revoked')]);
  });

  it('renewal is by the same key only', async () => {
    await using director = await start();
    const old = await trust.credentials(trust.identities.agent, { now: Date.now() - 40 * day });
    const files = await openCredentials(directory); // another key
    const access = { director: director.address, identity: trust.identities.agent, files, port: 4000 };
    await expect(renewCertificate(access, old, AbortSignal.timeout(5_000))).rejects.toMatchObject({
      code: 'unauthenticated',
    });
    expect(director.refused).toEqual([expect.stringContaining('another key')]);
  });
});

describe('a process of its own', () => {
  /** Which files of node-forge it had to load for its certificate. */
  async function forgeLoaded(director: { host: string; port: number }): Promise<string[]> {
    const parameters = JSON.stringify({ bootstrap: bootstrap(director), directory });
    const child = spawn(process.execPath, [fixture, parameters], { stdio: ['ignore', 'pipe', 'inherit'] });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    await once(child, 'close');
    return JSON.parse(Buffer.concat(chunks).toString()).forge as string[];
  }

  it('loads of forge what encodes, to join, and nothing again: not when it starts, not when it renews', async () => {
    await using director = await start();
    const loaded = await forgeLoaded(director.address);
    expect(loaded).toContain('asn1.js');
    expect(loaded).not.toContain('x509.js');
    expect(await forgeLoaded(director.address)).toEqual([]);
    await storeIssued(40, 1);
    expect(await forgeLoaded(director.address)).toEqual([]);
    expect(director.calls).toEqual(['join', 'renew']);
  });
});

describe('credential files', () => {
  it('keep one key, whoever asks first', async () => {
    const files = await Promise.all(Array.from({ length: 4 }, () => openCredentials(directory)));
    const keys = await Promise.all(files.map((one) => one.key()));
    expect(new Set(keys).size).toBe(1);
    expect(await readdir(directory)).toEqual(['key.pem']);
  });

  it('are not used where certificate and key do not belong together', async () => {
    await storeIssued(0, 1);
    const files = await openCredentials(directory);
    expect(await files.load()).toBeDefined();
    const other = await trust.credentials(trust.identities.agent);
    await writeFile(path.join(directory, 'certificate.pem'), other.certificate);
    expect(await files.load()).toBeUndefined();
  });
});

it('renewal is due at two thirds of the life, give or take a twentieth', () => {
  const life = { notBefore: 0, notAfter: 1200 };
  expect(renewalTime(life, 0.5)).toBe(800);
  expect(renewalTime(life, 0)).toBeCloseTo(740);
  expect(renewalTime(life, 1)).toBeCloseTo(860);
});

it('a bootstrap file names the identity that its token stands for', () => {
  const director = { host: '127.0.0.1', port: 1 };
  expect(formatIdentity(bootstrapIdentity(bootstrap(director)))).toBe('spiffe://d-one/app/app-one/agent/vm-one');
  expect(formatIdentity(bootstrapIdentity({ ...bootstrap(director), kind: 'manager', epoch: 7 }))).toBe(
    'spiffe://d-one/app/app-one/manager/7',
  );
});
