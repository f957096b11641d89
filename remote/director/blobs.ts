/** Blobs (archives, scripts, dumps, file lists) by SHA-256, as read-only files. */
import { createReadStream } from 'node:fs';
import { chmod, copyFile, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { ConpaasError } from '../core/contract/errors.ts';
import { newId } from '../core/contract/ids.ts';
import type { DownloadBody } from '../core/contract/method.ts';

export class BlobStore {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Takes a checked file over (moved where that is possible). */
  async add(file: { path: string; sha256: string }): Promise<void> {
    const to = this.#path(file.sha256);
    if (await stat(to).catch(() => undefined)) return;
    await mkdir(path.dirname(to), { recursive: true, mode: 0o700 });
    const temporary = `${to}.${newId('new')}`;
    try {
      await rename(file.path, temporary).catch(async (error: NodeJS.ErrnoException) => {
        if (error.code !== 'EXDEV') throw error;
        await copyFile(file.path, temporary);
      });
      await chmod(temporary, 0o400);
      await using handle = await open(temporary, 'r');
      await handle.sync();
      await rename(temporary, to);
    } finally {
      await rm(temporary, { force: true });
    }
  }

  /** Throws `not_found`. */
  async open(sha256: string): Promise<DownloadBody> {
    const file = this.#path(sha256);
    const found = await stat(file).catch(() => undefined);
    if (!found) throw new ConpaasError('not_found', `There is no blob ${sha256.slice(0, 12)}….`);
    return { stream: createReadStream(file), size: found.size, sha256, name: sha256 };
  }

  #path(sha256: string): string {
    return path.join(this.#directory, sha256.slice(0, 2), sha256);
  }
}
