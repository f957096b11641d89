/** A key with its certificates as PKCS#12 (RFC 7292), for browsers and other programs. */
import { type Credentials, loadForge, splitPem } from '../../remote/core/identity/index.ts';
import { checkPassphrase } from '../vault/index.ts';

/**
 * @param passphrase encrypts the key, which is RSA (`generatePersonalKey`): AES-256 (PBES2), derived by PBKDF2 with 100,000 rounds
 * @param name what programs call it
 * @returns DER
 * @throws ConpaasError invalid_request: the passphrase is too short
 */
export async function toPkcs12(credentials: Credentials, passphrase: string, name: string): Promise<Buffer> {
  checkPassphrase(passphrase);
  const { pki, pkcs12, asn1 } = await loadForge();
  const chain = [...splitPem(credentials.certificate), ...credentials.roots].map((pem) => pki.certificateFromPem(pem));
  const file = pkcs12.toPkcs12Asn1(pki.privateKeyFromPem(credentials.key), chain, passphrase, {
    algorithm: 'aes256',
    count: 100_000,
    friendlyName: name,
  });
  return Buffer.from(asn1.toDer(file).getBytes(), 'binary');
}
