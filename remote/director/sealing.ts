/**
 * Secrets on their way to another director: sealed with a key that only that one can open (X25519, HKDF-SHA-256,
 * AES-256-GCM), so that whoever carries them cannot read them.
 */
import {
  createCipheriv,
  createDecipheriv,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import { z } from 'zod';
import { ConpaasError } from '../core/contract/errors.ts';

const Secrets = z.record(z.string(), z.string());
type Secrets = z.infer<typeof Secrets>;

const nonceBytes = 12;
const tagBytes = 16;
/** How long an offered key waits, milliseconds. */
const keptMs = 600_000;
/** So many wait at the same time; the oldest goes. */
const most = 100;

function spki(key: KeyObject): Buffer {
  return key.export({ type: 'spki', format: 'der' });
}

/** @throws ConpaasError invalid_request: it is no such key */
function publicKeyOf(text: string): KeyObject {
  try {
    const key = createPublicKey({ key: Buffer.from(text, 'base64'), type: 'spki', format: 'der' });
    if (key.asymmetricKeyType === 'x25519') return key;
  } catch {
    // said below
  }
  throw new ConpaasError('invalid_request', 'This is not a key that secrets can be sealed with.');
}

function sharedKey(own: KeyObject, other: KeyObject, keys: readonly [sender: Buffer, recipient: Buffer]): Buffer {
  const shared = diffieHellman({ privateKey: own, publicKey: other });
  return Buffer.from(hkdfSync('sha256', shared, Buffer.concat([...keys]), 'conpaas secrets 1', 32));
}

/** @param key as offered, base64 @returns base64 */
export function sealSecrets(secrets: Secrets, key: string): string {
  const recipient = publicKeyOf(key);
  const { publicKey, privateKey } = generateKeyPairSync('x25519');
  const sender = spki(publicKey);
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', sharedKey(privateKey, recipient, [sender, spki(recipient)]), nonce);
  const text = Buffer.concat([cipher.update(JSON.stringify(secrets), 'utf8'), cipher.final()]);
  return Buffer.concat([sender, nonce, text, cipher.getAuthTag()]).toString('base64');
}

interface Offered {
  readonly privateKey: KeyObject;
  readonly until: number;
}

/** Keys that were offered: in the memory of this process alone, each for one application and one use. */
export class SealingKeys {
  readonly #offered = new Map<string, Offered>();
  readonly #now: () => number;

  /** @param now milliseconds since the epoch */
  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** @returns the public key, base64 */
  offer(application: string): string {
    for (const [name, { until }] of this.#offered) if (until <= this.#now()) this.#offered.delete(name);
    const [oldest] = this.#offered.keys();
    if (this.#offered.size >= most && oldest !== undefined) this.#offered.delete(oldest);
    const { publicKey, privateKey } = generateKeyPairSync('x25519');
    const key = spki(publicKey).toString('base64');
    this.#offered.set(`${application} ${key}`, { privateKey, until: this.#now() + keptMs });
    return key;
  }

  /** @throws ConpaasError conflict: this key is not (or no more) offered for it; invalid_request: not sealed with it */
  open(application: string, key: string, sealed: string): Secrets {
    const name = `${application} ${key}`;
    const offered = this.#offered.get(name);
    if (!offered || offered.until <= this.#now()) {
      throw new ConpaasError('conflict', 'This key is no longer offered. Have the secrets sealed again.', {
        retry: true,
      });
    }
    const recipient = Buffer.from(key, 'base64');
    const bytes = Buffer.from(sealed, 'base64');
    const sender = bytes.subarray(0, recipient.length);
    const nonce = bytes.subarray(sender.length, sender.length + nonceBytes);
    let text: string;
    try {
      const shared = sharedKey(offered.privateKey, publicKeyOf(sender.toString('base64')), [sender, recipient]);
      const decipher = createDecipheriv('aes-256-gcm', shared, nonce).setAuthTag(bytes.subarray(-tagBytes));
      const body = bytes.subarray(sender.length + nonceBytes, -tagBytes);
      text = Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8');
    } catch {
      throw new ConpaasError('invalid_request', 'These secrets were not sealed with this key, or were changed.');
    }
    this.#offered.delete(name);
    return Secrets.parse(JSON.parse(text));
  }
}
