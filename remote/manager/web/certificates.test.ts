/** The keeper of certificates, with the real authority for websites, a director that is a map, and a clock of the test's. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { until as waitUntil } from '../../../test/system/until.ts';
import type { DomainInfo } from '../../core/contract/domains.ts';
import { ConpaasError } from '../../core/contract/errors.ts';
import { ApplicationId, DeploymentId } from '../../core/contract/ids.ts';
import { Changed } from '../../core/events/index.ts';
import { createWebAuthority, generateCaKey, openWebAuthority } from '../../core/identity/index.ts';
import type { DesiredService, DesiredState } from '../../core/service/state.ts';
import { certificateFacts, HttpsSettings } from '../../core/web/index.ts';
import { service } from '../fixtures.ts';
import type { OrderRequest } from './acme.ts';
import { WebCertificates, type WebCertificatesOptions } from './certificates.ts';
import { nextAttemptAt, pauseAfter, settingsKey } from './schedule.ts';

const day = 86_400_000;
const start = Date.now();

let directory: string;
let authorityKey: string;
let authorityCertificate: string;
/** Two years after the start the authority is still good. */
beforeAll(async () => {
  authorityKey = await generateCaKey();
  authorityCertificate = await createWebAuthority(authorityKey, DeploymentId.parse('d-one'), start);
});

let now: number;
let secrets: Map<string, string>;
/** Calls of the director, by method. */
let calls: string[];
let notices: string[];
let desired: { state: DesiredState; readonly changed: Changed };
/** What makes the director fail. */
let away: ConpaasError | undefined;
let orders: (request: OrderRequest) => Promise<{ chain: string; key: string }>;
let stopping: AbortController;
let servedChallenges: string[];
let servedChanged: Changed;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'certificates-'));
  now = start;
  secrets = new Map([['https/s9/old.test', '{}']]);
  calls = [];
  notices = [];
  away = undefined;
  stopping = new AbortController();
  servedChallenges = [];
  servedChanged = new Changed();
  orders = () => Promise.reject(new Error('nobody orders'));
  desired = {
    changed: new Changed(),
    state: {
      schema: 1,
      application: ApplicationId.parse('app-1'),
      name: 'app',
      description: '',
      services: [],
      nodes: [],
      nextService: 2,
      nextSlot: 2,
    },
  };
});
afterEach(async () => {
  stopping.abort();
  // What an attempt is just writing may come into it meanwhile.
  await rm(directory, { recursive: true, maxRetries: 5 });
});

function set(more: Partial<DesiredService>): void {
  const services = [service('s1', 'web', more)];
  desired.state = { ...desired.state, services };
  desired.changed.notify();
}
const web = () => desired.state.services[0] ?? service('s1', 'web');

/** A director that keeps secrets and issues for private names. */
async function director(method: string, params: Record<string, unknown>): Promise<unknown> {
  calls.push(method);
  if (away) throw away;
  switch (method) {
    case 'get_secrets':
      return Object.fromEntries(
        (params['names'] as string[]).flatMap((name) => (secrets.has(name) ? [[name, secrets.get(name)]] : [])),
      );
    case 'put_secret': {
      const name = String(params['name']);
      if (params['unlessSet'] !== true || !secrets.has(name)) secrets.set(name, String(params['value']));
      return { value: secrets.get(name) };
    }
    case 'keep_web_secrets':
      for (const name of secrets.keys()) if (!(params['names'] as string[]).includes(name)) secrets.delete(name);
      return {};
    case 'issue_web_certificate': {
      const authority = openWebAuthority(authorityKey, authorityCertificate);
      return { chain: await authority.issue(String(params['name']), String(params['publicKey']), now) };
    }
    default:
      throw new Error(`It should not call ${method}.`);
  }
}

function keeper(): WebCertificates {
  const made = new WebCertificates({
    director: { call: director } as unknown as WebCertificatesOptions['director'],
    desired,
    served: () => ({ fronts: [], certificates: {}, challenges: servedChallenges, https: undefined }),
    servedChanged,
    order: (request) => orders(request),
    notice: (text) => void notices.push(text),
    file: join(directory, 'attempts.json'),
    now: () => now,
    log: () => undefined,
  });
  void made.run(stopping.signal);
  return made;
}

/** Waits until a name is as it should be. */
async function until(of: WebCertificates, name: string, is: (info: DomainInfo) => boolean): Promise<DomainInfo> {
  let info: DomainInfo | undefined;
  return waitUntil(
    () => `${name} to come to it: ${JSON.stringify(info)}`,
    () => {
      info = of.list([web()]).find((one) => one.name === name);
      return info && is(info) ? info : undefined;
    },
  );
}

/** It has a certificate, and nothing is being done. */
const hasOne = ({ certificate, nextAttemptAt: next }: DomainInfo) => certificate !== undefined && next !== undefined;

const issued = () => calls.filter((call) => call === 'issue_web_certificate').length;

test('a certificate is got, kept, found again after a restart, and renewed when a third of its life is left', async () => {
  set({ domains: ['shop.test'] });
  const first = keeper();
  expect(first.of(web())).toBeUndefined();
  const got = await until(first, 'shop.test', hasOne);
  expect(got).toMatchObject({ state: 'installing', source: 'own' });
  expect(first.of(web())?.certificates).toHaveLength(1);
  // What belongs to no domain of the application is deleted at the director.
  expect([...secrets.keys()]).toEqual(['https/s1/shop.test']);
  const due = got.nextAttemptAt ?? 0;
  expect(due).toBeGreaterThan(start + 59 * day);
  expect(due).toBeLessThan(start + 61 * day);
  stopping.abort();

  stopping = new AbortController();
  const second = keeper();
  await until(second, 'shop.test', hasOne);
  expect(issued()).toBe(1);

  now = due - 1_000;
  second.wake();
  set({ domains: ['shop.test', 'blog.test'] });
  await until(second, 'blog.test', hasOne);
  expect(issued()).toBe(2);
  now = due + 1_000;
  second.wake();
  await until(second, 'shop.test', ({ certificate }) => (certificate?.notBefore ?? 0) > start + 50 * day);
  expect(issued()).toBe(3);

  // A domain that goes takes its key with it.
  set({ domains: ['blog.test'] });
  await waitUntil('its key to be deleted', () => !secrets.has('https/s1/shop.test'));
  expect([...secrets.keys()]).toEqual(['https/s1/blog.test']);
});

test('what fails is said once, tried again with growing pauses, and at once when somebody asks', async () => {
  set({
    domains: ['shop.conpaas.eu'],
    configuration: { https_certificates: 'acme', acme_terms_agreed: 'On' },
  });
  let tries = 0;
  orders = async () => {
    tries += 1;
    throw Object.assign(new ConpaasError('source_unreachable', 'It found no address.', { retry: true }), {
      leastPauseMs: tries === 3 ? 5 * 3_600_000 : 0,
    });
  };
  const first = keeper();
  const next = async (of: WebCertificates, count: number) => {
    await until(of, 'shop.conpaas.eu', ({ nextAttemptAt: at }) => tries === count && (at ?? 0) > now);
    return ((await until(of, 'shop.conpaas.eu', () => true)).nextAttemptAt ?? 0) - now;
  };
  expect(await next(first, 1)).toBe(60_000);
  expect((await until(first, 'shop.conpaas.eu', () => true)).state).toBe('failed');
  now += 60_000;
  first.wake();
  expect(await next(first, 2)).toBe(240_000);
  expect(notices).toEqual([
    expect.stringMatching(/shop\.conpaas\.eu of s1 has got no certificate\. It found no address\./),
  ]);
  stopping.abort();

  stopping = new AbortController();
  const second = keeper();
  await until(second, 'shop.conpaas.eu', ({ failure }) => failure?.message === 'It found no address.');
  expect(tries).toBe(2);
  now += 240_000;
  second.wake();
  // The authority wants to be left alone for longer.
  expect(await next(second, 3)).toBe(5 * 3_600_000);
  second.renew(web(), 'shop.conpaas.eu');
  await next(second, 4);

  // Other settings may work at once; one that nothing but a change can help waits for that.
  orders = async () => {
    tries += 1;
    throw new ConpaasError('forbidden', 'Terms.', { retry: false });
  };
  set({ domains: ['shop.conpaas.eu'], configuration: { https_certificates: 'acme', acme_terms_agreed: 'Off' } });
  const refused = await until(second, 'shop.conpaas.eu', ({ failure }) => failure?.message === 'Terms.');
  expect(refused.nextAttemptAt).toBeUndefined();
  now += 400 * day;
  second.wake();
  set({ domains: ['shop.conpaas.eu', 'a.test'], configuration: { https_certificates: 'own' } });
  await until(second, 'a.test', hasOne);
});

test('a renewal that fails leaves what there is, and says so beside it', async () => {
  set({ domains: ['shop.test'] });
  const kept = keeper();
  const { nextAttemptAt: due = 0 } = await until(kept, 'shop.test', hasOne);
  away = new ConpaasError('unreachable', 'The director is away.', { retry: true });
  now = due;
  kept.wake();
  const failed = await until(kept, 'shop.test', (info) => info.failure !== undefined && hasOne(info));
  expect(failed).toMatchObject({ state: 'installing', failure: { message: 'The director is away.' } });
  expect(failed.nextAttemptAt).toBe(now + 5_000);
  expect(kept.of(web())?.certificates).toHaveLength(1);
  now = start + 200 * day;
  expect(kept.list([web()])[0]?.state).toBe('expired');
});

test('an authority is told to ask when all proxies answer, and no longer than it has to', async () => {
  set({ domains: ['shop.conpaas.eu'], configuration: { https_certificates: 'acme', acme_terms_agreed: 'On' } });
  let presented = false;
  let accounts: string[] = [];
  orders = async ({ present, accountKey }) => {
    accounts = [await accountKey('first'), await accountKey('second')];
    const end = await present({ token: 'token-1', answer: 'token-1.x' });
    presented = true;
    end();
    throw new ConpaasError('source_unreachable', 'Enough.', { retry: false });
  };
  const kept = keeper();
  await waitUntil('the challenge', () => kept.of(web())?.challenges.length === 1);
  expect(kept.of(web())?.challenges).toEqual([{ token: 'token-1', answer: 'token-1.x' }]);
  servedChallenges = ['other'];
  servedChanged.notify();
  expect(presented).toBe(false);
  servedChallenges = ['other', 'token-1'];
  servedChanged.notify();
  await until(kept, 'shop.conpaas.eu', ({ failure }) => failure !== undefined);
  expect(presented).toBe(true);
  expect(kept.of(web())?.challenges).toEqual([]);
  expect(accounts).toEqual(['first', 'first']);
});

describe('the schedule', () => {
  const own = HttpsSettings.parse({});
  const acme = HttpsSettings.parse({ https_certificates: 'acme' });
  const failure = { code: 'unreachable', message: 'x' } as const;
  test('another source is another certificate, at once', async () => {
    set({ domains: ['shop.test'] });
    const kept = keeper();
    await until(kept, 'shop.test', hasOne);
    const [certificate] = kept.of(web())?.certificates ?? [];
    const { notBefore, notAfter } = certificateFacts(certificate?.chain ?? '');
    expect(nextAttemptAt({ certificate }, own)).toBeCloseTo(notBefore + ((notAfter - notBefore) * 2) / 3, -3);
    expect(nextAttemptAt({ certificate }, acme)).toBe(0);
    expect(nextAttemptAt({ certificate, asked: true }, own)).toBe(0);
    const attempts = { count: 1, failure, retryAt: 7, settings: settingsKey(own) };
    expect(nextAttemptAt({ attempts }, own)).toBe(7);
    expect(nextAttemptAt({ attempts }, acme)).toBe(0);
  });
  test('pauses grow to a limit', () => {
    expect([1, 2, 3, 4, 5, 6, 7].map((count) => pauseAfter(count, 'https://ca.test/') / 60_000)).toEqual([
      1, 4, 16, 64, 256, 360, 360,
    ]);
    expect([1, 2, 9].map((count) => pauseAfter(count, 'own') / 1_000)).toEqual([5, 10, 300]);
    expect(pauseAfter(1, 'own', 77_000)).toBe(77_000);
  });
});
