/** Domains of an application: certificates of the deployment's own authority and by ACME, for real clients. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { request } from 'node:https';
import os from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import type { TLSSocket } from 'node:tls';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { DomainInfo } from '../../remote/core/contract/domains.ts';
import { openAuthority, peer } from '../acme/authority.ts';
import type { Authority } from '../acme/kinds.ts';
import { type Desk, openDesk } from './desk.ts';
import { ProbeAnswer, probeManifest } from './probe.ts';
import { kill9 } from './processes.ts';
import { until } from './until.ts';

let desk: Desk;
let folder: string;
/** URL by its address. */
let address: URL;
let acme: Authority;
/** PEM of all authorities that a client here believes. */
const trusted: string[] = [];

beforeAll(async () => {
  desk = await openDesk();
  folder = await mkdtemp(path.join(os.tmpdir(), 'conpaas-test-'));
  await desk.conpaas('up');
  const manifest = await probeManifest(folder, {
    more: { Domains: ['shop.test'], StartupInstances: { proxy: 2 }, Configuration: { https_hsts_seconds: 300 } },
  });
  const plan = await desk.conpaas('plan', manifest);
  expect(plan).toContain('domains shop.test');
  // Before anything is created, the cost of both placements: one machine for all but the second proxy, or one each.
  expect(plan).toMatch(/With Placement packed: .*machines: 2 more.*With Placement spread: .*machines: 6 more/s);
  address = new URL((await desk.conpaas('apply', manifest, '--wait')).trim());
  acme = await openAuthority(Number(address.port || 80));
});
afterAll(async () => {
  await acme[Symbol.asyncDispose]();
  await desk[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

const domains = () => desk.json(z.array(DomainInfo), 'domain', 'list', 'Probe');

/** Waits for a state of a name. */
async function domain(name: string, is: (info: DomainInfo) => boolean): Promise<DomainInfo> {
  let last: DomainInfo[] = [];
  return until(
    () => `${name} to come to it: ${JSON.stringify(last)}`,
    async () => {
      // The command is a process each time.
      await delay(200);
      last = await domains();
      return last.find((info) => info.name === name && is(info));
    },
    60_000,
  );
}

interface Answer {
  readonly status: number;
  readonly hsts: string | undefined;
  readonly body: string;
  readonly issuer: string;
}

/** As a browser that knows the names by its hosts file. */
function get(name: string, port: number): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = { host: address.hostname, port, servername: name, headers: { host: name }, agent: false };
    const asked = request({ ...options, ca: trusted, timeout: 20_000 }, (answer) => {
      const issuer = (answer.socket as TLSSocket).getPeerCertificate().issuer;
      const facts = { status: answer.statusCode ?? 0, hsts: answer.headers['strict-transport-security'] };
      text(answer).then((body) => resolve({ ...facts, body, issuer: String(issuer.CN) }), reject);
    });
    asked.on('timeout', () => asked.destroy(new Error('no answer')));
    asked.on('error', reject);
    asked.end();
  });
}

const portOf = ({ url }: DomainInfo) => Number(new URL(url ?? '').port || 443);

it('a private name has a certificate of the deployment’s own authority on all proxies, and HTTP leads to HTTPS', async () => {
  const shop = await domain('shop.test', ({ state }) => state === 'valid');
  expect(shop).toMatchObject({ service: 'web', source: 'own' });
  expect(shop.certificate?.issuer).toMatch(/^ConPaaS websites of/);
  const file = path.join(folder, 'authority.pem');
  expect(await desk.conpaas('domain', 'authority', file)).toMatch(/names below test.*update-ca-certificates/s);
  trusted.push(await readFile(file, 'utf8'));

  const answer = await get('shop.test', portOf(shop));
  expect(answer).toMatchObject({ status: 200, hsts: 'max-age=300' });
  expect(ProbeAnswer.parse(JSON.parse(answer.body)).version).toBe('one');
  // By its address it stays what it was.
  expect((await fetch(address, { redirect: 'manual' })).status).toBe(200);

  const exported = await desk.json(z.object({ Services: z.array(z.looseObject({})) }), 'export', 'Probe');
  expect(exported.Services[0]).toMatchObject({ Domains: ['shop.test'] });
});

it('names that nobody can certify are said to be so, and wrong ones are refused', async () => {
  await desk.conpaas('domain', 'add', 'Probe', 'web', 'shop.conpaas.eu');
  const public_ = await domain('shop.conpaas.eu', ({ state }) => state === 'failed');
  expect(public_.failure?.message).toMatch(/private names only.*https_certificates to acme/);
  for (const [name, expected] of [
    ['*.conpaas.eu', /without \*/],
    ['10.0.0.12', /domain name is expected/],
    ['SHOP.test', /is a domain of web already/],
  ] as const) {
    const { code, stderr } = await desk.run(['domain', 'add', 'Probe', 'web', name]);
    expect(code).not.toBe(0);
    expect(stderr).toMatch(expected);
  }
});

it(`with ${peer}: names change to certificates by ACME, and not one request fails meanwhile`, async () => {
  const port = portOf(await domain('shop.test', ({ state }) => state === 'valid'));
  trusted.push(await acme.issuer());
  const failures: unknown[] = [];
  const issuers = new Set<string>();
  let over = false;
  const client = async () => {
    while (!over) {
      try {
        // Some 30 a second: a handshake each is work for the machine, too.
        await delay(30);
        const { status, issuer } = await get('shop.test', port);
        if (status !== 200) failures.push(status);
        issuers.add(issuer);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  const load = client();

  await acme.point('shop.test', address.hostname);
  const settings = {
    https_certificates: 'acme',
    acme_directory: acme.directory,
    acme_root: acme.root,
    acme_terms_agreed: 'On',
  };
  const words = Object.entries(settings).map(([key, value]) => `${key}=${value}`);
  await desk.conpaas('service', 'configure', 'Probe', 'web', ...words);
  const isForeign = ({ certificate }: DomainInfo) => certificate?.issuer.startsWith('ConPaaS') === false;
  await domain('shop.test', (info) => info.state === 'valid' && isForeign(info) && !info.failure);
  // The name leads nowhere yet: what is wrong is said, and it is tried again by itself, or when somebody asks.
  const lost = await domain('shop.conpaas.eu', ({ failure }) => failure?.code === 'source_unreachable');
  expect(lost).toMatchObject({
    state: 'failed',
    failure: { message: expect.stringMatching(/shop\.conpaas\.eu.*Check/) },
  });
  expect(lost.nextAttemptAt).toBeGreaterThan(Date.now());
  await acme.point('shop.conpaas.eu', address.hostname);
  await desk.conpaas('domain', 'renew', 'Probe', 'web', 'shop.conpaas.eu');
  const found = await domain('shop.conpaas.eu', ({ state }) => state === 'valid');
  expect((await get('shop.conpaas.eu', portOf(found))).status).toBe(200);

  // A manager that dies has forgotten nothing, and asks for nothing again.
  const before = (await domains()).map(({ certificate }) => certificate?.notBefore);
  const manager = desk.process('manager');
  kill9(manager.pid);
  await until('another manager', () => desk.processes('manager').some(({ pid }) => pid !== manager.pid));
  expect(
    (
      await until('all valid', async () => {
        const all = await domains().catch(() => []);
        return all.length === 2 && all.every(({ state }) => state === 'valid') ? all : undefined;
      })
    ).map(({ certificate }) => certificate?.notBefore),
  ).toEqual(before);

  over = true;
  await load;
  expect(failures).toEqual([]);
  expect(issuers.size).toBe(2);

  await desk.conpaas('domain', 'remove', 'Probe', 'web', 'shop.test');
  await until('nobody to answer for it', () =>
    get('shop.test', port).then(
      () => false,
      (error) => /unrecognized name/i.test(String(error)),
    ),
  );
  expect((await domains()).map(({ name }) => name)).toEqual(['shop.conpaas.eu']);
});
