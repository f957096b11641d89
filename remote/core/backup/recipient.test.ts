import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { openFrom, recipientOf, sealTo } from './recipient.ts';
import { readSealed, writeSealed } from './sealed-stream.ts';

async function opened(file: string, key: Uint8Array): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of readSealed(file, key)) parts.push(part);
  return Buffer.concat(parts);
}

test('what is sealed to a recipient is opened by its key alone, and tells nothing of the recipient', async () => {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'conpaas-recipient-'));
  await using _directory = { [Symbol.asyncDispose]: () => rm(directory, { recursive: true }) };
  const key = randomBytes(32);
  const recipient = recipientOf(key);
  const content = randomBytes(700_000);
  const files = ['one', 'two'].map((name) => path.join(directory, name));
  for (const file of files) await writeSealed(file, { recipient }, { format: 'any' }, Readable.from([content]));
  for (const file of files) expect((await opened(file, key)).equals(content)).toBe(true);
  await expect(opened(files[0] ?? '', randomBytes(32))).rejects.toThrow('damaged');
  // Whoever seals has nothing that opens: its own key of one use is in no file.
  await expect(opened(files[0] ?? '', Buffer.from(recipient, 'base64'))).rejects.toThrow('damaged');
  const [one, two] = await Promise.all(files.map((file) => readFile(file)));
  expect(one?.equals(two ?? Buffer.alloc(0))).toBe(false);
  expect(one?.includes(recipient)).toBe(false);

  // A changed key of one use, and one that is no key at all.
  const text = (await readFile(files[0] ?? '')).toString('latin1');
  const [, ephemeral = ''] = /"ephemeral":"([^"]+)"/.exec(text) ?? [];
  for (const other of [sealTo(recipient).ephemeral, Buffer.alloc(32).toString('base64'), 'AAAA']) {
    await writeFile(files[0] ?? '', text.replace(ephemeral, other), 'latin1');
    await expect(opened(files[0] ?? '', key)).rejects.toThrow('damaged');
  }
});

test('a key has one recipient, whenever it is asked', () => {
  const key = Buffer.alloc(32, 7);
  expect(recipientOf(key)).toBe(recipientOf(Buffer.alloc(32, 7)));
  expect(recipientOf(key)).not.toBe(recipientOf(Buffer.alloc(32, 8)));
  const { key: sealing, ephemeral } = sealTo(recipientOf(key));
  expect(openFrom(key, ephemeral)).toEqual(sealing);
});
