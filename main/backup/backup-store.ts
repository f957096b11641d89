/**
 * Backups of one director on this computer, sealed:
 *   <time>-<id>.backup   content, then the files, compressed
 *   blobs/<sha256>       each once, whatever backups refer to it
 * A backup is there when its file is; its blobs are written before it, and removed after it.
 */
import { createHash } from 'node:crypto';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { Readable, type Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { z } from 'zod';
import { BackupContent, type BackupFile } from '../../remote/core/contract/backup.ts';
import { ConpaasError } from '../../remote/core/contract/errors.ts';
import type { DeploymentId } from '../../remote/core/contract/ids.ts';
import { crashPoint, removeDurably } from '../../remote/core/files/index.ts';
import { type Kept, type Retention, staying } from './retention.ts';
import { readHead, readSealed, writeSealed } from './sealed-stream.ts';

const format = 'conpaas-director-backup';
const blobFormat = 'conpaas-director-backup-blob';
/** Of the files that this program writes, and reads. */
const version = 1;
/** A list of blobs is longer by 100 bytes for each. */
const longestContent = 64 * 1024 ** 2;

const Head = z.looseObject({ format: z.string(), version: z.number().int() });
const BackupHead = z.object({
  format: z.literal(format),
  version: z.literal(version),
  deployment: z.string(),
  id: z.string().regex(/^[a-z0-9-]{1,64}$/),
  createdAt: z.number(),
});

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

export interface OpenedBackup {
  readonly content: BackupContent;
  /** The files in their order; each must be read to its end before the next. Checked by their SHA-256 at their end. */
  files(): AsyncGenerator<{ readonly file: BackupFile; readonly bytes: AsyncIterable<Buffer> }, void>;
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

export function openBackupStore(options: {
  readonly directory: string;
  readonly deployment: DeploymentId;
  /** 256 bits. */
  key(): Promise<Uint8Array>;
}): BackupStore {
  const { directory, deployment, key } = options;
  const blobs = path.join(directory, 'blobs');
  const blobFile = (sha256: string): string => path.join(blobs, sha256);

  async function names(): Promise<string[]> {
    const found = await readdir(directory).catch(ignoreMissing);
    return (found ?? []).filter((name) => name.endsWith('.backup')).sort();
  }

  /** @throws ConpaasError, see `open` */
  async function headOf(name: string): Promise<z.infer<typeof BackupHead>> {
    const file = path.join(directory, name);
    const text = await readHead(file);
    const found = Head.safeParse(text);
    if (!found.success || found.data.format !== format) {
      throw new ConpaasError('invalid_request', `${name} is not a backup of a director.`);
    }
    if (found.data.version !== version) {
      throw new ConpaasError(
        'invalid_request',
        `${name} was written by another version of ConPaaS (format ${found.data.version}, known is ${version}).`,
      );
    }
    const head = BackupHead.safeParse(text);
    if (!head.success) throw new ConpaasError('checksum_mismatch', `${name} is damaged.`);
    if (head.data.deployment !== deployment) {
      throw new ConpaasError('invalid_request', `${name} is a backup of another deployment (${head.data.deployment}).`);
    }
    return head.data;
  }

  async function openFile(name: string): Promise<OpenedBackup & { readonly id: string; readonly size: number }> {
    const head = await headOf(name);
    const file = path.join(directory, name);
    const sealed = await key();
    const begin = () => unpacked(readSealed(file, sealed), name);
    const bytes = begin();
    const content = await contentOf(bytes, name);
    await bytes.return();
    if (content.createdAt !== head.createdAt) throw new ConpaasError('checksum_mismatch', `${name} is damaged.`);
    return {
      id: head.id,
      size: (await stat(file)).size,
      content,
      async *files() {
        const all = begin();
        try {
          await contentOf(all, name);
          for (const one of content.files) {
            const reading = exactly(all, one, name);
            yield { file: one, bytes: reading };
            // Who has not read it to its end must not get the next.
            for await (const _ of reading);
          }
        } finally {
          await all.return();
        }
      },
    };
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
      const head = { format: blobFormat, version, sha256 };
      await writeSealed(blobFile(sha256), await key(), head, hashed(bytes, sha256, `the blob ${sha256}`));
    },
    async *blob(sha256) {
      const file = blobFile(sha256);
      if ((await stat(file).catch(ignoreMissing)) === undefined) {
        throw new ConpaasError('not_found', `The blob ${sha256} is missing beside the backup.`);
      }
      yield* hashed(readSealed(file, await key()), sha256, `the blob ${sha256}`);
    },
    async put(content, bytesOf) {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      const name = `${new Date(content.createdAt).toISOString().replaceAll(':', '')}-${content.backup}.backup`;
      async function* plain(): AsyncGenerator<Uint8Array, void> {
        yield Buffer.from(`${JSON.stringify(content)}\n`);
        for (const file of content.files) yield* hashed(bytesOf(file), file.sha256, file.name);
      }
      const { backup: id, createdAt } = content;
      const head = { format, version, deployment, id, createdAt };
      crashPoint('backup', 'before');
      await writeSealed(path.join(directory, name), await key(), head, through(plain(), createGzip()));
      crashPoint('backup', 'after');
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

function idIn(name: string): string {
  return /-(backup-[a-z2-7]+)\.backup$/.exec(name)?.[1] ?? name;
}

function ignoreMissing(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
}

/** Bytes through a transformation; ends with whatever either of the two fails with. */
async function* through(source: AsyncIterable<Uint8Array>, transform: Transform): AsyncGenerator<Buffer, void> {
  // Its failure comes by the transformation, which it destroys.
  pipeline(Readable.from(source, { objectMode: false }), transform).catch(() => undefined);
  yield* transform as AsyncIterable<Buffer>;
}

/** The bytes below the compression; a broken stream of it means a damaged file. */
async function* unpacked(sealed: AsyncIterable<Buffer>, name: string): AsyncGenerator<Buffer, void> {
  try {
    yield* through(sealed, createGunzip());
  } catch (error) {
    if (error instanceof ConpaasError) throw error;
    throw new ConpaasError('checksum_mismatch', `${name} is damaged.`);
  }
}

/** The first line; what follows it is left to be read. */
async function contentOf(bytes: AsyncGenerator<Buffer, void>, name: string): Promise<BackupContent> {
  const line = await lineOf(bytes);
  const parsed = BackupContent.safeParse(line === undefined ? undefined : JSON.parse(line));
  if (parsed.success) return parsed.data;
  throw new ConpaasError('checksum_mismatch', `${name} is damaged.`);
}

/** Bytes that were read too far, to be read again first. */
const readAhead = new WeakMap<AsyncGenerator<Buffer, void>, Buffer>();

async function nextOf(bytes: AsyncGenerator<Buffer, void>): Promise<Buffer | undefined> {
  const ahead = readAhead.get(bytes);
  if (ahead) {
    readAhead.delete(bytes);
    return ahead;
  }
  const next = await bytes.next();
  return next.done ? undefined : next.value;
}

async function lineOf(bytes: AsyncGenerator<Buffer, void>): Promise<string | undefined> {
  const parts: Buffer[] = [];
  for (let length = 0; length < longestContent; ) {
    const next = await nextOf(bytes);
    if (next === undefined) return undefined;
    const end = next.indexOf(0x0a);
    if (end < 0) {
      parts.push(next);
      length += next.length;
      continue;
    }
    if (end + 1 < next.length) readAhead.set(bytes, next.subarray(end + 1));
    return Buffer.concat([...parts, next.subarray(0, end)]).toString('utf8');
  }
  return undefined;
}

/** The next file of the stream: as many bytes as it has. @throws ConpaasError checksum_mismatch */
async function* exactly(
  bytes: AsyncGenerator<Buffer, void>,
  { name, size, sha256 }: BackupFile,
  backup: string,
): AsyncGenerator<Buffer, void> {
  const hash = createHash('sha256');
  for (let left = size; left > 0; ) {
    const next = await nextOf(bytes);
    if (next === undefined) throw new ConpaasError('checksum_mismatch', `${backup} is damaged: ${name} is cut off.`);
    if (next.length > left) readAhead.set(bytes, next.subarray(left));
    const own = next.subarray(0, left);
    left -= own.length;
    hash.update(own);
    yield own;
  }
  if (hash.digest('hex') === sha256) return;
  throw new ConpaasError('checksum_mismatch', `${backup} is damaged: ${name} is not what it was.`);
}

/** The same bytes. @throws ConpaasError checksum_mismatch at their end */
async function* hashed<Bytes extends Uint8Array>(
  bytes: AsyncIterable<Bytes>,
  sha256: string,
  what: string,
): AsyncGenerator<Bytes, void> {
  const hash = createHash('sha256');
  for await (const part of bytes) {
    hash.update(part);
    yield part;
  }
  if (hash.digest('hex') === sha256) return;
  throw new ConpaasError('checksum_mismatch', `${what[0]?.toUpperCase()}${what.slice(1)} is damaged.`);
}
