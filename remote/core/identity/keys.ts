/** Key pairs: made by the runtime in its thread pool, kept as PKCS#8 PEM. */
import { createHash, createPublicKey, generateKeyPair, KeyObject } from 'node:crypto';
import { promisify } from 'node:util';

const makeKeyPair = promisify(generateKeyPair);

async function generateRsaKey(modulusLength: number): Promise<string> {
  const { privateKey } = await makeKeyPair('rsa', { modulusLength });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** A new RSA-2048 key for a leaf, PKCS#8 PEM. Takes 30 to 300 ms of a pool thread: start it while waiting for something else. */
export function generateKey(): Promise<string> {
  return generateRsaKey(2048);
}

/** A new RSA-3072 key for a certificate authority, PKCS#8 PEM. */
export function generateCaKey(): Promise<string> {
  return generateRsaKey(3072);
}

/** SHA-256 of the DER of a public key (SubjectPublicKeyInfo), lower-case hex. Accepts private or public PEM too. */
export function keyFingerprint(key: KeyObject | string): string {
  const publicKey = key instanceof KeyObject && key.type === 'public' ? key : createPublicKey(key);
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex');
}

/** Whether a public key is one that we certify: RSA of 2048 to 4096 bits. */
export function isAcceptableKey(key: KeyObject): boolean {
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  return key.asymmetricKeyType === 'rsa' && bits >= 2048 && bits <= 4096;
}
