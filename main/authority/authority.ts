/**
 * The root certificate authority of the desktop. It signs one intermediate per director and its owner's own leaf;
 * everything else is the intermediate's work. Its key lives in the vault and is never written elsewhere.
 */
import { createPublicKey } from 'node:crypto';
import { type DeploymentId, newId, type UserName } from '../../remote/core/contract/ids.ts';
import { buildCertificate } from '../../remote/core/identity/certificate.ts';
import { createIssuer, generateCaKey, type Issued } from '../../remote/core/identity/index.ts';
import { requestKey } from '../../remote/core/identity/request.ts';

const day = 86_400_000;
const rootLifetime = 3652 * day;
const intermediateLifetime = 730 * day;

/** What the vault keeps: both PEM, the key PKCS#8. */
export interface Root {
  readonly key: string;
  readonly certificate: string;
}

/** A new root: RSA-3072, 10 years. Its name is random, so that two roots are never taken for one another. */
export async function createRoot(now = Date.now()): Promise<Root> {
  const key = await generateCaKey();
  const certificate = await buildCertificate({
    purpose: { kind: 'root', name: newId('root') },
    publicKey: createPublicKey(key),
    signer: { key },
    lifetimeMs: rootLifetime,
    now,
  });
  return { key, certificate };
}

/**
 * Signs a director's intermediate: 2 years, path length 0, for the identities of one deployment only.
 * @param csr of `createIntermediateRequest`, PEM
 * @param options.epoch of the director, raised when it is restored
 * @param options.now milliseconds since the epoch
 * @returns PEM
 * @throws ConpaasError invalid_request
 */
export async function signIntermediate(
  root: Root,
  csr: string,
  deployment: DeploymentId,
  { now = Date.now(), epoch }: { readonly now?: number; readonly epoch?: number | undefined } = {},
): Promise<string> {
  return buildCertificate({
    purpose: { kind: 'intermediate', deployment, epoch },
    publicKey: await requestKey(csr),
    signer: root,
    lifetimeMs: intermediateLifetime,
    now,
  });
}

/**
 * A leaf for the owner of a deployment, `spiffe://<deployment>/user/<name>`, signed by the root itself: it can be had
 * when the director, or its certificate, is gone.
 * @param csrOrPublicKey PEM
 * @param options.lifetimeMs 30 days where absent
 */
export async function issueOwner(
  root: Root,
  csrOrPublicKey: string,
  deployment: DeploymentId,
  name: UserName,
  options: { readonly lifetimeMs?: number; readonly now?: number } = {},
): Promise<Issued> {
  const issuer = await createIssuer({ ...root, roots: [root.certificate], deployment });
  return issuer.issue({ kind: 'user', deployment, name }, csrOrPublicKey, {
    lifetimeMs: options.lifetimeMs ?? 30 * day,
    ...(options.now === undefined ? {} : { now: options.now }),
  });
}
