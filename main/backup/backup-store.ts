/**
 * Backups of one director on this computer, sealed:
 *   <time>-<id>.backup   content, then the files, compressed
 *   blobs/<sha256>       each once, whatever backups refer to it
 * A backup is there when its file is; its blobs are written before it, and removed after it.
 */
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import {
  type BackupPlaceOnDisk,
  type OpenedBackup,
  openBackupFile,
  writeBackupFile,
} from '../../remote/core/backup/backup-file.ts';
import { readBlobFile, writeBlobFile } from '../../remote/core/backup/blob-file.ts';
import { idIn } from '../../remote/core/backup/names.ts';
import { type Kept, type Retention, staying } from '../../remote/core/backup/retention.ts';
import type { BackupContent, BackupFile } from '../../remote/core/contract/backup.ts';
import { ConpaasError } from '../../remote/core/contract/errors.ts';
import { removeDurably } from '../../remote/core/files/index.ts';

export interface BackupInfo {
  readonly id: string;
  readonly createdAt: number;
  /** Version of the program that the director was. */
  readonly product: string;
  readonly point: string;
  /** Names. */
  readonly applications: readonly string[];
  /** With all blobs that it refers to, bytes. */
  readonly size: number;
}

/** One that cannot be used, and why. */
export interface DamagedBackup {
  readonly id: string;
  readonly file: string;
  readonly why: string;
}

export interface BackupList {
  /** The newest first. */
  readonly backups: readonly BackupInfo[];
  readonly damaged: readonly DamagedBackup[];
  /** What all of them take on this computer, bytes. */
  readonly bytes: number;
}

export interface BackupStore {
  list(): Promise<BackupList>;
  /** Whether a blob is held, in the size that it should have. */
  hasBlob(sha256: string): Promise<boolean>;
  /** @throws ConpaasError checksum_mismatch: these bytes are not that blob */
  putBlob(sha256: string, bytes: AsyncIterable<Uint8Array>): Promise<void>;
  /** A blob as it was; its SHA-256 is checked at its end. @throws ConpaasError not_found, checksum_mismatch */
  blob(sha256: string): AsyncGenerator<Buffer, void>;
  /** Whole and durable when resolved. */
  put(content: BackupContent, bytesOf: (file: BackupFile) => AsyncIterable<Uint8Array>): Promise<void>;
  /**
   * @param id the newest where absent
   * @throws ConpaasError not_found, invalid_request (of another deployment, or format), checksum_mismatch
   */
  open(id: string | undefined): Promise<OpenedBackup>;
  /** Reads all of a backup, its blobs too. @throws ConpaasError as `open`, and where anything of it is missing */
  check(backup: OpenedBackup, progress: (text: string) => void, signal: AbortSignal): Promise<void>;
  /** Blobs that each refers to, by the name of its file; of those that can be read. */
  referred(): Promise<ReadonlyMap<string, readonly string[]>>;
  /** Removes what need not stay, and what an interrupted taking has left. */
  prune(retention: Retention, now: number): Promise<void>;
}

export function openBackupStore(options: BackupPlaceOnDisk): BackupStore {
  const { directory, key } = options;
  const openFile = (name: string) => openBackupFile(options, name);
  const blobs = path.join(directory, 'blobs');
  const blobFile = (sha256: string): string => path.join(blobs, sha256);

  async function names(): Promise<string[]> {
    const found = await readdir(directory).catch(ignoreMissing);
    return (found ?? []).filter((name) => name.endsWith('.backup')).sort();
  }

  const store: BackupStore = {
    async list() {
      const backups: BackupInfo[] = [];
      const damaged: DamagedBackup[] = [];
      let bytes = 0;
      for (const name of await names()) {
        bytes += (await stat(path.join(directory, name))).size;
        try {
          const { id, size, content } = await openFile(name);
          const { createdAt, product, point, applications } = content;
          const total = content.blobs.reduce((sum, blob) => sum + blob.size, size);
          backups.push({ id, createdAt, product, point, applications, size: total });
        } catch (error) {
          if (!(error instanceof ConpaasError)) throw error;
          damaged.push({ id: idIn(name), file: name, why: error.message });
        }
      }
      for (const name of (await readdir(blobs).catch(ignoreMissing)) ?? []) bytes += (await stat(blobFile(name))).size;
      return { backups: backups.reverse(), damaged, bytes };
    },
    hasBlob: async (sha256) => (await stat(blobFile(sha256)).catch(ignoreMissing)) !== undefined,
    async putBlob(sha256, bytes) {
      await mkdir(blobs, { recursive: true, mode: 0o700 });
      await writeBlobFile(blobFile(sha256), await key(), sha256, bytes);
    },
    async *blob(sha256) {
      const file = blobFile(sha256);
      if ((await stat(file).catch(ignoreMissing)) === undefined) {
        throw new ConpaasError('not_found', `The blob ${sha256} is missing beside the backup.`);
      }
      yield* readBlobFile(file, await key(), sha256);
    },
    async put(content, bytesOf) {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      await writeBackupFile({ ...options, sealer: await key() }, content, bytesOf);
    },
    async open(id) {
      const all = await names();
      const name = id === undefined ? all.at(-1) : all.find((one) => idIn(one) === id);
      if (name !== undefined) return openFile(name);
      throw new ConpaasError(
        'not_found',
        id === undefined
          ? 'There is no backup of this director on this computer.'
          : `There is no backup ${id}. "conpaas director backups" lists them.`,
      );
    },
    async check({ content, files }, progress, signal) {
      for await (const { file, bytes } of files()) {
        progress(file.name);
        for await (const _ of bytes) signal.throwIfAborted();
      }
      let done = 0;
      for (const { sha256 } of content.blobs) {
        done += 1;
        progress(`archive ${done} of ${content.blobs.length}`);
        for await (const _ of store.blob(sha256)) signal.throwIfAborted();
      }
    },
    async referred() {
      const found = new Map<string, readonly string[]>();
      for (const name of await names()) {
        try {
          found.set(
            name,
            (await openFile(name)).content.blobs.map(({ sha256 }) => sha256),
          );
        } catch (error) {
          if (!(error instanceof ConpaasError)) throw error; // told by `list`
        }
      }
      return found;
    },
    async prune(retention, now) {
      const readable: (Kept & { readonly name: string })[] = [];
      for (const name of await names()) {
        try {
          const { id, size, content } = await openFile(name);
          readable.push({ id, name, size, createdAt: content.createdAt, blobs: content.blobs });
        } catch (error) {
          // It may be whole with another vault: the user decides. Without its content, no blob can be removed.
          if (error instanceof ConpaasError) return;
          throw error;
        }
      }
      const kept = new Set(staying(readable, retention, now));
      for (const { id, name } of readable) if (!kept.has(id)) await removeDurably(path.join(directory, name));
      const used = new Set(
        readable.filter(({ id }) => kept.has(id)).flatMap((one) => one.blobs.map(({ sha256 }) => sha256)),
      );
      for (const name of (await readdir(blobs).catch(ignoreMissing)) ?? []) {
        if (!used.has(name)) await rm(blobFile(name), { force: true });
      }
      for (const name of (await readdir(directory).catch(ignoreMissing)) ?? []) {
        if (name.endsWith('.tmp')) await rm(path.join(directory, name), { force: true });
      }
    },
  };
  return store;
}

function ignoreMissing(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
}
