/**
 * Secrets at rest: the root's key, cloud credentials, what the user signs in with. Values are sealed under a random data
 * key, and that is kept by the OS keychain, a passphrase or a key file. Names are in the clear. A vault can be open in several processes.
 */
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { ConpaasError } from '../../remote/core/contract/errors.ts';
import { removeDurably } from '../../remote/core/files/index.ts';
import { readJson, withLock, writeJson } from '../store/index.ts';
import { keyFileName, newProtection, openKey, type Protection, StoredProtection, type Unlock } from './protection.ts';
import { Sealed, seal, unseal } from './sealing.ts';

export interface Vault extends Disposable {
  /** `keyfile`: whoever can read the user's files can read the secrets. The program says so. */
  readonly protection: Protection;
  /** undefined: there is no such secret. */
  get(name: string): Promise<string | undefined>;
  /**
   * Durable when resolved. Names are letters, digits and `._@:/-`, at most 200.
   * @throws ConpaasError conflict: a cloud's credential, and a key file is all that protects it
   */
  set(name: string, value: string): Promise<void>;
  /** A secret that is not there is no error. */
  delete(name: string): Promise<void>;
  /** Names, sorted. */
  list(): Promise<readonly string[]>;
  /** All names and values: for an export. */
  all(): Promise<Readonly<Record<string, string>>>;
  /** Sets several at once: all or none. @param replace whether everything else goes */
  setAll(values: Readonly<Record<string, string>>, replace: boolean): Promise<void>;
  /**
   * Changes passphrase or kind of protection, in one write. Everything is sealed anew: other processes have to unlock
   * again.
   * @throws ConpaasError conflict: a key file is not enough for the credentials of a cloud
   */
  protect(unlock: Unlock): Promise<void>;
}

const fileName = 'vault.json';
const namePattern = /^[A-Za-z0-9][A-Za-z0-9._@:/-]{0,199}$/;

const Content = z.object({
  version: z.literal(1),
  /** Names the data key, so that a process with an older one notices. */
  key: z.string(),
  protection: StoredProtection,
  entries: z.record(z.string(), Sealed),
});
type Content = z.infer<typeof Content>;

/** Credentials of clouds are kept under this: a key file does not do for them. */
export const cloudPrefix = 'cloud/';
/** Of the place where copies of backups go, if that is a cloud's. */
export const bucketSuffix = '/backup-bucket';
const isOfCloud = (name: string): boolean => name.startsWith(cloudPrefix) || name.endsWith(bucketSuffix);

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

  function sealed(name: string, value: string): Sealed {
    if (!namePattern.test(name)) throw new ConpaasError('invalid_request', `A secret cannot be called ${name}.`);
    if (kind === 'keyfile' && isOfCloud(name)) throw needsMore();
    return seal(dataKey, entryPurpose(keyName, name), Buffer.from(value));
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
      await locked(async () => {
        const now = await current();
        await writeJson(file, Content, { ...now, entries: { ...now.entries, [name]: sealed(name, value) } });
      });
    },
    async all() {
      const { key, entries } = await current();
      const open = ([name, one]: [string, Sealed]) =>
        [name, openEntry(dataKey, key, name, one).toString('utf8')] as const;
      return Object.fromEntries(Object.entries(entries).map(open));
    },
    async setAll(values, replace) {
      await locked(async () => {
        const now = await current();
        const fresh = Object.entries(values).map(([name, value]) => [name, sealed(name, value)] as const);
        await writeJson(file, Content, {
          ...now,
          entries: { ...(replace ? {} : now.entries), ...Object.fromEntries(fresh) },
        });
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
        if (next.kind === 'keyfile' && Object.keys(now.entries).some(isOfCloud)) {
          throw needsMore();
        }
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
        if (next.kind !== 'keyfile') await removeDurably(path.join(directory, keyFileName));
      });
    },
    [Symbol.dispose]() {
      dataKey.fill(0);
      keyName = '';
    },
  };
}

function needsMore(): ConpaasError {
  return new ConpaasError(
    'conflict',
    'A key file does not protect the credentials of a cloud well enough. Protect the vault by the keychain or a passphrase first.',
  );
}

function entryPurpose(key: string, name: string): string {
  return `conpaas-vault/1/${key}/entry/${name}`;
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

/** Removes the vault of a directory with its key file. What it held is lost. */
export async function removeVault(directory: string): Promise<void> {
  for (const name of [keyFileName, fileName]) await rm(path.join(directory, name), { force: true });
}
