/** Blobs (archives, scripts, dumps, file lists) by SHA-256, as read-only files. */
import { createReadStream } from 'node:fs';
import { chmod, copyFile, mkdir, open, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
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
    if (await stat(to).catch(() => undefined)) {
      // Wanted again: the collector must not take it from under whoever has just uploaded it.
      const now = new Date();
      await utimes(to, now, now);
      return;
    }
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

  /** Of those that are here: size in bytes. */
  async sizes(hashes: Iterable<string>): Promise<{ sha256: string; size: number }[]> {
    const found: { sha256: string; size: number }[] = [];
    for (const sha256 of hashes) {
      const info = await stat(this.#path(sha256)).catch(() => undefined);
      if (info) found.push({ sha256, size: info.size });
    }
    return found;
  }

  /**
   * Deletes blobs that nothing refers to and that nobody has touched for a while (an upload is used a little later than
   * it arrives).
   * @param used hashes that something refers to
   * @param idleMs how long a blob must have been left alone, in milliseconds
   * @returns how many were deleted
   */
  async collect(used: ReadonlySet<string>, idleMs: number, now = Date.now()): Promise<number> {
    let deleted = 0;
    for (const folder of await readdir(this.#directory).catch(() => [])) {
      for (const name of await readdir(path.join(this.#directory, folder))) {
        const file = path.join(this.#directory, folder, name);
        const info = await stat(file).catch(() => undefined);
        if (!info || used.has(name) || now - info.mtimeMs < idleMs) continue;
        await rm(file, { force: true });
        deleted += 1;
      }
    }
    return deleted;
  }

  #path(sha256: string): string {
    return path.join(this.#directory, sha256.slice(0, 2), sha256);
  }
}
