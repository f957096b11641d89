import { expect, test } from 'vitest';
import { createKeyPair } from './keys.ts';

/** Of an Ed25519 key (RFC 8709, section 4): a length, "ssh-ed25519", a length, 32 bytes. */
const blobBytes = 4 + 'ssh-ed25519'.length + 4 + 32;

test('every key pair is whole, also where its public half begins with a byte of 0', async () => {
  for (let made = 0; made < 1500; made += 1) {
    const { public: line } = await createKeyPair();
    expect(Buffer.from(line.split(' ')[1] ?? '', 'base64').length).toBe(blobBytes);
  }
});
