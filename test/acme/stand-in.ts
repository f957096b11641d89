/**
 * A stand-in for an ACME authority where Pebble is not: RFC 8555 as far as an order by HTTP-01 goes, in this process.
 * Signatures, nonces and addresses of requests are checked; names are really asked, by HTTP; certificates are signed.
 */
import { createHash, createPublicKey, type JsonWebKey, randomBytes, verify } from 'node:crypto';
import { get, type IncomingMessage } from 'node:http';
import { createServer } from 'node:https';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import { buildCertificate } from '../../remote/core/identity/certificate.ts';
import { generateCaKey } from '../../remote/core/identity/index.ts';
import { keyToCertify } from '../../remote/core/identity/request.ts';
import { type Authority, blockedName, type LocalTls } from './kinds.ts';

interface Account {
  readonly key: JsonWebKey;
}
interface Challenge {
  readonly type: 'http-01';
  readonly url: string;
  readonly token: string;
  status: 'pending' | 'processing' | 'valid' | 'invalid';
  error?: Problem;
}
interface Order {
  readonly account: string;
  readonly name: string;
  readonly challenge: Challenge;
  certificate?: string;
}
interface Problem {
  readonly type: string;
  readonly detail: string;
}

class Refusal extends Error {
  readonly problem: Problem;
  readonly status: number;

  constructor(status: number, type: string, detail: string) {
    super(detail);
    this.status = status;
    this.problem = { type: `urn:ietf:params:acme:error:${type}`, detail };
  }
}

const Jws = z.object({ protected: z.string(), payload: z.string(), signature: z.string() });
const Header = z.object({
  alg: z.enum(['ES256', 'RS256']),
  nonce: z.string(),
  url: z.string(),
  kid: z.string().optional(),
  jwk: z.record(z.string(), z.string()).optional(),
});
const decode = (part: string): unknown => JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));

/** RFC 7638: of the members that count, in the order of the alphabet. */
function thumbprint(key: JsonWebKey): string {
  const members =
    key.kty === 'EC' ? { crv: key.crv, kty: key.kty, x: key.x, y: key.y } : { e: key.e, kty: key.kty, n: key.n };
  return createHash('sha256').update(JSON.stringify(members)).digest('base64url');
}

export async function openStandIn(httpPort: number, tls: LocalTls): Promise<Authority> {
  const rootKey = await generateCaKey();
  const root = await buildCertificate({
    purpose: { kind: 'root', name: 'Stand-in of an authority' },
    publicKey: createPublicKey(rootKey),
    signer: { key: rootKey },
    lifetimeMs: 10 * 365 * 86_400_000,
    now: Date.now(),
  });
  const nonces = new Set<string>();
  const accounts = new Map<string, Account>();
  const orders = new Map<string, Order>();
  const addresses = new Map<string, string>();
  let origin = '';
  let asked = 0;

  const newNonce = () => {
    const nonce = randomBytes(16).toString('base64url');
    nonces.add(nonce);
    return nonce;
  };

  /** Who has signed a request, and what it says. @throws Refusal */
  function open(path: string, body: string): { account: string; key: JsonWebKey; payload: unknown } {
    const jws = Jws.parse(JSON.parse(body));
    const header = Header.parse(decode(jws.protected));
    // As Pebble does: servers that were started again know no nonce of before.
    asked += 1;
    if (!nonces.delete(header.nonce) || asked % 7 === 3) throw new Refusal(400, 'badNonce', 'That nonce is not known.');
    if (header.url !== `${origin}${path}`) throw new Refusal(401, 'unauthorized', 'It was signed for another address.');
    if ((header.kid === undefined) === (header.jwk === undefined))
      throw new Refusal(400, 'malformed', 'kid or jwk, one of them');
    const key = header.kid === undefined ? header.jwk : accounts.get(header.kid)?.key;
    if (!key) throw new Refusal(400, 'accountDoesNotExist', 'There is no such account.');
    const signed = verify(
      'sha256',
      Buffer.from(`${jws.protected}.${jws.payload}`),
      { key: createPublicKey({ key, format: 'jwk' }), dsaEncoding: 'ieee-p1363' },
      Buffer.from(jws.signature, 'base64url'),
    );
    if (!signed) throw new Refusal(401, 'unauthorized', 'The signature is wrong.');
    const account = header.kid ?? `${origin}/account/${thumbprint(key)}`;
    return { account, key, payload: jws.payload === '' ? undefined : decode(jws.payload) };
  }

  async function ask(order: Order): Promise<void> {
    const { challenge, name } = order;
    const fail = (type: string, detail: string) => {
      challenge.status = 'invalid';
      challenge.error = { type: `urn:ietf:params:acme:error:${type}`, detail };
    };
    const address = addresses.get(name);
    if (address === undefined) return fail('dns', `NXDOMAIN looking up A for ${name}`);
    try {
      const path = `/.well-known/acme-challenge/${challenge.token}`;
      const said = await fetchText(address, httpPort, name, path);
      const key = accounts.get(order.account)?.key ?? {};
      if (said.trim() === `${challenge.token}.${thumbprint(key)}`) challenge.status = 'valid';
      else fail('unauthorized', `The key authorization file from the server did not match: "${said.slice(0, 80)}"`);
    } catch (error) {
      fail('connection', `${address}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  const view = (id: string, order: Order) => ({
    status: order.certificate
      ? 'valid'
      : order.challenge.status === 'valid'
        ? 'ready'
        : order.challenge.status === 'invalid'
          ? 'invalid'
          : 'pending',
    identifiers: [{ type: 'dns', value: order.name }],
    authorizations: [`${origin}/authorization/${id}`],
    finalize: `${origin}/finalize/${id}`,
    ...(order.certificate ? { certificate: `${origin}/certificate/${id}` } : {}),
  });

  async function serve(path: string, body: string): Promise<{ status: number; body: unknown; location?: string }> {
    const { account, key, payload } = open(path, body);
    const [, what = '', id = ''] = path.split('/');
    if (what === 'new-account') {
      const { termsOfServiceAgreed } = z.object({ termsOfServiceAgreed: z.boolean().optional() }).parse(payload);
      if (!termsOfServiceAgreed) throw new Refusal(403, 'userActionRequired', 'Agree to the terms first.');
      const known = accounts.has(account);
      accounts.set(account, { key });
      return { status: known ? 200 : 201, body: { status: 'valid' }, location: account };
    }
    // A client that finds its account updates it. Pebble insists that there is something to change.
    if (what === 'account' && accounts.has(account)) {
      if (typeof payload === 'object' && payload !== null && 'contact' in payload)
        return { status: 200, body: { status: 'valid' } };
      throw new Refusal(400, 'malformed', 'That is an empty update.');
    }
    if (what === 'new-order') {
      const { identifiers } = z.object({ identifiers: z.tuple([z.object({ value: z.string() })]) }).parse(payload);
      const name = identifiers[0].value;
      if (name === blockedName) throw new Refusal(400, 'rejectedIdentifier', `${name} is on a blocklist`);
      const fresh = randomBytes(8).toString('hex');
      const challenge: Challenge = {
        type: 'http-01',
        url: `${origin}/challenge/${fresh}`,
        token: randomBytes(24).toString('base64url'),
        status: 'pending',
      };
      const order: Order = { account, name, challenge };
      orders.set(fresh, order);
      return { status: 201, body: view(fresh, order), location: `${origin}/order/${fresh}` };
    }
    const order = orders.get(id);
    if (order?.account !== account) throw new Refusal(404, 'malformed', 'There is no such thing.');
    switch (what) {
      case 'order':
        return { status: 200, body: view(id, order) };
      case 'authorization': {
        const { status } = order.challenge;
        const own = status === 'processing' ? 'pending' : status;
        return {
          status: 200,
          body: { status: own, identifier: { type: 'dns', value: order.name }, challenges: [order.challenge] },
        };
      }
      case 'challenge':
        if (order.challenge.status === 'pending') {
          order.challenge.status = 'processing';
          void ask(order);
        }
        return { status: 200, body: order.challenge };
      case 'finalize': {
        if (order.challenge.status !== 'valid') throw new Refusal(403, 'orderNotReady', 'Prove the name first.');
        const { csr } = z.object({ csr: z.string() }).parse(payload);
        const lines = Buffer.from(csr, 'base64url')
          .toString('base64')
          .replaceAll(/(.{64})/g, '$1\n');
        const pem = `-----BEGIN CERTIFICATE REQUEST-----\n${lines}\n-----END CERTIFICATE REQUEST-----\n`;
        order.certificate = await buildCertificate({
          purpose: { kind: 'website', name: order.name },
          publicKey: await keyToCertify(pem),
          signer: { key: rootKey, certificate: root },
          lifetimeMs: 90 * 86_400_000,
          now: Date.now(),
        });
        return { status: 200, body: view(id, order) };
      }
      case 'certificate':
        return { status: 200, body: order.certificate ?? '' };
      default:
        throw new Refusal(404, 'malformed', 'There is no such thing.');
    }
  }

  const server = createServer({ key: tls.key, cert: tls.certificate }, (asking: IncomingMessage, answer) => {
    const path = asking.url ?? '/';
    const reply = (status: number, body: unknown, more: Record<string, string> = {}) => {
      const type = typeof body === 'string' ? 'application/pem-certificate-chain' : 'application/json';
      answer.writeHead(status, { 'content-type': type, 'replay-nonce': newNonce(), ...more });
      answer.end(typeof body === 'string' ? body : JSON.stringify(body));
    };
    if (path === '/directory') {
      const at = (name: string) => `${origin}/${name}`;
      reply(200, { newNonce: at('new-nonce'), newAccount: at('new-account'), newOrder: at('new-order'), meta: {} });
    } else if (path === '/new-nonce') reply(200, '');
    else {
      text(asking)
        .then((body) => serve(path, body))
        .then(({ status, body, location }) => reply(status, body, location === undefined ? {} : { location }))
        .catch((error: unknown) => {
          const { status, problem } =
            error instanceof Refusal ? error : new Refusal(400, 'malformed', `Not understood: ${String(error)}`);
          reply(status, problem, { 'content-type': 'application/problem+json' });
        });
    }
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const bound = server.address();
  origin = `https://localhost:${typeof bound === 'object' ? bound?.port : ''}`;

  return {
    directory: `${origin}/directory`,
    root: tls.root,
    issuer: async () => root,
    async point(name, address) {
      if (address === undefined) addresses.delete(name);
      else addresses.set(name, address);
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function fetchText(host: string, port: number, name: string, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { host, port, path, headers: { host: name }, agent: false, timeout: 10_000 };
    const asked = get(options, (answer) => void text(answer).then(resolve, reject));
    asked.on('timeout', () => asked.destroy(new Error('timed out')));
    asked.on('error', reject);
  });
}
