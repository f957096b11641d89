/** Certificate signing requests (PKCS#10). Only their key counts: names in them are never read. */
import { createPrivateKey, createPublicKey, type KeyObject, verify } from 'node:crypto';
import { ConpaasError } from '../contract/errors.ts';
import { loadForge, nativeSigner } from './forge.ts';
import { isAcceptableKey, keyFingerprint } from './keys.ts';

async function buildRequest(key: string, commonName: string): Promise<string> {
  const forge = await loadForge();
  const privateKey = createPrivateKey(key);
  const request = forge.pki.createCertificationRequest();
  request.publicKey = forge.pki.publicKeyFromPem(
    createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString(),
  );
  request.setSubject([{ name: 'commonName', value: commonName }]);
  const signer = nativeSigner(privateKey);
  request.sign(signer.key, signer.digest);
  return forge.pki.certificationRequestToPem(request);
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
  const forge = await loadForge();
  let key: KeyObject;
  let signed: boolean;
  try {
    const request = forge.pki.certificationRequestFromPem(csrPem);
    key = createPublicKey(
      forge.pki.publicKeyToPem(request.publicKey as Parameters<typeof forge.pki.publicKeyToPem>[0]),
    );
    const content = request.certificationRequestInfo;
    const info = content ? forge.asn1.toDer(content).getBytes() : '';
    signed =
      request.signatureOid === forge.pki.oids['sha256WithRSAEncryption'] &&
      verify('sha256', Buffer.from(info, 'binary'), key, Buffer.from(String(request.signature), 'binary'));
  } catch (error) {
    throw new ConpaasError('invalid_request', 'The certificate request cannot be read.', {
      cause: { code: 'invalid_request', message: error instanceof Error ? error.message : String(error) },
    });
  }
  if (!signed) throw new ConpaasError('invalid_request', 'The certificate request is not signed by its own key.');
  if (!isAcceptableKey(key)) {
    throw new ConpaasError('invalid_request', 'The key of the certificate request is not RSA of 2048 to 4096 bits.');
  }
  return key;
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
  if (csrOrPublicKeyPem.includes('CERTIFICATE REQUEST')) return requestKey(csrOrPublicKeyPem);
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
    throw new ConpaasError('invalid_request', 'What is to be certified is not an RSA public key of 2048 to 4096 bits.');
  }
  return key;
}
