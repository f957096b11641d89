/**
 * Renewal accepts a certificate that has only expired. TLS reports a forged or self-signed expired chain with the same
 * `CERT_HAS_EXPIRED` (measured), so nothing it says counts here: the presented leaf is verified to our own intermediate
 * and root, at the end of its life.
 */
import { X509Certificate } from 'node:crypto';
import { ConpaasError } from '../contract/errors.ts';
import type { Identity } from '../contract/identity.ts';
import type { DeploymentId } from '../contract/ids.ts';
import { backdating } from './certificate.ts';
import { acceptableKeys, isAcceptableKey, keyFingerprint } from './keys.ts';
import { notAfter, notBefore, serialOf, statedIdentity } from './peer.ts';

/** A certificate that ended longer ago than this is not renewed, in milliseconds. */
export const longestLapse = 180 * 86_400_000;

export interface Renewable {
  readonly identity: Identity;
  /** Lower-case hex. */
  readonly serial: string;
  /** SHA-256 of the public key, lower-case hex: the request must be for the same key. */
  readonly fingerprint: string;
  /** Milliseconds since the epoch. */
  readonly notAfter: number;
}

/**
 * What a presented chain proves. The caller still checks that the request has the same key (`requestFingerprint`) and
 * that the process's VM record is alive.
 * @param options.chain presented, PEM, leaf first; only its leaf is looked at
 * @param options.roots our roots, PEM
 * @param options.intermediates our own intermediates, the current one and those before it, PEM
 * @param options.revoked serial numbers of leaves and intermediates, lower-case hex
 * @param options.now milliseconds since the epoch
 * @throws ConpaasError unauthenticated, whose message has the reason
 */
export function verifyForRenewal(options: {
  readonly chain: readonly string[];
  readonly roots: readonly string[];
  readonly intermediates: readonly string[];
  readonly deployment: DeploymentId;
  readonly revoked: ReadonlySet<string>;
  readonly now?: number;
}): Renewable {
  const { deployment, revoked, now = Date.now() } = options;
  const leaf = readLeaf(options.chain[0]);
  const end = notAfter(leaf);
  const serial = serialOf(leaf);

  // The signature first: nothing that an unverified certificate says is worth an answer.
  if (leaf.verify(leaf.publicKey)) throw refusal('it is signed by itself');
  const issuer = issuerOf(leaf, options.intermediates, end);
  if (!issuer) throw refusal('its issuer is unknown here');
  if (!leaf.verify(issuer.publicKey)) throw refusal('it is forged: our authority did not sign it');
  if (!issuer.ca || !isValidAt(issuer, end)) throw refusal('its issuer was not valid when it ended');
  const root = issuerOf(issuer, options.roots);
  if (!root?.ca || !issuer.verify(root.publicKey)) throw refusal('its issuer is not signed by our root');
  if (!isValidAt(root, end)) throw refusal('our root was not valid when it ended');

  const identity = statedIdentity(leaf);
  if (!identity) throw refusal('it states no identity of ours');
  if (identity.deployment !== deployment) throw refusal(`it is of another deployment, ${identity.deployment}`);
  if (revoked.has(serial)) throw refusal('it was revoked');
  if (revoked.has(serialOf(issuer))) throw refusal('its issuer was revoked');
  if (!isAcceptableKey(leaf.publicKey)) throw refusal(`its key is not ${acceptableKeys}`);
  if (now < notBefore(leaf) - backdating) throw refusal('it is not valid yet: compare the clocks');
  if (now > end + longestLapse) throw refusal('it ended more than 180 days ago');
  return { identity, serial, fingerprint: keyFingerprint(leaf.publicKey), notAfter: end };
}

function readLeaf(pem: string | undefined): X509Certificate {
  if (pem === undefined) throw refusal('none was presented');
  try {
    return new X509Certificate(pem);
  } catch {
    throw refusal('it cannot be read');
  }
}

/**
 * The authority whose name and key identifier a certificate gives as its issuer; its signature is checked apart. An
 * authority that was renewed has several certificates of one key: the one that was valid at `time` is preferred.
 */
function issuerOf(
  certificate: X509Certificate,
  authorities: readonly string[],
  time?: number,
): X509Certificate | undefined {
  const named = authorities
    .map((pem) => new X509Certificate(pem))
    .filter((authority) => certificate.checkIssued(authority));
  const signers = named.filter((authority) => certificate.verify(authority.publicKey));
  return signers.find((one) => time === undefined || isValidAt(one, time)) ?? signers[0] ?? named[0];
}

function isValidAt(certificate: X509Certificate, time: number): boolean {
  return notBefore(certificate) <= time && time <= notAfter(certificate);
}

function refusal(reason: string): ConpaasError {
  return new ConpaasError('unauthenticated', `The presented certificate cannot be renewed: ${reason}.`);
}
