/** Reads certificates of peers: who they are, their serial number, their life. Parsing is native and remembered. */
import { X509Certificate } from 'node:crypto';
import { type Identity, parseIdentity } from '../contract/identity.ts';
import type { DeploymentId } from '../contract/ids.ts';

/** Serial number, lower-case hex. */
export function serialOf(certificate: X509Certificate): string {
  return certificate.serialNumber.toLowerCase();
}

/** Start of life, milliseconds since the epoch. (`validFromDate` came after Node 20.) */
export function notBefore(certificate: X509Certificate): number {
  return Date.parse(certificate.validFrom);
}

/** End of life, milliseconds since the epoch. */
export function notAfter(certificate: X509Certificate): number {
  return Date.parse(certificate.validTo);
}

/**
 * The identity a leaf states: its subject alternative name must be exactly one URI of ours, and it must not be an
 * authority. Says nothing about whether to believe it.
 */
export function statedIdentity(leaf: X509Certificate): Identity | undefined {
  if (leaf.ca) return undefined;
  // With several names the text reads `URI:…, URI:…`, with odd characters `URI:"…"`: neither parses.
  const match = /^URI:(\S+)$/.exec(leaf.subjectAltName ?? '');
  return match?.[1] === undefined ? undefined : parseIdentity(match[1]);
}

/** The certificates of a PEM text, in order. */
export function splitPem(text: string): string[] {
  return text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g)?.map((pem) => `${pem}\n`) ?? [];
}

interface Read {
  readonly identity: Identity | undefined;
  readonly serial: string;
  readonly notBefore: number;
  readonly notAfter: number;
}

/** `identifyPeer` runs for every call of a kept connection: the last leaves seen are parsed once. */
const seen = new Map<string, Read>();
const remembered = 512;

function read(leafPem: string): Read | undefined {
  const known = seen.get(leafPem);
  if (known) return known;
  let leaf: X509Certificate;
  try {
    leaf = new X509Certificate(leafPem);
  } catch {
    return undefined; // not a certificate: nobody
  }
  const fresh = {
    identity: statedIdentity(leaf),
    serial: serialOf(leaf),
    notBefore: notBefore(leaf),
    notAfter: notAfter(leaf),
  };
  if (seen.size >= remembered) seen.delete(seen.keys().next().value ?? leafPem);
  seen.set(leafPem, fresh);
  return fresh;
}

/**
 * Who a TLS peer is, or undefined for nobody. For every call, as a kept connection outlives revocation and expiry.
 * @param options.chain presented certificates, PEM, leaf first
 * @param options.authorized whether TLS verified the chain to our root
 * @param options.revoked serial numbers, lower-case hex; also of intermediates
 * @param options.now milliseconds since the epoch
 */
export function identifyPeer(options: {
  readonly chain: readonly string[];
  readonly authorized: boolean;
  readonly deployment: DeploymentId;
  readonly revoked: ReadonlySet<string>;
  readonly now?: number;
}): Identity | undefined {
  const { chain, authorized, deployment, revoked, now = Date.now() } = options;
  if (!authorized) return undefined;
  for (const pem of chain) {
    const serial = read(pem)?.serial;
    if (serial === undefined || revoked.has(serial)) return undefined;
  }
  const leaf = chain[0] === undefined ? undefined : read(chain[0]);
  if (leaf?.identity?.deployment !== deployment) return undefined;
  return now < leaf.notBefore || now > leaf.notAfter ? undefined : leaf.identity;
}
