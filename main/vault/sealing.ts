/** AES-256-GCM: what is sealed can be opened by the same key for the same purpose only, and not changed unseen. */
import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import { z } from 'zod';

export const Sealed = z.object({ iv: z.base64(), tag: z.base64(), data: z.base64() });
export type Sealed = z.infer<typeof Sealed>;

const ivBytes = 12;
const tagBytes = 16;

/** @param purpose is authenticated with the text, so that sealed things cannot be swapped */
export function seal(key: Uint8Array, purpose: string, text: Uint8Array): Sealed {
  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: tagBytes });
  cipher.setAAD(Buffer.from(purpose));
  const data = Buffer.concat([cipher.update(text), cipher.final()]);
  return {
    iv: iv.toString('base64'),
    tag: cipher.getAuthTag().toString('base64'),
    data: data.toString('base64'),
  };
}

/** undefined: another key, another purpose, or changed. */
export function unseal(key: Uint8Array, purpose: string, sealed: Sealed): Buffer | undefined {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(sealed.iv, 'base64'), {
      authTagLength: tagBytes,
    });
    decipher.setAAD(Buffer.from(purpose));
    decipher.setAuthTag(Buffer.from(sealed.tag, 'base64'));
    return Buffer.concat([decipher.update(Buffer.from(sealed.data, 'base64')), decipher.final()]);
  } catch {
    return undefined; // the tag does not fit, or has no tag's length
  }
}

export const ScryptSettings = z.object({
  salt: z.base64(),
  /** A file must not make us take gigabytes: at most 2^20 · 8 · 128 bytes = 1 GiB. */
  n: z
    .number()
    .int()
    .min(2)
    .max(2 ** 20),
  r: z.number().int().min(1).max(8),
  p: z.number().int().min(1).max(4),
});
export type ScryptSettings = z.infer<typeof ScryptSettings>;

/** N = 2^17, r = 8, p = 1 (128 MiB, about half a second): OWASP Password Storage Cheat Sheet. */
export function newScryptSettings(): ScryptSettings {
  return { salt: randomBytes(32).toString('base64'), n: 2 ** 17, r: 8, p: 1 };
}

const derive = promisify<string, Buffer, number, object, Buffer>(scrypt);

/** The 256-bit key of a passphrase (Unicode NFKC, so that each keyboard gives the same). RFC 7914. */
export async function deriveKey(passphrase: string, { salt, n, r, p }: ScryptSettings): Promise<Buffer> {
  return derive(passphrase.normalize('NFKC'), Buffer.from(salt, 'base64'), 32, {
    N: n,
    r,
    p,
    maxmem: 256 * n * r * p + 2 ** 20,
  });
}
