/** Certificate signing requests (PKCS#10, RFC 2986). Only their key counts: names in them are never read. */
import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import type forge from 'node-forge';
import { ConpaasError } from '../contract/errors.ts';
import { bitsOf, type Forge, loadAsn1 } from './forge.ts';
import { acceptableKeys, isAcceptableKey, keyFingerprint } from './keys.ts';

/** How a key signs, by its type: the OID of the algorithm with SHA-256, and whether NULL parameters go with it (RFC 4055, RFC 5758). */
const algorithms = {
  rsa: { oid: '1.2.840.113549.1.1.11', withNull: true },
  ec: { oid: '1.2.840.10045.4.3.2', withNull: false },
} as const;

const commonNameOid = '2.5.4.3';

function algorithmOf(key: KeyObject) {
  const type = key.asymmetricKeyType;
  return type === 'rsa' || type === 'ec' ? algorithms[type] : undefined;
}

async function buildRequest(key: string, commonName: string): Promise<string> {
  const asn1 = await loadAsn1();
  const { Class, Type } = asn1;
  const privateKey = createPrivateKey(key);
  const algorithm = algorithmOf(privateKey);
  if (!algorithm)
    throw new ConpaasError('internal', `A key of type ${privateKey.asymmetricKeyType} cannot be certified.`);
  const plain = (type: forge.asn1.Type, value: string) => asn1.create(Class.UNIVERSAL, type, false, value);
  const list = (type: forge.asn1.Type, ...items: forge.asn1.Asn1[]) => asn1.create(Class.UNIVERSAL, type, true, items);
  const oid = (value: string) => plain(Type.OID, asn1.oidToDer(value).getBytes());

  const name = list(Type.SEQUENCE, oid(commonNameOid), plain(Type.UTF8, commonName));
  const content = list(
    Type.SEQUENCE,
    plain(Type.INTEGER, asn1.integerToDer(0).getBytes()),
    list(Type.SEQUENCE, list(Type.SET, name)),
    asn1.fromDer(createPublicKey(privateKey).export({ type: 'spki', format: 'der' }).toString('binary')),
    asn1.create(Class.CONTEXT_SPECIFIC, 0, true, []),
  );
  const signature = sign('sha256', derOf(asn1, content), privateKey);
  const request = list(
    Type.SEQUENCE,
    content,
    list(Type.SEQUENCE, oid(algorithm.oid), ...(algorithm.withNull ? [plain(Type.NULL, '')] : [])),
    plain(Type.BITSTRING, `\0${signature.toString('binary')}`),
  );
  return pemOf(derOf(asn1, request));
}

function derOf(asn1: Forge['asn1'], value: forge.asn1.Asn1): Buffer {
  return Buffer.from(asn1.toDer(value).getBytes(), 'binary');
}

const label = 'CERTIFICATE REQUEST';

function pemOf(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}

/** A request for a leaf, signed by its key, PEM. @param key PKCS#8 PEM */
export function createRequest(key: string): Promise<string> {
  return buildRequest(key, 'ConPaaS');
}

/** A director's request for its intermediate CA, PEM. @param key of `generateCaKey`, PKCS#8 PEM */
export function createIntermediateRequest(key: string): Promise<string> {
  return buildRequest(key, 'ConPaaS intermediate');
}

/**
 * The public key of a request, after checking that the request is signed by it (proof of possession).
 * @throws ConpaasError invalid_request
 */
export async function requestKey(csrPem: string): Promise<KeyObject> {
  const asn1 = await loadAsn1();
  let key: KeyObject;
  let signed: boolean;
  try {
    ({ key, signed } = readRequest(asn1, csrPem));
  } catch (error) {
    throw new ConpaasError('invalid_request', 'The certificate request cannot be read.', {
      cause: { code: 'invalid_request', message: error instanceof Error ? error.message : String(error) },
    });
  }
  if (!signed) throw new ConpaasError('invalid_request', 'The certificate request is not signed by its own key.');
  if (!isAcceptableKey(key)) {
    throw new ConpaasError('invalid_request', `The key of the certificate request is not ${acceptableKeys}.`);
  }
  return key;
}

/** @throws Error where it is no request */
function readRequest(asn1: Forge['asn1'], csrPem: string): { key: KeyObject; signed: boolean } {
  const base64 = new RegExp(`-----BEGIN ${label}-----([A-Za-z0-9+/=\\s]+)-----END ${label}-----`).exec(csrPem)?.[1];
  if (base64 === undefined) throw new Error(`There is no ${label} in it.`);
  const [content, algorithm, signature] = partsOf(asn1.fromDer(Buffer.from(base64, 'base64').toString('binary')));
  const spki = partsOf(content)[2];
  const [oid] = partsOf(algorithm);
  const bits = bitsOf(signature);
  if (!content || !spki || typeof oid?.value !== 'string' || bits === undefined) {
    throw new Error('It is no PKCS#10 request.');
  }
  const key = createPublicKey({ key: derOf(asn1, spki), format: 'der', type: 'spki' });
  const signed =
    asn1.derToOid(oid.value) === algorithmOf(key)?.oid &&
    verify('sha256', derOf(asn1, content), key, Buffer.from(bits, 'binary'));
  return { key, signed };
}

function partsOf(value: forge.asn1.Asn1 | undefined): readonly forge.asn1.Asn1[] {
  return Array.isArray(value?.value) ? value.value : [];
}

/** SHA-256 (lower-case hex) of the public key of a request whose self-signature was checked. */
export async function requestFingerprint(csrPem: string): Promise<string> {
  return keyFingerprint(await requestKey(csrPem));
}

/**
 * The public key of a request (proof of possession checked) or of a bare public key in PEM.
 * @throws ConpaasError invalid_request
 */
export async function keyToCertify(csrOrPublicKeyPem: string): Promise<KeyObject> {
  if (csrOrPublicKeyPem.includes(label)) return requestKey(csrOrPublicKeyPem);
  let key: KeyObject | undefined;
  try {
    // A private key must never get this far; createPublicKey would quietly derive its public half.
    if (csrOrPublicKeyPem.includes('PUBLIC KEY')) key = createPublicKey(csrOrPublicKeyPem);
  } catch (error) {
    throw new ConpaasError('invalid_request', 'The public key cannot be read.', {
      cause: { code: 'invalid_request', message: error instanceof Error ? error.message : String(error) },
    });
  }
  if (!key || !isAcceptableKey(key)) {
    throw new ConpaasError('invalid_request', `What is to be certified is not a public key, ${acceptableKeys}.`);
  }
  return key;
}
