/**
 * The director's side of joining. A token decides an identity; the first request that shows it binds it to its key. The
 * same key may fetch the same certificate until the token ends (an answer may get lost); another key is an attack.
 */
import { ConpaasError } from '../contract/errors.ts';
import type { Identity } from '../contract/identity.ts';
import type { Issued, Issuer } from './issuer.ts';
import { requestFingerprint } from './request.ts';
import { hashToken } from './token.ts';

export interface TokenRecord {
  readonly identity: Identity;
  /** Milliseconds since the epoch; undefined until the cloud reports the VM running, from when its life runs. */
  readonly expiresAt: number | undefined;
  /** Of the key that the token is bound to. */
  readonly fingerprint?: string | undefined;
  readonly issued?: Issued | undefined;
}

/** Where the director keeps its tokens: by `hashToken`, never the token itself. Each call is atomic and durable. */
export interface TokenStore {
  find(hash: string): Promise<TokenRecord | undefined> | TokenRecord | undefined;
  /** Binds the token to a key unless it is bound already; the fingerprint that it is bound to afterwards. */
  bind(hash: string, fingerprint: string): Promise<string> | string;
  /** Keeps the certificate of a token unless it has one already; the one it has afterwards. */
  keep(hash: string, issued: Issued): Promise<Issued> | Issued;
}

export interface Redeemed {
  readonly identity: Identity;
  readonly issued: Issued;
  /** false: the same key asked again and got the same certificate. */
  readonly first: boolean;
}

/**
 * Turns a token and a request into a certificate.
 * @param options.lifetimeMs of the certificate
 * @param options.now milliseconds since the epoch
 * @param options.alert told when a token is shown with a second key: somebody has read it
 * @throws ConpaasError unauthenticated (unknown, ended or foreign token), invalid_request (bad request)
 */
export async function redeemToken(options: {
  readonly token: string;
  readonly csr: string;
  readonly store: TokenStore;
  readonly issuer: Issuer;
  readonly lifetimeMs: number;
  readonly now?: number;
  readonly alert: (text: string, identity: Identity) => void;
}): Promise<Redeemed> {
  const { store, issuer, now = Date.now() } = options;
  const hash = hashToken(options.token);
  const record = await store.find(hash);
  if (!record) throw new ConpaasError('unauthenticated', 'This join token is not known.');
  const fingerprint = await requestFingerprint(options.csr);
  const isStolen = record.fingerprint !== undefined && record.fingerprint !== fingerprint;
  // One that has ended is worth nothing, but whoever tries it has read it somewhere.
  const hasEnded = record.expiresAt !== undefined && now > record.expiresAt;
  if (hasEnded && !isStolen) {
    throw new ConpaasError('unauthenticated', 'This join token has ended. Replace the virtual machine to get another.');
  }
  if (isStolen || (await store.bind(hash, fingerprint)) !== fingerprint) {
    options.alert(
      'A join token was used a second time, with another key: its user-data has been read.',
      record.identity,
    );
    throw new ConpaasError('unauthenticated', 'This join token was already used with another key.');
  }
  const { identity } = record;
  if (record.issued) return { identity, issued: record.issued, first: false };
  const fresh = await issuer.issue(identity, options.csr, { lifetimeMs: options.lifetimeMs, now });
  const issued = await store.keep(hash, fresh);
  return { identity, issued, first: issued === fresh || issued.serial === fresh.serial };
}
