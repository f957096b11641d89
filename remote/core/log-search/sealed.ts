/** Blocks at rest: AES-256-GCM, a nonce of their own each, so that one cannot be changed or put in another's place. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const nonceBytes = 12;
const tagBytes = 16;
export const keyBytes = 32;
/** Bytes that sealing adds. */
export const sealBytes = nonceBytes + tagBytes;

/** @param place what the block is; it opens only as that */
export function seal(key: Uint8Array, place: string, plain: Uint8Array): Buffer {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(Buffer.from(place));
  const sealed = cipher.update(plain);
  cipher.final();
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
}

/** @throws Error where the block was changed, is another's, or the key is another one */
export function openSealed(key: Uint8Array, place: string, sealed: Uint8Array): Buffer {
  const cipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, nonceBytes));
  cipher.setAAD(Buffer.from(place));
  cipher.setAuthTag(sealed.subarray(nonceBytes, sealBytes));
  const plain = cipher.update(sealed.subarray(sealBytes));
  cipher.final();
  return plain;
}
