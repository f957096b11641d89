/** What a process proves itself with, and its files: `key.pem`, `certificate.pem`, `roots.pem`, 0600 in a 0700 directory. */
import { randomBytes } from 'node:crypto';
import { chmod, link, mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { syncDirectory, writeFileAtomic } from '../files/index.ts';
import { isKeyOf } from './certificate.ts';
import { generateKey } from './keys.ts';
import { splitPem } from './peer.ts';
import { createRequest } from './request.ts';

/** PEM material of one identity. */
export interface Credentials {
  /** PKCS#8. */
  readonly key: string;
  /** The leaf, then the intermediate. */
  readonly certificate: string;
  readonly roots: readonly string[];
}

export interface CredentialFiles {
  readonly directory: string;
  /** The key of this process: made and stored at the first call, the same for ever. Safe to call from several places at once. */
  key(): Promise<string>;
  /** A CSR for that key, kept beside it. */
  request(): Promise<string>;
  /** undefined before the first `save`, or where the certificate is not of this key. */
  load(): Promise<Credentials | undefined>;
  /** Stores a certificate of that key durably. */
  save(issued: { readonly certificate: string; readonly roots: readonly string[] }): Promise<Credentials>;
}

/** Opens (and makes) the directory that holds the credentials of one process. */
export async function openCredentials(directory: string): Promise<CredentialFiles> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await chmod(directory, 0o700);
  const path = (name: string) => join(directory, name);

  async function key(): Promise<string> {
    const stored = await readIfThere(path('key.pem'));
    if (stored !== undefined) return stored;
    const fresh = await generateKey();
    return (await writeOnce(directory, 'key.pem', fresh)) ? fresh : readFile(path('key.pem'), 'utf8');
  }

  return {
    directory,
    key,
    async request() {
      const stored = await readIfThere(path('request.pem'));
      if (stored !== undefined) return stored;
      const fresh = await createRequest(await key());
      await writeFileAtomic(path('request.pem'), fresh);
      return fresh;
    },
    async load() {
      const [privateKey, certificate, roots] = await Promise.all(
        ['key.pem', 'certificate.pem', 'roots.pem'].map((name) => readIfThere(path(name))),
      );
      if (privateKey === undefined || certificate === undefined || roots === undefined) return undefined;
      if (!isKeyOf(privateKey, certificate)) return undefined;
      return { key: privateKey, certificate, roots: splitPem(roots) };
    },
    async save({ certificate, roots }) {
      // The certificate comes last: where it is, all is.
      await writeFileAtomic(path('roots.pem'), roots.map((root) => `${root.trim()}\n`).join(''));
      await writeFileAtomic(path('certificate.pem'), certificate);
      return { key: await key(), certificate, roots };
    },
  };
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Creates a whole, durable file unless there is one already; whether it did. */
async function writeOnce(directory: string, name: string, content: string): Promise<boolean> {
  const temporary = join(directory, `.${name}.${randomBytes(6).toString('hex')}.tmp`);
  try {
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await link(temporary, join(directory, name));
    await syncDirectory(directory);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(temporary, { force: true });
  }
}
