/** Orders at a real ACME server, and what its refusals become. The proxies are a server of the test's here. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openAuthority, peer } from '../../../test/acme/authority.ts';
import { type Authority, blockedName } from '../../../test/acme/kinds.ts';
import type { Failure } from '../../core/contract/errors.ts';
import { toFailure } from '../../core/contract/errors.ts';
import { freePort } from '../../core/free-port.fixture.ts';
import { splitPem } from '../../core/identity/index.ts';
import { type Challenge, HttpsSettings } from '../../core/web/index.ts';
import { accountSecret, type OrderRequest, orderCertificate } from './acme.ts';
import { AcmeProblem } from './acme-http.ts';
import { orderFailure } from './acme-problems.ts';

let authority: Authority;
let proxies: Server;
let answering: Challenge[];
/** What another server at the same address says; undefined: it is ours. */
let foreign: string | undefined;
let accountKey: string | undefined;

beforeAll(async () => {
  const port = await freePort();
  authority = await openAuthority(port);
  proxies = createServer((asked, answer) => {
    const challenge = answering.find(({ token }) => asked.url === `/.well-known/acme-challenge/${token}`);
    answer.end(foreign ?? challenge?.answer ?? '');
  });
  proxies.listen(port, '127.0.0.1');
  await once(proxies, 'listening');
});
afterAll(async () => {
  proxies.close();
  await authority[Symbol.asyncDispose]();
});
beforeEach(() => {
  answering = [];
  foreign = undefined;
});

function request(name: string, more: Record<string, unknown> = {}): OrderRequest {
  return {
    name,
    settings: HttpsSettings.parse({
      https_certificates: 'acme',
      acme_directory: authority.directory,
      acme_root: authority.root,
      acme_terms_agreed: 'On',
      acme_email: 'ann@conpaas.eu',
      ...more,
    }),
    accountKey: async (fresh) => {
      accountKey ??= fresh;
      return accountKey;
    },
    present: async (challenge) => {
      answering.push(challenge);
      return () => {
        answering = answering.filter((one) => one !== challenge);
      };
    },
    signal: AbortSignal.timeout(60_000),
  };
}

async function failureOf(asked: OrderRequest): Promise<Failure> {
  return orderCertificate(asked).then(
    () => {
      throw new Error('It was certified.');
    },
    (error: unknown) => toFailure(error),
  );
}

describe(`with ${peer}`, () => {
  test('a name gets a certificate for a key of its own; the account is made once', async () => {
    await authority.point('shop.conpaas.eu', '127.0.0.1');
    const { chain, key } = await orderCertificate(request('shop.conpaas.eu'));
    const account = accountKey;
    expect(account).toMatch(/PRIVATE KEY/);
    const [leaf, ...intermediates] = splitPem(chain).map((pem) => new X509Certificate(pem));
    expect(leaf?.checkHost('shop.conpaas.eu')).toBe('shop.conpaas.eu');
    expect(leaf?.checkPrivateKey(createPrivateKey(key))).toBe(true);
    const root = new X509Certificate(await authority.issuer());
    const signers = [...intermediates, root];
    const issuer = signers.find((signer) => leaf?.checkIssued(signer));
    expect(issuer && leaf?.verify(issuer.publicKey)).toBe(true);
    // Nothing is answered any more than has to be.
    expect(answering).toEqual([]);

    await authority.point('blog.conpaas.eu', '127.0.0.1');
    await orderCertificate(request('blog.conpaas.eu', { acme_email: '' }));
    expect(accountKey).toBe(account);
  });

  test('what is wrong with a name is said in words: which, what the authority said, what to look at', async () => {
    await authority.point('lost.conpaas.eu', undefined);
    const lost = await failureOf(request('lost.conpaas.eu'));
    expect(lost).toMatchObject({ code: 'source_unreachable', retry: true });
    expect(lost.message).toMatch(
      /^localhost:\d+ has not certified lost\.conpaas\.eu: (it found no address for|it could not connect to) the name/,
    );
    expect(lost.message).toMatch(/Check that .*the proxy.*It said: .+/);

    await authority.point('dark.conpaas.eu', '127.99.88.77');
    const dark = await failureOf(request('dark.conpaas.eu'));
    expect(dark.message).toMatch(
      /could not connect to the name on port 80\. Check .*firewall.*It said: .*127\.99\.88\.77/,
    );

    await authority.point('other.conpaas.eu', '127.0.0.1');
    foreign = 'Welcome to nginx!';
    const other = await failureOf(request('other.conpaas.eu'));
    expect(other.message).toMatch(/something else than our proxy answered.*DNS leads to the proxy/);

    const blocked = await failureOf(request(blockedName));
    expect(blocked).toMatchObject({ retry: false, message: expect.stringMatching(/it does not certify this name/) });
  });

  test('without agreement to the terms, or with a root that is another’s, nothing is asked', async () => {
    const terms = await failureOf(request('shop.conpaas.eu', { acme_terms_agreed: 'Off' }));
    expect(terms).toMatchObject({
      code: 'forbidden',
      retry: false,
      message: expect.stringMatching(/acme_terms_agreed/),
    });
    const strange = await failureOf(request('shop.conpaas.eu', { acme_root: '' }));
    expect(strange).toMatchObject({
      code: 'unreachable',
      message: expect.stringMatching(/cannot be reached.*acme_root/),
    });
  });
});

test('an order that is called off ends at once, as that', async () => {
  const control = new AbortController();
  const asked = request('off.conpaas.eu');
  const ended = orderCertificate({
    ...asked,
    signal: control.signal,
    present: async (challenge) => {
      control.abort();
      return asked.present(challenge);
    },
  });
  await expect(ended).rejects.toMatchObject({ name: 'AbortError' });
});

test.each([
  ['rateLimited', 'too many certificates', 3_600_000],
  ['caa', 'CAA record', 0],
  ['serverInternal', 'a problem of its own', 0],
  ['externalAccountRequired', 'accounts of that kind are not supported', 0],
  ['somethingNew', 'has not certified a.test. It said: why not', 0],
])('%s is put into words', (type, expected, leastPauseMs) => {
  const failure = orderFailure(new AcmeProblem(type, 'why\nnot'), { name: 'a.test', authority: 'ca.test' });
  expect(failure.message).toContain(expected);
  expect(failure.message).toMatch(/It said: why not$/);
  expect(failure).toMatchObject({ leastPauseMs });
});

test('what an authority says is a short line, whatever it sends', () => {
  const { message } = orderFailure(new AcmeProblem('dns', `a\u001b[31m\n${'x'.repeat(5_000)}`), {
    name: 'a.test',
    authority: 'ca.test',
  });
  expect(message).not.toMatch(/\p{Cc}/u);
  expect(message.length).toBeLessThan(700);
});

test('accounts of different authorities are different ones', () => {
  expect(accountSecret('https://a.test/')).not.toBe(accountSecret('https://b.test/'));
});
