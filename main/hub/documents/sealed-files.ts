/** Small files that only the vault's owner can read: sealed under a key that is itself a secret of the vault. */
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { z } from 'zod';
import { ConpaasError } from '../../../remote/core/contract/errors.ts';
import { removeDurably, writeFileAtomic } from '../../../remote/core/files/index.ts';
import { withLock } from '../../store/index.ts';
import type { Vault } from '../../vault/index.ts';
import { Sealed, seal, unseal } from '../../vault/sealing.ts';

const keyName = 'drafts.key';
const ending = '.sealed';

/** A file that was changed by somebody else, cut off, or sealed under another key. */
export class DamagedFileError extends ConpaasError {
  constructor(name: string) {
    super('internal', `The draft ${name} cannot be opened: it was damaged. Discard it.`);
  }
}

export interface SealedFiles {
  /** undefined: there is none. @throws DamagedFileError */
  read<Schema extends z.ZodType>(name: string, schema: Schema): Promise<z.output<Schema> | undefined>;
  /** Durable when resolved. */
  write<Schema extends z.ZodType>(name: string, schema: Schema, value: z.input<Schema>): Promise<void>;
  remove(name: string): Promise<void>;
  /** Names, in no order. */
  list(): Promise<readonly string[]>;
  /** Drops the key: it is taken from the vault again when it is next needed. For when the vault is locked. */
  forgetKey(): void;
}

/** @param vault opens the vault; it is closed again once the key was taken */
export function sealedFiles(directory: string, vault: () => Promise<Vault>): SealedFiles {
  const fileOf = (name: string): string => path.join(directory, `${name}${ending}`);
  let known: Promise<Buffer> | undefined;
  const take = async (): Promise<Buffer> => {
    using opened = await vault();
    return await keyOf(directory, opened);
  };
  const key = (): Promise<Buffer> => {
    known ??= take().catch((thrown: unknown) => {
      known = undefined;
      throw thrown;
    });
    return known;
  };
  return {
    async read(name, schema) {
      const content = await readFile(fileOf(name), 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined;
        throw error;
      });
      if (content === undefined) return undefined;
      const opened = await key();
      const sealed = Sealed.safeParse(parsed(content));
      const text = sealed.success ? unseal(opened, purpose(name), sealed.data) : undefined;
      const value = schema.safeParse(text && parsed(text.toString('utf8')));
      if (!value.success) throw new DamagedFileError(name);
      return value.data;
    },
    async write(name, schema, value) {
      const text = Buffer.from(JSON.stringify(schema.parse(value)));
      const sealed = seal(await key(), purpose(name), text);
      await mkdir(directory, { recursive: true, mode: 0o700 });
      await writeFileAtomic(fileOf(name), JSON.stringify(sealed));
    },
    async remove(name) {
      await removeDurably(fileOf(name));
    },
    async list() {
      const files = await readdir(directory).catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return [];
        throw error;
      });
      return files.filter((file) => file.endsWith(ending)).map((file) => file.slice(0, -ending.length));
    },
    forgetKey() {
      known?.then(
        (key) => key.fill(0),
        () => undefined, // whoever asked for it was told
      );
      known = undefined;
    },
  };
}

/** undefined: it is no JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const purpose = (name: string): string => `conpaas-draft/1/${name}`;

/** The key out of the vault, made where there is none. */
async function keyOf(directory: string, vault: Vault): Promise<Buffer> {
  const known = await vault.get(keyName);
  if (known !== undefined) return Buffer.from(known, 'base64');
  await mkdir(directory, { recursive: true, mode: 0o700 });
  return withLock(path.join(directory, 'key.lock'), async () => {
    const made = await vault.get(keyName);
    if (made !== undefined) return Buffer.from(made, 'base64');
    const key = randomBytes(32);
    await vault.set(keyName, key.toString('base64'));
    return key;
  });
}
