/** One backup as a file: who it is of in the clear, then sealed and compressed its content as a line, and its files. */
import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { createGunzip, createGzip } from 'node:zlib';
import { z } from 'zod';
import { BackupContent, type BackupFile } from '../contract/backup.ts';
import { ConpaasError } from '../contract/errors.ts';
import type { DeploymentId } from '../contract/ids.ts';
import { crashPoint } from '../files/index.ts';
import { type Bytes, hashed, lineOf, nextOf, through, unread } from './byte-streams.ts';
import { backupName } from './names.ts';
import { readHead, readSealed, type Sealer, writeSealed } from './sealed-stream.ts';

const format = 'conpaas-director-backup';
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

/** Where backups of a director lie, and what opens them. */
export interface BackupPlaceOnDisk {
  readonly directory: string;
  readonly deployment: DeploymentId;
  /** 256 bits. */
  key(): Promise<Uint8Array>;
}

export interface OpenedBackup {
  readonly content: BackupContent;
  /** The files in their order; each must be read to its end before the next. Checked by their SHA-256 at their end. */
  files(): AsyncGenerator<{ readonly file: BackupFile; readonly bytes: AsyncIterable<Buffer> }, void>;
}

/** Whole and durable when resolved. */
export async function writeBackupFile(
  { directory, deployment, sealer }: Pick<BackupPlaceOnDisk, 'directory' | 'deployment'> & { readonly sealer: Sealer },
  content: BackupContent,
  bytesOf: (file: BackupFile) => AsyncIterable<Uint8Array>,
): Promise<void> {
  const name = backupName(content);
  async function* plain(): AsyncGenerator<Uint8Array, void> {
    yield Buffer.from(`${JSON.stringify(content)}\n`);
    for (const file of content.files) yield* hashed(bytesOf(file), file.sha256, file.name);
  }
  const { backup: id, createdAt } = content;
  const head = { format, version, deployment, id, createdAt };
  crashPoint('backup', 'before');
  await writeSealed(path.join(directory, name), sealer, head, through(plain(), createGzip()));
  crashPoint('backup', 'after');
}

/**
 * @param name of the file
 * @throws ConpaasError invalid_request: of another deployment, or of another format; checksum_mismatch
 */
export async function openBackupFile(
  place: BackupPlaceOnDisk,
  name: string,
): Promise<OpenedBackup & { readonly id: string; readonly size: number }> {
  const head = await headOf(place, name);
  const file = path.join(place.directory, name);
  const sealed = await place.key();
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

/** @throws ConpaasError, see `openBackupFile` */
async function headOf({ directory, deployment }: BackupPlaceOnDisk, name: string): Promise<z.infer<typeof BackupHead>> {
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

/** The bytes below the compression; a broken stream of it means a damaged file. */
async function* unpacked(sealed: AsyncIterable<Buffer>, name: string): Bytes {
  try {
    yield* through(sealed, createGunzip());
  } catch (error) {
    if (error instanceof ConpaasError) throw error;
    throw new ConpaasError('checksum_mismatch', `${name} is damaged.`);
  }
}

/** The first line; what follows it is left to be read. */
async function contentOf(bytes: Bytes, name: string): Promise<BackupContent> {
  const line = await lineOf(bytes, longestContent);
  const parsed = BackupContent.safeParse(line === undefined ? undefined : JSON.parse(line));
  if (parsed.success) return parsed.data;
  throw new ConpaasError('checksum_mismatch', `${name} is damaged.`);
}

/** The next file of the stream: as many bytes as it has. @throws ConpaasError checksum_mismatch */
async function* exactly(bytes: Bytes, { name, size, sha256 }: BackupFile, backup: string): Bytes {
  const hash = createHash('sha256');
  for (let left = size; left > 0; ) {
    const next = await nextOf(bytes);
    if (next === undefined) throw new ConpaasError('checksum_mismatch', `${backup} is damaged: ${name} is cut off.`);
    if (next.length > left) unread(bytes, next.subarray(left));
    const own = next.subarray(0, left);
    left -= own.length;
    hash.update(own);
    yield own;
  }
  if (hash.digest('hex') === sha256) return;
  throw new ConpaasError('checksum_mismatch', `${backup} is damaged: ${name} is not what it was.`);
}
