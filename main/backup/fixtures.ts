/** Backups for tests: contents of some size, and the store of a directory of its own. */
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { BackupContent } from '../../remote/core/contract/backup.ts';
import { BlobHash, DeploymentId } from '../../remote/core/contract/ids.ts';
import { type BackupStore, openBackupStore } from './backup-store.ts';

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

export async function openTestStore(given: { deployment?: string; key?: Uint8Array; directory?: string } = {}) {
  const directory = given.directory ?? (await mkdtemp(path.join(os.tmpdir(), 'conpaas-backup-')));
  const key = given.key ?? randomBytes(32);
  const deployment = DeploymentId.parse(given.deployment ?? 'd-one');
  const store = openBackupStore({ directory, deployment, key: async () => key });
  return {
    ...{ directory, key, store },
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
}

/** One with these files and blobs. */
export function contentOf(id: string, createdAt: number, files: Record<string, Buffer>, blobs: readonly Buffer[] = []) {
  const content: BackupContent = {
    ...{ backup: `backup-${id}`, createdAt, product: '0.1.0', schema: 3, point: `point of ${id}` },
    applications: ['Shop'],
    files: Object.entries(files).map(([name, bytes]) => ({
      name: name as BackupContent['files'][number]['name'],
      size: bytes.length,
      sha256: sha256(bytes),
    })),
    blobs: blobs.map((bytes) => ({ sha256: BlobHash.parse(sha256(bytes)), size: bytes.length })),
  };
  return content;
}

/** In parts of odd sizes, as they come over a network. */
export async function* inParts(bytes: Buffer, size = 7919): AsyncGenerator<Buffer, void> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

export async function putWhole(
  store: BackupStore,
  content: BackupContent,
  files: Record<string, Buffer>,
  blobs: readonly Buffer[] = [],
): Promise<void> {
  for (const bytes of blobs) await store.putBlob(sha256(bytes), inParts(bytes));
  await store.put(content, ({ name }) => inParts(files[name] ?? Buffer.alloc(0)));
}

export async function whole(bytes: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of bytes) parts.push(part);
  return Buffer.concat(parts);
}
