/** Orders certificates from an ACME authority (RFC 8555), by HTTP-01. One name, one order, one certificate. */
import { createHash, generateKeyPair } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Authorization, Client, Order } from 'acme-client';
import { webSecretPrefix } from '../../core/contract/domains.ts';
import { ConpaasError } from '../../core/contract/errors.ts';
import { generateKey } from '../../core/identity/index.ts';
import { Challenge, type HttpsSettings } from '../../core/web/index.ts';
import { acmeHttp } from './acme-http.ts';
import { orderFailure } from './acme-problems.ts';

export interface OrderRequest {
  readonly name: string;
  readonly settings: HttpsSettings;
  /** Keeps the account's key (PEM), unless there is one. @returns the one that counts */
  accountKey(fresh: string): Promise<string>;
  /** Has the challenge answered on port 80 of the name, wherever it leads. @returns what ends it */
  present(challenge: Challenge): Promise<() => void>;
  readonly signal: AbortSignal;
}

/** An authority that has not decided by then is given up for now, milliseconds. */
const orderMs = 180_000;
const polls = { firstMs: 250, longestMs: 5_000 };

/** Name of the secret with the key of the account at an authority. */
export function accountSecret(directory: string): string {
  return `${webSecretPrefix}account/${createHash('sha256').update(directory).digest('hex').slice(0, 32)}`;
}

/**
 * @returns PEM: the chain, leaf first, and its key
 * @throws ConpaasError with what the authority said, what it means, and what to look at
 */
export async function orderCertificate(request: OrderRequest): Promise<{ chain: string; key: string }> {
  const { name, settings } = request;
  if (settings.acme_terms_agreed !== 'On') {
    throw new ConpaasError(
      'forbidden',
      `Nobody has agreed to the terms of the certificate authority (${new URL(settings.acme_directory).host}). Read them, and set acme_terms_agreed to On.`,
      { retry: false },
    );
  }
  const signal = AbortSignal.any([request.signal, AbortSignal.timeout(orderMs)]);
  const { acme_directory: directory, acme_root: root } = settings;
  try {
    return await acmeHttp.run({ signal, root }, () => order({ ...request, signal }));
  } catch (error) {
    request.signal.throwIfAborted();
    throw orderFailure(error, { name, authority: new URL(directory).host });
  }
}

async function order({ name, settings, accountKey, present, signal }: OrderRequest) {
  const client = await openAccount(settings, await accountKey(await newAccountKey()));
  const { crypto } = await acmeHttp.library();
  const placed = await client.createOrder({ identifiers: [{ type: 'dns', value: name }] });
  for (const authorization of await client.getAuthorizations(placed)) {
    if (authorization.status !== 'valid') await prove(client, placed, authorization, present, signal);
  }
  const [key, csr] = await crypto.createCsr({ altNames: [name] }, await generateKey());
  await client.finalizeOrder(placed, csr);
  const done = await polled(signal, async () => {
    const now = await client.getOrder(placed);
    if (now.status === 'invalid') throw new Error('The authority has given the order up.');
    return now.status === 'valid' ? now : undefined;
  });
  return { chain: await client.getCertificate(done), key: key.toString() };
}

/** The account of this key; made where there is none. */
async function openAccount(settings: HttpsSettings, accountKey: string): Promise<Client> {
  const { Client: AcmeClient } = await acmeHttp.library();
  const client = new AcmeClient({ directoryUrl: settings.acme_directory, accountKey });
  await client.createAccount({
    termsOfServiceAgreed: true,
    // Said even if it is none: the library sends it to an account that there is already, and an empty change is refused.
    contact: settings.acme_email === '' ? [] : [`mailto:${settings.acme_email}`],
  });
  return client;
}

async function prove(
  client: Client,
  placed: Order,
  authorization: Authorization,
  present: OrderRequest['present'],
  signal: AbortSignal,
): Promise<void> {
  const challenge = authorization.challenges.find(({ type }) => type === 'http-01');
  if (!challenge) throw new Error('The authority does not offer to ask by HTTP (http-01).');
  // It becomes a line of a proxy's map: what is not of the alphabet of RFC 8555 8.3 goes no further.
  const answer = await client.getChallengeKeyAuthorization(challenge);
  const end = await present(Challenge.parse({ token: challenge.token, answer }));
  try {
    await client.completeChallenge(challenge);
    await polled(signal, async () => {
      const all = await client.getAuthorizations(placed);
      const now = all.find(({ url }) => url === authorization.url);
      if (now?.status === 'valid') return true;
      if (now?.status === 'pending') return undefined;
      const failed = now?.challenges.find((one) => one.type === challenge.type);
      throw acmeHttp.problem(failed && 'error' in failed ? failed.error : undefined);
    });
  } finally {
    end();
  }
}

async function polled<T>(signal: AbortSignal, look: () => Promise<T | undefined>): Promise<T> {
  for (let pause = polls.firstMs; ; pause = Math.min(polls.longestMs, pause * 1.5)) {
    const found = await look();
    if (found !== undefined) return found;
    await delay(pause, undefined, { signal });
  }
}

async function newAccountKey(): Promise<string> {
  const { privateKey } = await promisify(generateKeyPair)('ec', { namedCurve: 'P-256' });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}
