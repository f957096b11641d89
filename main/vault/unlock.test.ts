import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { unlockVault } from './unlock.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(path.join(os.tmpdir(), 'vault-'));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const passphrase = { CONPAAS_PASSPHRASE: 'eight or more' };

test('a new vault takes a key file, or the passphrase that is given', async () => {
  expect((await unlockVault(directory, {})).protection).toBe('keyfile');
  expect((await unlockVault(path.join(directory, 'other'), passphrase)).protection).toBe('passphrase');
});

test('one with a passphrase asks for it, and refuses a wrong one', async () => {
  const vault = await unlockVault(directory, {});
  await vault.set('a', 'kept');
  await vault.protect({ kind: 'passphrase', passphrase: passphrase.CONPAAS_PASSPHRASE });
  await expect(unlockVault(directory, {})).rejects.toThrow(/CONPAAS_PASSPHRASE/);
  await expect(unlockVault(directory, { CONPAAS_PASSPHRASE: 'something else' })).rejects.toThrow(/not the passphrase/);
  expect(await (await unlockVault(directory, passphrase)).get('a')).toBe('kept');
});
