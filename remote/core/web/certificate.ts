/** A website's certificate with its key, as manager and proxies keep it. */
import { X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { DomainName } from './names.ts';

export const WebCertificate = z.object({
  name: DomainName,
  /** PEM, leaf first. */
  chain: z.string(),
  /** PKCS#8 PEM. */
  key: z.string(),
  /** `own`, or the directory of the ACME authority that issued it. */
  source: z.string(),
});
export type WebCertificate = z.infer<typeof WebCertificate>;

/** What proxies need of it. */
export const ServedCertificate = WebCertificate.omit({ source: true });
export type ServedCertificate = z.infer<typeof ServedCertificate>;

/** The answer to one question of an ACME authority (RFC 8555 8.3). */
export const Challenge = z.object({
  token: z.string().regex(/^[A-Za-z0-9_-]{1,200}$/),
  answer: z.string().regex(/^[A-Za-z0-9_.-]{1,400}$/),
});
export type Challenge = z.infer<typeof Challenge>;

/** Certificates and challenges of one service. */
export interface ServiceWeb {
  readonly certificates: readonly WebCertificate[];
  readonly challenges: readonly Challenge[];
}

export interface CertificateFacts {
  /** Common name of the issuer, else all of its name. */
  readonly issuer: string;
  /** Milliseconds since the epoch. */
  readonly notBefore: number;
  readonly notAfter: number;
  /** SHA-1 of the leaf, lower-case hex: what HAProxy tells of one. */
  readonly fingerprint: string;
}

/** @param chain PEM, leaf first */
export function certificateFacts(chain: string): CertificateFacts {
  const leaf = new X509Certificate(chain);
  return {
    issuer: /^CN=(.*)$/m.exec(leaf.issuer)?.[1] ?? leaf.issuer.replaceAll('\n', ', '),
    notBefore: Date.parse(leaf.validFrom),
    notAfter: Date.parse(leaf.validTo),
    fingerprint: leaf.fingerprint.replaceAll(':', '').toLowerCase(),
  };
}
