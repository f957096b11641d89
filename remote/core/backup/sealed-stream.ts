/**
 * Files of any size, sealed: one line of JSON that anybody may read, then AES-256-GCM in pieces, so that nothing is held in
 * memory and nothing is handed out that was not checked. Each file has a key of its own, derived (HKDF) from the given one
 * and the whole first line, so a changed line opens nothing. Pieces are numbered and the last one is marked (STREAM, Hoang
 * et al. 2015): none can be left out, swapped or appended. Whoever has only the recipient of a key seals with it, and opens
 * nothing afterwards (`recipient.ts`); whoever has the key opens both.
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { Recipient } from '../contract/backup-volume.ts';
import { ConpaasError } from '../contract/errors.ts';
import { writeInPlace } from '../files/index.ts';
import { openFrom, sealTo } from './recipient.ts';

const pieceBytes = 256 * 1024;
const tagBytes = 16;
/** Longer ones are none of ours. */
const longestHead = 4096;

const Salted = z.looseObject({ salt: z.base64(), ephemeral: z.base64().optional() });

/** What a file is sealed with: a key, which opens it too, or what a key made known to those who may only seal. */
export type Sealer = Uint8Array | { readonly recipient: Recipient };

/**
 * Writes a sealed file (0600): whole and durable when resolved, not there otherwise.
 * @param head what anybody may read
 * @returns its size in bytes
 */
export async function writeSealed(
  file: string,
  sealer: Sealer,
  head: Readonly<Record<string, string | number>>,
  content: AsyncIterable<Uint8Array>,
): Promise<number> {
  const { key, ...told } = sealer instanceof Uint8Array ? { key: sealer } : sealTo(sealer.recipient);
  const line = Buffer.from(`${JSON.stringify({ ...head, ...told, salt: randomBytes(32).toString('base64') })}\n`);
  const own = keyOf(key, line);
  let size = 0;
  await writeInPlace(file, async (handle) => {
    const write = async (bytes: Uint8Array): Promise<void> => {
      await handle.writeFile(bytes);
      size += bytes.length;
    };
    await write(line);
    let number = 0;
    let rest = Buffer.alloc(0);
    for await (const bytes of content) {
      rest = Buffer.concat([rest, bytes]);
      // Of what is there, at least one byte waits: the last piece is known by what comes after it.
      while (rest.length > pieceBytes) {
        await write(sealPiece(own, number, false, rest.subarray(0, pieceBytes)));
        rest = rest.subarray(pieceBytes);
        number += 1;
      }
    }
    await write(sealPiece(own, number, true, rest));
  });
  return size;
}

/** The first line of a sealed file; undefined where it has none. @throws ENOENT */
export async function readHead(file: string): Promise<unknown> {
  await using handle = await open(file, 'r');
  return parse((await readLine(handle))?.toString('utf8'));
}

/**
 * What is in a sealed file: each piece is checked before it is given, the end when it is reached.
 * @throws ConpaasError checksum_mismatch: another key, or changed
 */
export async function* readSealed(file: string, key: Uint8Array): AsyncGenerator<Buffer, void> {
  await using handle = await open(file, 'r');
  const line = await readLine(handle);
  const salted = line && Salted.safeParse(parse(line.toString('utf8'))).data;
  if (!line || !salted) throw damaged(file);
  const shared = salted.ephemeral === undefined ? key : openFrom(key, salted.ephemeral);
  if (!shared) throw damaged(file);
  const own = keyOf(shared, line);
  const { size } = await handle.stat();
  let position = line.length;
  for (let number = 0; ; number += 1) {
    const length = Math.min(pieceBytes + tagBytes, size - position);
    const isLast = position + length === size;
    const piece = Buffer.alloc(Math.max(length, 0));
    await handle.read(piece, 0, piece.length, position);
    const opened = length < tagBytes ? undefined : openPiece(own, number, isLast, piece);
    if (!opened) throw damaged(file);
    position += length;
    yield opened;
    if (isLast) return;
  }
}

function damaged(file: string): ConpaasError {
  return new ConpaasError(
    'checksum_mismatch',
    `${path.basename(file)} is damaged, or was sealed with another key than this vault has.`,
  );
}

function keyOf(key: Uint8Array, line: Buffer): Buffer {
  const { salt } = Salted.parse(parse(line.toString('utf8')));
  return Buffer.from(hkdfSync('sha256', key, Buffer.from(salt, 'base64'), line, 32));
}

/** Never twice under a key: each file has its own. */
function nonceOf(number: number, isLast: boolean): Buffer {
  const nonce = Buffer.alloc(12);
  nonce.writeUInt32BE(number, 7);
  nonce[11] = isLast ? 1 : 0;
  return nonce;
}

function sealPiece(key: Buffer, number: number, isLast: boolean, text: Uint8Array): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, nonceOf(number, isLast), { authTagLength: tagBytes });
  return Buffer.concat([cipher.update(text), cipher.final(), cipher.getAuthTag()]);
}

function openPiece(key: Buffer, number: number, isLast: boolean, piece: Buffer): Buffer | undefined {
  const decipher = createDecipheriv('aes-256-gcm', key, nonceOf(number, isLast), { authTagLength: tagBytes });
  decipher.setAuthTag(piece.subarray(-tagBytes));
  try {
    return Buffer.concat([decipher.update(piece.subarray(0, -tagBytes)), decipher.final()]);
  } catch {
    return undefined; // the tag does not fit
  }
}

async function readLine(handle: Awaited<ReturnType<typeof open>>): Promise<Buffer | undefined> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(longestHead), 0, longestHead, 0);
  const end = buffer.subarray(0, bytesRead).indexOf(0x0a);
  return end < 0 ? undefined : buffer.subarray(0, end + 1);
}

function parse(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined; // none of ours
  }
}
