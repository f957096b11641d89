/** Key pairs: made by the runtime, kept as PKCS#8 PEM. */
import { createHash, createPublicKey, generateKeyPair, KeyObject } from 'node:crypto';
import { promisify } from 'node:util';

const makeKeyPair = promisify(generateKeyPair);

/** What P-256 (FIPS 186-4) is called in OpenSSL. */
const curve = 'prime256v1';

/**
 * A new key for a leaf, ECDSA on P-256, PKCS#8 PEM. Takes 0.05 ms of a processor, where RSA-2048 takes 53 (measured), which
 * each of ten agents that start at once would pay.
 */
export async function generateKey(): Promise<string> {
  const { privateKey } = await makeKeyPair('ec', { namedCurve: curve });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** A new RSA-2048 key for the leaf of a person, PKCS#8 PEM: node-forge puts no other into PKCS#12. Takes 30 to 300 ms. */
export function generatePersonalKey(): Promise<string> {
  return generateRsaKey(2048);
}

/** A new RSA-3072 key for a certificate authority, PKCS#8 PEM: node-forge signs with no other. */
export function generateCaKey(): Promise<string> {
  return generateRsaKey(3072);
}

async function generateRsaKey(modulusLength: number): Promise<string> {
  const { privateKey } = await makeKeyPair('rsa', { modulusLength });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** SHA-256 of the DER of a public key (SubjectPublicKeyInfo), lower-case hex. Accepts private or public PEM too. */
export function keyFingerprint(key: KeyObject | string): string {
  const publicKey = key instanceof KeyObject && key.type === 'public' ? key : createPublicKey(key);
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex');
}

/** Whether a public key is one that we certify, see `acceptableKeys`. */
export function isAcceptableKey(key: KeyObject): boolean {
  const { modulusLength = 0, namedCurve } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === 'ec') return namedCurve === curve;
  return key.asymmetricKeyType === 'rsa' && modulusLength >= 2048 && modulusLength <= 4096;
}

/** For messages. */
export const acceptableKeys = 'ECDSA on P-256, or RSA of 2048 to 4096 bits';
