/** Blobs of the application on this machine: fetched from the director once, checked, named by their SHA-256. */
import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ConpaasError } from '../core/contract/errors.ts';
import { BlobHash } from '../core/contract/ids.ts';
import type { DirectorClient } from '../core/process/index.ts';

export interface Blobs {
  /**
   * Path of a blob, fetched if it is not here.
   * @throws ConpaasError checksum_mismatch, unreachable, or what the director answers
   */
  get(hash: string, signal: AbortSignal): Promise<string>;
  /** Removes blobs that no text of `wanted` mentions and that nobody has asked for in the last hour. */
  sweep(wanted: readonly string[]): Promise<void>;
}

interface Fetch {
  readonly result: Promise<string>;
  readonly stop: AbortController;
  waiting: number;
}

const idleMs = 3_600_000;

/** Opens the cache in a directory of ours. */
export function createBlobs(directory: string, director: () => DirectorClient): Blobs {
  /** One fetch of a blob, whoever asks; it ends when nobody waits for it any more. */
  const fetching = new Map<string, Fetch>();

  async function fetch(hash: BlobHash, signal: AbortSignal): Promise<string> {
    const target = path.join(directory, hash);
    await mkdir(directory, { recursive: true, mode: 0o700 });
    if (await stat(target).catch(() => undefined)) {
      if ((await digest(target)) === hash) {
        await utimes(target, new Date(), new Date());
        return target;
      }
      await rm(target); // the disk has lost some of it
    }
    const temporary = `${target}.${randomBytes(6).toString('hex')}.part`;
    try {
      const { stream } = await director().download('download_blob', { blob: hash }, { signal });
      await pipeline(stream, createWriteStream(temporary, { mode: 0o600, flags: 'wx' }), { signal });
      if ((await digest(temporary)) !== hash) {
        throw new ConpaasError('checksum_mismatch', `The director sent something else than the blob ${hash}.`, {
          retry: true,
        });
      }
      await rename(temporary, target);
      return target;
    } finally {
      await rm(temporary, { force: true });
    }
  }

  return {
    async get(text, signal) {
      const hash = BlobHash.parse(text);
      signal.throwIfAborted();
      let entry = fetching.get(hash);
      if (!entry) {
        const stop = new AbortController();
        const fresh: Fetch = { result: fetch(hash, stop.signal), stop, waiting: 0 };
        const forget = () => {
          if (fetching.get(hash) === fresh) fetching.delete(hash);
        };
        fresh.result.then(forget, forget); // those who wait are told
        fetching.set(hash, fresh);
        entry = fresh;
      }
      entry.waiting += 1;
      const left = new Promise<never>((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      });
      try {
        return await Promise.race([entry.result, left]);
      } finally {
        entry.waiting -= 1;
        if (entry.waiting === 0 && fetching.get(hash) === entry) {
          fetching.delete(hash);
          entry.stop.abort(new Error('nobody waits for this blob any more'));
        }
      }
    },
    async sweep(wanted) {
      const text = wanted.join('\n');
      for (const name of await readdir(directory).catch(() => [])) {
        if (text.includes(name) || fetching.has(name.slice(0, 64))) continue;
        const file = path.join(directory, name);
        const used = (await stat(file).catch(() => undefined))?.mtimeMs ?? 0;
        if (Date.now() - used > idleMs) await rm(file, { force: true });
      }
    },
  };
}

async function digest(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
