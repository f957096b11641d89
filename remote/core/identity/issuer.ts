/** Issues leaves: the director's intermediate for everyone, the desktop's root for its owner. */
import { X509Certificate } from 'node:crypto';
import { ConpaasError } from '../contract/errors.ts';
import { formatIdentity, type Identity } from '../contract/identity.ts';
import type { DeploymentId } from '../contract/ids.ts';
import { buildCertificate, isKeyOf } from './certificate.ts';
import { keyFingerprint } from './keys.ts';
import { notAfter, serialOf } from './peer.ts';
import { keyToCertify } from './request.ts';

export interface Issued {
  /** PEM: the leaf, then the intermediate where one signed it. */
  readonly certificate: string;
  /** Lower-case hex. */
  readonly serial: string;
  /** Milliseconds since the epoch. */
  readonly notAfter: number;
  /** SHA-256 of the public key, lower-case hex. */
  readonly fingerprint: string;
}

export interface Issuer {
  /**
   * A leaf for `identity` and the key of a request or public key (PEM); names in a request are ignored.
   * Its end is cut to the issuer's own.
   * @throws ConpaasError invalid_request: the key or request is bad; forbidden: the identity is of another deployment
   */
  issue(
    identity: Identity,
    csrOrPublicKeyPem: string,
    options: { readonly lifetimeMs: number; readonly now?: number },
  ): Promise<Issued>;
  /** PEM of the issuing certificate. */
  readonly certificate: string;
  readonly roots: readonly string[];
}

/**
 * @param options.key PKCS#8 PEM of the issuing authority
 * @param options.certificate its certificate, PEM
 * @param options.roots PEM; where `certificate` is one of them, chains end at the leaf
 */
export async function createIssuer(options: {
  readonly key: string;
  readonly certificate: string;
  readonly roots: readonly string[];
  readonly deployment: DeploymentId;
}): Promise<Issuer> {
  const { key, certificate, roots, deployment } = options;
  if (!isKeyOf(key, certificate)) {
    throw new ConpaasError('internal', 'The key of the certificate authority does not belong to its certificate.');
  }
  const own = new X509Certificate(certificate).fingerprint256;
  const isRoot = roots.some((root) => new X509Certificate(root).fingerprint256 === own);
  return {
    certificate,
    roots,
    async issue(identity, csrOrPublicKeyPem, { lifetimeMs, now = Date.now() }) {
      if (identity.deployment !== deployment) {
        throw new ConpaasError('forbidden', 'This certificate authority does not issue for another deployment.');
      }
      const publicKey = await keyToCertify(csrOrPublicKeyPem);
      const pem = await buildCertificate({
        purpose: { kind: 'leaf', uri: formatIdentity(identity), subject: identity.kind },
        publicKey,
        signer: { key, certificate },
        lifetimeMs,
        now,
      });
      const leaf = new X509Certificate(pem);
      return {
        certificate: isRoot ? pem : joinPem(pem, certificate),
        serial: serialOf(leaf),
        notAfter: notAfter(leaf),
        fingerprint: keyFingerprint(publicKey),
      };
    },
  };
}

function joinPem(...parts: readonly string[]): string {
  return parts.map((part) => `${part.trim()}\n`).join('');
}
