/** For tests: a deployment's authorities and one identity of each kind, made by the real code. */
import { createPublicKey } from 'node:crypto';
import type { Identity } from '../contract/identity.ts';
import { ApplicationId, DeploymentId, UserName, VmId } from '../contract/ids.ts';
import { buildCertificate } from './certificate.ts';
import type { Credentials } from './credentials.ts';
import { createIssuer, type Issuer } from './issuer.ts';
import type { TokenRecord, TokenStore } from './join-token.ts';
import { generateCaKey, generateKey, generatePersonalKey } from './keys.ts';
import { hashToken } from './token.ts';

export interface Trust {
  readonly deployment: DeploymentId;
  readonly root: { readonly key: string; readonly certificate: string };
  readonly intermediateKey: string;
  readonly intermediate: string;
  readonly issuer: Issuer;
  readonly identities: Readonly<Record<Identity['kind'], Identity>>;
  /** Fresh credentials of an identity. */
  credentials(identity: Identity, options?: { lifetimeMs?: number; now?: number }): Promise<Credentials>;
}

/** @param root of another trust, to stand under the same root */
export async function createTrust(
  name: string,
  options: { now?: number; root?: Trust['root']; intermediateLifetimeMs?: number } = {},
): Promise<Trust> {
  const now = options.now ?? Date.now();
  const deployment = DeploymentId.parse(name);
  const [rootKey, intermediateKey] = await Promise.all([options.root?.key ?? generateCaKey(), generateCaKey()]);
  const root = options.root ?? {
    key: rootKey,
    certificate: await buildCertificate({
      purpose: { kind: 'root', name: `root-${name}` },
      publicKey: createPublicKey(rootKey),
      signer: { key: rootKey },
      lifetimeMs: 10 * 365 * 86_400_000,
      now,
    }),
  };
  const intermediate = await buildCertificate({
    purpose: { kind: 'intermediate', deployment },
    publicKey: createPublicKey(intermediateKey),
    signer: root,
    lifetimeMs: options.intermediateLifetimeMs ?? 730 * 86_400_000,
    now,
  });
  const issuer = await createIssuer({
    key: intermediateKey,
    certificate: intermediate,
    roots: [root.certificate],
    deployment,
  });
  const application = ApplicationId.parse('app-one');
  return {
    deployment,
    root,
    intermediateKey,
    intermediate,
    issuer,
    identities: {
      director: { kind: 'director', deployment },
      manager: { kind: 'manager', deployment, application, epoch: 2 },
      agent: { kind: 'agent', deployment, application, vm: VmId.parse('vm-one') },
      host: { kind: 'host', deployment, vm: VmId.parse('vm-one') },
      user: { kind: 'user', deployment, name: UserName.parse('ann') },
    },
    async credentials(identity, { lifetimeMs = 86_400_000, now = Date.now() } = {}) {
      const key = await (identity.kind === 'user' ? generatePersonalKey() : generateKey());
      const publicKey = createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString();
      const { certificate } = await issuer.issue(identity, publicKey, { lifetimeMs, now });
      return { key, certificate, roots: [root.certificate] };
    },
  };
}

/** Tokens as a director keeps them, but in memory. */
export function memoryTokens(tokens: Readonly<Record<string, TokenRecord>>): TokenStore {
  const records = new Map(Object.entries(tokens).map(([token, record]) => [hashToken(token), record]));
  const change = (hash: string, more: Partial<TokenRecord>): TokenRecord => {
    const record = records.get(hash);
    if (!record) throw new Error('no such token');
    const changed = { ...more, ...record };
    records.set(hash, changed);
    return changed;
  };
  return {
    find: (hash) => records.get(hash),
    bind: (hash, fingerprint) => change(hash, { fingerprint }).fingerprint ?? '',
    keep: (hash, issued) => change(hash, { issued }).issued ?? issued,
  };
}
