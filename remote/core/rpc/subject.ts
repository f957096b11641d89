/** Who a certificate belongs to. */
import { X509Certificate } from 'node:crypto';
import { type Identity, parseIdentity } from '../contract/identity.ts';

/**
 * The one SAN URI of a certificate, or undefined where it has none, several names, or one that needed quoting (Node
 * quotes values that could be mistaken for a list: CVE-2021-44532).
 */
export function subjectUri(certificate: X509Certificate): string | undefined {
  const names = certificate.subjectAltName;
  if (names === undefined || /[",\s]/.test(names) || !names.startsWith('URI:')) return undefined;
  return names.slice('URI:'.length);
}

/** The identity in a certificate (PEM or DER); undefined where it states none. Says nothing about its validity. */
export function subjectIdentity(certificate: string | Buffer): Identity | undefined {
  const uri = subjectUri(new X509Certificate(certificate));
  return uri === undefined ? undefined : parseIdentity(uri);
}
