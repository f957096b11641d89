/** Builds certificates (RFC 5280). The one place that decides which extensions ours carry. */
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  randomBytes,
  sign,
  X509Certificate,
} from 'node:crypto';
import type forge from 'node-forge';
import type { DeploymentId } from '../contract/ids.ts';
import { epochUnit } from './director-epoch.ts';
import { bitsOf, type Forge, loadForge } from './forge.ts';

/** Clocks differ: a certificate is valid from this long before its making, in milliseconds. */
export const backdating = 3_600_000;

/** What a certificate is for; everything in it but key, times and issuer follows from this. */
export type Purpose =
  | { readonly kind: 'root'; readonly name: string }
  /** Signs leaves of one deployment only (name constraint), and no further authority (path length 0). */
  | { readonly kind: 'intermediate'; readonly deployment: DeploymentId; readonly epoch?: number | undefined }
  /** `uri` is its only name; `subject` is for people who read certificates. */
  | { readonly kind: 'leaf'; readonly uri: string; readonly subject: string }
  /**
   * Signs certificates of websites below `suffixes` and of nothing else. A root of its own, which no process of ours
   * trusts: browsers may, without the deployment being able to pose as any other site.
   */
  | { readonly kind: 'web authority'; readonly deployment: DeploymentId; readonly suffixes: readonly string[] }
  /** A website: a server by this name. Nobody's identity. */
  | { readonly kind: 'website'; readonly name: string };

export interface Signer {
  /** RSA, PKCS#8 PEM. */
  readonly key: string;
  /** PEM; absent: the certificate is signed by its own key. */
  readonly certificate?: string;
}

/**
 * Signs a certificate with SHA-256 and RSA. Its end is cut to the signer's own.
 * @param options.publicKey of any type that X.509 knows; of an authority: RSA
 * @param options.now milliseconds since the epoch
 * @returns PEM
 */
export async function buildCertificate(options: {
  readonly purpose: Purpose;
  readonly publicKey: KeyObject;
  readonly signer: Signer;
  readonly lifetimeMs: number;
  readonly now: number;
}): Promise<string> {
  const { pki, asn1 } = await loadForge();
  const { purpose, signer, now } = options;
  const certificate = pki.createCertificate();
  certificate.serialNumber = randomSerial();
  const key = createPrivateKey(signer.key);
  // forge knows RSA keys only: the signer's stands in for the certificate's own until all else is encoded.
  certificate.publicKey = pki.publicKeyFromPem(createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString());
  certificate.setSubject(subjectOf(purpose));

  const issuer = signer.certificate === undefined ? certificate : pki.certificateFromPem(signer.certificate);
  certificate.setIssuer(issuer.subject.attributes);
  const end = now + options.lifetimeMs;
  certificate.validity.notBefore = new Date(now - backdating);
  certificate.validity.notAfter = new Date(
    signer.certificate === undefined ? end : Math.min(end, issuer.validity.notAfter.getTime()),
  );
  certificate.setExtensions([
    ...extensionsOf(purpose, asn1),
    { id: '2.5.29.14', value: keyIdentifierOf(options.publicKey, asn1) },
    { name: 'authorityKeyIdentifier', keyIdentifier: issuer.generateSubjectKeyIdentifier().getBytes() },
  ]);
  certificate.sign(...encodingOnly);
  const content = certificate.tbsCertificate;
  (content.value as forge.asn1.Asn1[])[keyPlace] = asn1.fromDer(spkiOf(options.publicKey).toString('binary'));
  const der = Buffer.from(asn1.toDer(content).getBytes(), 'binary');
  certificate.signature = sign('sha256', der, key).toString('binary');
  return pki.certificateToPem(certificate);
}

/** Where the SubjectPublicKeyInfo stands in a TBSCertificate, RFC 5280 4.1. */
const keyPlace = 6;

/** Makes forge's `sign` encode what is to be signed, and no more. It calls nothing but these members. */
const encodingOnly = [{ sign: () => '' }, { algorithm: 'sha256', update: () => undefined }] as unknown as Parameters<
  forge.pki.Certificate['sign']
>;

function spkiOf(key: KeyObject): Buffer {
  return key.export({ type: 'spki', format: 'der' });
}

/** The first way of RFC 5280 4.2.1.2: SHA-1 of the bits of the key, here as the value of the extension. */
function keyIdentifierOf(key: KeyObject, asn1: Forge['asn1']): forge.asn1.Asn1 {
  const [, bits] = asn1.fromDer(spkiOf(key).toString('binary')).value as forge.asn1.Asn1[];
  const identifier = createHash('sha1')
    .update(bitsOf(bits) ?? '', 'binary')
    .digest('binary');
  return asn1.create(asn1.Class.UNIVERSAL, asn1.Type.OCTETSTRING, false, identifier);
}

/** Whether a private key (PEM) belongs to a certificate (PEM). */
export function isKeyOf(key: string, certificate: string): boolean {
  return new X509Certificate(certificate).publicKey.equals(createPublicKey(key));
}

/** 128 random bits, positive, never shortened by DER: CAB Baseline Requirements 7.1 ask for 64. Lower-case hex. */
function randomSerial(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.toString('hex');
}

function subjectOf(purpose: Purpose): forge.pki.CertificateField[] {
  const names = {
    root: 'ConPaaS root',
    intermediate: 'ConPaaS director CA',
    leaf: 'ConPaaS',
    'web authority': 'ConPaaS',
    website: 'ConPaaS websites',
  };
  return [
    { name: 'organizationName', value: names[purpose.kind] },
    ...(purpose.kind === 'intermediate' && (purpose.epoch ?? 1) > 1
      ? [{ name: 'organizationalUnitName', value: epochUnit(purpose.epoch ?? 1) }]
      : []),
    { name: 'commonName', value: commonName(purpose).slice(0, longestCommonName) },
  ];
}

/** ub-common-name of RFC 5280, appendix A. */
const longestCommonName = 64;

function commonName(purpose: Purpose): string {
  switch (purpose.kind) {
    case 'leaf':
      return purpose.subject;
    case 'intermediate':
      return purpose.deployment;
    case 'web authority':
      return `ConPaaS websites of ${purpose.deployment}`;
    default:
      return purpose.name;
  }
}

function extensionsOf(purpose: Purpose, asn1: Forge['asn1']): object[] {
  const authority = { name: 'keyUsage', critical: true, keyCertSign: true, cRLSign: true };
  switch (purpose.kind) {
    case 'root':
      return [{ name: 'basicConstraints', critical: true, cA: true, pathLenConstraint: 1 }, authority];
    case 'intermediate':
      return [
        { name: 'basicConstraints', critical: true, cA: true, pathLenConstraint: 0 },
        authority,
        { id: '2.5.29.30', critical: true, value: permittedHost(purpose.deployment, asn1) },
      ];
    case 'leaf':
      return [
        { name: 'basicConstraints', critical: true, cA: false },
        { name: 'keyUsage', critical: true, digitalSignature: true },
        { name: 'extKeyUsage', clientAuth: true, serverAuth: true },
        { name: 'subjectAltName', altNames: [{ type: 6, value: purpose.uri }] },
      ];
    case 'web authority':
      return [
        { name: 'basicConstraints', critical: true, cA: true, pathLenConstraint: 0 },
        authority,
        { name: 'extKeyUsage', serverAuth: true },
        { id: '2.5.29.30', critical: true, value: websitesOnly(purpose.suffixes, asn1) },
      ];
    case 'website':
      return [
        { name: 'basicConstraints', critical: true, cA: false },
        { name: 'keyUsage', critical: true, digitalSignature: true },
        { name: 'extKeyUsage', serverAuth: true },
        { name: 'subjectAltName', altNames: [{ type: 2, value: purpose.name }] },
      ];
  }
}

/** Types of names (RFC 5280 4.2.1.6) as tags of a GeneralName. */
const nameTypes = { email: 1, dns: 2, uri: 6, address: 7 } as const;

/**
 * NameConstraints with one permitted URI host (RFC 5280 4.2.1.10): a taken-over director of one deployment cannot issue
 * identities of another under the same root, whoever verifies.
 */
function permittedHost(deployment: DeploymentId, asn1: Forge['asn1']): forge.asn1.Asn1 {
  const { Class, Type, create } = asn1;
  return create(Class.UNIVERSAL, Type.SEQUENCE, true, [subtrees(0, [['uri', deployment]], asn1)]);
}

/**
 * NameConstraints that permit names of websites below these suffixes and nothing else: a type that is not mentioned
 * would be free. Of identities (URIs) and e-mail only those of a host that can never be; no address.
 */
function websitesOnly(suffixes: readonly string[], asn1: Forge['asn1']): forge.asn1.Asn1 {
  const { Class, Type, create } = asn1;
  const permitted = suffixes.map((suffix): Subtree => ['dns', suffix]);
  const zeros = (bytes: number) => String.fromCharCode(0).repeat(bytes);
  return create(Class.UNIVERSAL, Type.SEQUENCE, true, [
    subtrees(0, [...permitted, ['uri', 'invalid'], ['email', 'invalid']], asn1),
    // Address and mask, of IPv4 and IPv6: every one.
    subtrees(
      1,
      [
        ['address', zeros(8)],
        ['address', zeros(32)],
      ],
      asn1,
    ),
  ]);
}

type Subtree = readonly [type: keyof typeof nameTypes, value: string];

/** @param tag 0: permittedSubtrees, 1: excludedSubtrees */
function subtrees(tag: 0 | 1, names: readonly Subtree[], asn1: Forge['asn1']): forge.asn1.Asn1 {
  const { Class, Type, create } = asn1;
  return create(
    Class.CONTEXT_SPECIFIC,
    tag as forge.asn1.Type,
    true,
    names.map(([type, value]) =>
      create(Class.UNIVERSAL, Type.SEQUENCE, true, [
        create(Class.CONTEXT_SPECIFIC, nameTypes[type] as forge.asn1.Type, false, value),
      ]),
    ),
  );
}
