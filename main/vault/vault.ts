/**
 * Secrets at rest: the root's key, cloud credentials, what the user signs in with. Values are sealed under a random data
 * key, and that under a passphrase or a key file. Names are in the clear. A vault can be open in several processes.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { ConpaasError } from '../../remote/core/contract/errors.ts';
import { removeDurably, writeFileAtomic } from '../../remote/core/files/index.ts';
import { readJson, withLock, writeJson } from '../store/index.ts';
import { deriveKey, newScryptSettings, ScryptSettings, Sealed, seal, unseal } from './sealing.ts';

/** How a vault is opened, and, where there is none yet, made. */
export type Unlock = { readonly kind: 'passphrase'; readonly passphrase: string } | { readonly kind: 'keyfile' };
export type Protection = Unlock['kind'];

export interface Vault extends Disposable {
  /** `keyfile`: whoever can read the user's files can read the secrets. The program says so. */
  readonly protection: Protection;
  /** undefined: there is no such secret. */
  get(name: string): Promise<string | undefined>;
  /** Durable when resolved. Names are letters, digits and `._@:/-`, at most 200. */
  set(name: string, value: string): Promise<void>;
  /** A secret that is not there is no error. */
  delete(name: string): Promise<void>;
  /** Names, sorted. */
  list(): Promise<readonly string[]>;
  /** Changes passphrase or kind of protection. Everything is sealed anew: other processes have to unlock again. */
  protect(unlock: Unlock): Promise<void>;
}

const fileName = 'vault.json';
const keyFileName = 'vault.key';
const shortestPassphrase = 8;
const namePattern = /^[A-Za-z0-9][A-Za-z0-9._@:/-]{0,199}$/;

const Content = z.object({
  version: z.literal(1),
  /** Names the data key, so that a process with an older one notices. */
  key: z.string(),
  protection: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('passphrase'), scrypt: ScryptSettings, sealedKey: Sealed }),
    z.object({ kind: z.literal('keyfile'), sealedKey: Sealed }),
  ]),
  entries: z.record(z.string(), Sealed),
});
type Content = z.infer<typeof Content>;

/** How the vault of a directory is protected; undefined: there is none. For asking the right question first. */
export async function vaultProtection(directory: string): Promise<Protection | undefined> {
  return (await readJson(path.join(directory, fileName), Content))?.protection.kind;
}

/**
 * Opens the vault of a directory, or makes it.
 * @throws ConpaasError unauthenticated: wrong passphrase, wrong or missing key file; invalid_request: passphrase too short;
 * conflict: it is protected the other way; forbidden: others may read the key file
 */
export async function openVault(directory: string, unlock: Unlock): Promise<Vault> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const file = path.join(directory, fileName);
  const locked = <T>(work: () => Promise<T>): Promise<T> => withLock(`${file}.lock`, work);

  let content = await readJson(file, Content);
  if (!content) {
    content = await locked(async () => (await readJson(file, Content)) ?? (await create(directory, file, unlock)));
  }
  let dataKey = await openKey(directory, content, unlock);
  let keyName = content.key;
  let { kind } = content.protection;

  /** The content as it is now; other processes write too. */
  async function current(): Promise<Content> {
    const now = await readJson(file, Content);
    if (!now) throw new ConpaasError('not_found', `The vault ${file} has been removed.`);
    if (now.key !== keyName) {
      throw new ConpaasError('unauthenticated', 'The protection of the vault was changed meanwhile: unlock it again.');
    }
    return now;
  }

  return {
    get protection() {
      return kind;
    },
    async get(name) {
      const { key, entries } = await current();
      const sealed = Object.hasOwn(entries, name) ? entries[name] : undefined;
      return sealed && openEntry(dataKey, key, name, sealed).toString('utf8');
    },
    async set(name, value) {
      if (!namePattern.test(name)) throw new ConpaasError('invalid_request', `A secret cannot be called ${name}.`);
      await locked(async () => {
        const now = await current();
        const sealed = seal(dataKey, entryPurpose(now.key, name), Buffer.from(value));
        await writeJson(file, Content, { ...now, entries: { ...now.entries, [name]: sealed } });
      });
    },
    async delete(name) {
      await locked(async () => {
        const now = await current();
        if (!Object.hasOwn(now.entries, name)) return;
        const { [name]: _, ...entries } = now.entries;
        await writeJson(file, Content, { ...now, entries });
      });
    },
    async list() {
      return Object.keys((await current()).entries).sort();
    },
    async protect(next) {
      await locked(async () => {
        const now = await current();
        const fresh = await newProtection(directory, next);
        const entries = Object.entries(now.entries).map(([name, sealed]) => {
          const value = openEntry(dataKey, now.key, name, sealed);
          return [name, seal(fresh.dataKey, entryPurpose(fresh.key, name), value)] as const;
        });
        await writeJson(file, Content, {
          version: 1,
          key: fresh.key,
          protection: fresh.protection,
          entries: Object.fromEntries(entries),
        });
        dataKey.fill(0);
        dataKey = fresh.dataKey;
        keyName = fresh.key;
        kind = next.kind;
        if (next.kind === 'passphrase') await removeDurably(path.join(directory, keyFileName));
      });
    },
    [Symbol.dispose]() {
      dataKey.fill(0);
      keyName = '';
    },
  };
}

function entryPurpose(key: string, name: string): string {
  return `conpaas-vault/1/${key}/entry/${name}`;
}

function keyPurpose(key: string): string {
  return `conpaas-vault/1/${key}/key`;
}

function openEntry(dataKey: Buffer, key: string, name: string, sealed: Sealed): Buffer {
  const value = unseal(dataKey, entryPurpose(key, name), sealed);
  if (!value) throw new ConpaasError('internal', `The secret ${name} in the vault is damaged. Restore a copy of it.`);
  return value;
}

async function create(directory: string, file: string, unlock: Unlock): Promise<Content> {
  const { dataKey, key, protection } = await newProtection(directory, unlock);
  dataKey.fill(0);
  const content: Content = { version: 1, key, protection, entries: {} };
  await writeJson(file, Content, content);
  return content;
}

async function newProtection(
  directory: string,
  unlock: Unlock,
): Promise<{ dataKey: Buffer; key: string; protection: Content['protection'] }> {
  const dataKey = randomBytes(32);
  const key = randomBytes(8).toString('hex');
  if (unlock.kind === 'keyfile') {
    const wrapping = await makeKeyFile(path.join(directory, keyFileName));
    return { dataKey, key, protection: { kind: 'keyfile', sealedKey: seal(wrapping, keyPurpose(key), dataKey) } };
  }
  if ([...unlock.passphrase].length < shortestPassphrase) {
    throw new ConpaasError('invalid_request', `A passphrase needs ${shortestPassphrase} characters or more.`);
  }
  const settings = newScryptSettings();
  const wrapping = await deriveKey(unlock.passphrase, settings);
  const sealedKey = seal(wrapping, keyPurpose(key), dataKey);
  return { dataKey, key, protection: { kind: 'passphrase', scrypt: settings, sealedKey } };
}

async function openKey(directory: string, { key, protection }: Content, unlock: Unlock): Promise<Buffer> {
  if (protection.kind === 'passphrase') {
    if (unlock.kind !== 'passphrase') {
      throw new ConpaasError('conflict', 'This vault is protected by a passphrase, which is needed to open it.');
    }
    const wrapping = await deriveKey(unlock.passphrase, protection.scrypt);
    const dataKey = unseal(wrapping, keyPurpose(key), protection.sealedKey);
    if (!dataKey) throw new ConpaasError('unauthenticated', 'This is not the passphrase of the vault. Try again.');
    return dataKey;
  }
  if (unlock.kind !== 'keyfile') {
    throw new ConpaasError('conflict', 'This vault is protected by a key file, not by a passphrase.');
  }
  const dataKey = unseal(await readKeyFile(path.join(directory, keyFileName)), keyPurpose(key), protection.sealedKey);
  if (!dataKey) throw new ConpaasError('unauthenticated', `${keyFileName} is not the key file of this vault.`);
  return dataKey;
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

/** Removes the vault of a directory with its key file. What it held is lost. */
export async function removeVault(directory: string): Promise<void> {
  for (const name of [keyFileName, fileName]) await rm(path.join(directory, name), { force: true });
}
