/** How a vault's data key is kept: wrapped by the OS keychain, by a passphrase, or by a key file beside the vault. */
import { randomBytes } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { ConpaasError } from '../../remote/core/contract/errors.ts';
import { writeFileAtomic } from '../../remote/core/files/index.ts';
import type { Keychain } from './keychain.ts';
import { deriveKey, newScryptSettings, ScryptSettings, Sealed, seal, unseal } from './sealing.ts';

/** How a vault is opened, and, where there is none yet, made. */
export type Unlock =
  | { readonly kind: 'keychain'; readonly keychain: Keychain }
  | { readonly kind: 'passphrase'; readonly passphrase: string }
  | { readonly kind: 'keyfile' };
export type Protection = Unlock['kind'];

export const StoredProtection = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('keychain'), backend: z.string(), wrappedKey: z.string() }),
  z.object({ kind: z.literal('passphrase'), scrypt: ScryptSettings, sealedKey: Sealed }),
  z.object({ kind: z.literal('keyfile'), sealedKey: Sealed }),
]);
export type StoredProtection = z.infer<typeof StoredProtection>;

export const keyFileName = 'vault.key';
export const shortestPassphrase = 8;

/** What a keychain wraps: the name keeps the key of one vault from being taken for that of another. */
const Wrapped = z.object({ vault: z.string(), key: z.base64() });

function keyPurpose(key: string): string {
  return `conpaas-vault/1/${key}/key`;
}

/** A fresh data key, its name, and how it is kept. */
export async function newProtection(
  directory: string,
  unlock: Unlock,
): Promise<{ dataKey: Buffer; key: string; protection: StoredProtection }> {
  const dataKey = randomBytes(32);
  const key = randomBytes(8).toString('hex');
  switch (unlock.kind) {
    case 'keychain': {
      const { keychain } = unlock;
      const wrappedKey = await keychain.wrap(JSON.stringify({ vault: key, key: dataKey.toString('base64') }));
      return { dataKey, key, protection: { kind: 'keychain', backend: keychain.backend, wrappedKey } };
    }
    case 'keyfile': {
      const wrapping = await makeKeyFile(path.join(directory, keyFileName));
      return { dataKey, key, protection: { kind: 'keyfile', sealedKey: seal(wrapping, keyPurpose(key), dataKey) } };
    }
    case 'passphrase': {
      checkPassphrase(unlock.passphrase);
      const settings = newScryptSettings();
      const wrapping = await deriveKey(unlock.passphrase, settings);
      const sealedKey = seal(wrapping, keyPurpose(key), dataKey);
      return { dataKey, key, protection: { kind: 'passphrase', scrypt: settings, sealedKey } };
    }
  }
}

/** @throws ConpaasError invalid_request: too short */
export function checkPassphrase(passphrase: string): void {
  if ([...passphrase].length >= shortestPassphrase) return;
  throw new ConpaasError('invalid_request', `A passphrase needs ${shortestPassphrase} characters or more.`);
}

const isProtectedBy: Readonly<Record<Protection, string>> = {
  keychain: 'the keychain of this computer',
  passphrase: 'a passphrase',
  keyfile: 'a key file',
};

/** The data key. @throws ConpaasError unauthenticated, conflict (it is protected in another way), forbidden */
export async function openKey(
  directory: string,
  { key, protection }: { readonly key: string; readonly protection: StoredProtection },
  unlock: Unlock,
): Promise<Buffer> {
  if (protection.kind === 'keychain' && unlock.kind === 'keychain') {
    const opened = Wrapped.safeParse(parse(await unlock.keychain.unwrap(protection.wrappedKey)));
    if (opened.success && opened.data.vault === key) return Buffer.from(opened.data.key, 'base64');
    throw new ConpaasError('unauthenticated', 'What the keychain has kept is not the key of this vault.');
  }
  if (protection.kind === 'passphrase' && unlock.kind === 'passphrase') {
    const wrapping = await deriveKey(unlock.passphrase, protection.scrypt);
    const dataKey = unseal(wrapping, keyPurpose(key), protection.sealedKey);
    if (!dataKey) throw new ConpaasError('unauthenticated', 'This is not the passphrase of the vault. Try again.');
    return dataKey;
  }
  if (protection.kind === 'keyfile' && unlock.kind === 'keyfile') {
    const dataKey = unseal(await readKeyFile(path.join(directory, keyFileName)), keyPurpose(key), protection.sealedKey);
    if (!dataKey) throw new ConpaasError('unauthenticated', `${keyFileName} is not the key file of this vault.`);
    return dataKey;
  }
  throw new ConpaasError(
    'conflict',
    `This vault is protected by ${isProtectedBy[protection.kind]}, not by ${isProtectedBy[unlock.kind]}.`,
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // refused by its schema
  }
}

/** The key file: the one that is there (left by a crash before the vault was written), or a new one. */
async function makeKeyFile(file: string): Promise<Buffer> {
  try {
    await stat(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    await writeFileAtomic(file, `${randomBytes(32).toString('base64')}\n`);
  }
  return readKeyFile(file);
}

async function readKeyFile(file: string): Promise<Buffer> {
  let text: string;
  try {
    const { mode } = await stat(file);
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      throw new ConpaasError('forbidden', `Others may read the key of the vault. Run: chmod 600 '${file}'`);
    }
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new ConpaasError(
      'unauthenticated',
      `The key file of the vault, ${file}, is missing. Restore it from a copy.`,
    );
  }
  const key = Buffer.from(text.trim(), 'base64');
  if (key.length !== 32) throw new ConpaasError('unauthenticated', `${file} is not a key file of a vault.`);
  return key;
}
