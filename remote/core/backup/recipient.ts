/**
 * Sealing for somebody who is away (X25519, HKDF): who has the recipient's public half makes a key that only the recipient can
 * make again, and forgets it. The public half is written nowhere beside what is sealed: without it nobody can even seal.
 */
import {
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
} from 'node:crypto';
import { Recipient } from '../contract/backup-volume.ts';

/** What stands before the 32 bytes of a key in its DER form (RFC 8410). */
const privateHead = Buffer.from('302e020100300506032b656e04220420', 'hex');
const publicHead = Buffer.from('302a300506032b656e032100', 'hex');

/** What may be told to those who seal for the holder of `key` (256 bits). Always the same. */
export function recipientOf(key: Uint8Array): Recipient {
  return Recipient.parse(bytesOf(createPublicKey(privateHalf(key))).toString('base64'));
}

/** A key of one use, and what must be told with what it seals. */
export function sealTo(recipient: Recipient): { key: Uint8Array; ephemeral: string } {
  const own = generateKeyPairSync('x25519');
  const to = Buffer.from(recipient, 'base64');
  const ephemeral = bytesOf(own.publicKey);
  const shared = diffieHellman({ privateKey: own.privateKey, publicKey: publicHalf(to) });
  return { key: keyFrom(shared, ephemeral, to), ephemeral: ephemeral.toString('base64') };
}

/**
 * The key of one use again.
 * @param key of the recipient
 * @returns undefined: nothing can have been sealed so
 */
export function openFrom(key: Uint8Array, ephemeral: string): Uint8Array | undefined {
  const from = Buffer.from(ephemeral, 'base64');
  if (from.length !== 32) return undefined;
  const own = privateHalf(key);
  try {
    const shared = diffieHellman({ privateKey: own, publicKey: publicHalf(from) });
    return keyFrom(shared, from, bytesOf(createPublicKey(own)));
  } catch {
    return undefined; // a point of small order: nobody's key
  }
}

function keyFrom(shared: Uint8Array, ephemeral: Uint8Array, recipient: Uint8Array): Uint8Array {
  const both = Buffer.concat([ephemeral, recipient]);
  return Buffer.from(hkdfSync('sha256', shared, both, 'conpaas: sealed to a recipient', 32));
}

function privateHalf(key: Uint8Array): KeyObject {
  const seed = Buffer.from(hkdfSync('sha256', key, '', 'conpaas: recipient', 32));
  return createPrivateKey({ key: Buffer.concat([privateHead, seed]), format: 'der', type: 'pkcs8' });
}

function publicHalf(bytes: Uint8Array): KeyObject {
  return createPublicKey({ key: Buffer.concat([publicHead, bytes]), format: 'der', type: 'spki' });
}

function bytesOf(key: KeyObject): Buffer {
  return key.export({ format: 'der', type: 'spki' }).subarray(publicHead.length);
}
