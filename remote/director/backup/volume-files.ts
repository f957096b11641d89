/**
 * Backups on a volume of the director's machine, as they lie on the desktop, beside each the list of its blobs:
 *   <time>-<id>.backup   sealed to the owner's desktop: nothing here opens it
 *   <time>-<id>.blobs    names of the blobs that it refers to, which those of the files tell anyhow
 *   blobs/<sha256>       each once, sealed likewise
 * A backup is there when its file is; what it refers to is written before it, and removed after it.
 */
import { createReadStream } from 'node:fs';
import { lstat, mkdir, readdir, readFile, realpath, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { writeBackupFile } from '../../core/backup/backup-file.ts';
import { writeBlobFile } from '../../core/backup/blob-file.ts';
import { type BackupCopy, backupName, copiesAmong, timeIn } from '../../core/backup/names.ts';
import { type Retention, staying } from '../../core/backup/retention.ts';
import { BackupFileName, type Recipient } from '../../core/contract/backup-volume.ts';
import { ConpaasError } from '../../core/contract/errors.ts';
import { BlobHash, type DeploymentId } from '../../core/contract/ids.ts';
import type { DownloadBody } from '../../core/contract/method.ts';
import { removeDurably, writeFileAtomic } from '../../core/files/index.ts';
import type { Backups } from './backups.ts';

/**
 * Where a volume of this machine is now.
 * @param home of the director: its host has made a link there
 * @throws ConpaasError not_found: it is not attached, or not mounted
 */
export async function volumeDirectory(home: string, name: string): Promise<string> {
  try {
    return await realpath(path.join(home, 'volumes', name));
  } catch {
    throw new ConpaasError(
      'not_found',
      `The volume ${name} is not at the director's machine. The computer that made the director attaches it again, with: conpaas director backup`,
      { retry: true },
    );
  }
}

/** Names and sizes of its files; unfinished ones are none, and what somebody else has put there is not ours to tell of. */
export async function listVolume(directory: string): Promise<{ name: string; size: number }[]> {
  const found = await Promise.all([sizes(directory, ''), sizes(directory, 'blobs')]);
  return found.flat().filter(({ name }) => BackupFileName.safeParse(name).success);
}

/** @throws ConpaasError not_found */
export async function readVolume(directory: string, file: string): Promise<DownloadBody> {
  const place = path.join(directory, file);
  const found = await lstat(place).catch(ignoreMissing);
  // Whoever had the volume elsewhere may have put a link there.
  if (!found?.isFile()) throw new ConpaasError('not_found', `There is no ${file} on the volume.`);
  return { stream: createReadStream(place), size: found.size, name: path.basename(file) };
}

/** Backups that are there, the newest first. */
export async function copiesOn(directory: string): Promise<BackupCopy[]> {
  return copiesAmong((await sizes(directory, '')).map(({ name, size }) => [name, size]));
}

export interface Writing {
  readonly directory: string;
  readonly deployment: DeploymentId;
  readonly recipient: Recipient;
  readonly backups: Backups;
  readonly signal: AbortSignal;
}

/** Writes a backup of now. Whole when resolved; those before it are as they were. @returns the name of its file */
export async function writeToVolume(writing: Writing): Promise<string> {
  const { directory, deployment, recipient, backups, signal } = writing;
  const sealer = { recipient };
  const content = await backups.begin();
  const { backup } = content;
  try {
    await mkdir(path.join(directory, 'blobs'), { recursive: true, mode: 0o700 });
    for (const { sha256 } of content.blobs) {
      signal.throwIfAborted();
      const file = path.join(directory, 'blobs', sha256);
      if (await stat(file).catch(ignoreMissing)) continue;
      await writeBlobFile(file, sealer, sha256, (await backups.blob(backup, sha256)).stream);
    }
    const name = backupName(content);
    const blobs = content.blobs.map(({ sha256 }) => sha256);
    await writeFileAtomic(path.join(directory, listOf(name)), JSON.stringify(blobs));
    await writeBackupFile({ directory, deployment, sealer }, content, async function* (file) {
      signal.throwIfAborted();
      yield* (await backups.file(backup, file.name)).stream as AsyncIterable<Uint8Array>;
    });
    return name;
  } finally {
    await backups.end(backup);
  }
}

/** Removes what need not stay, and what was cut short. Blobs stay where it cannot be told who refers to them. */
export async function pruneVolume(directory: string, retention: Retention, now: number): Promise<void> {
  const blobSizes = new Map((await sizes(directory, 'blobs')).map(({ name, size }) => [path.basename(name), size]));
  const files = await sizes(directory, '');
  const all = await Promise.all(
    files.map(async ({ name, size }) => {
      const createdAt = timeIn(name);
      if (createdAt === undefined) return [];
      const list = await blobsOf(directory, name);
      const blobs = (list ?? []).map((sha256) => ({ sha256, size: blobSizes.get(sha256) ?? 0 }));
      return [{ id: name, createdAt, size, blobs, isListed: list !== undefined }];
    }),
  );
  const backups = all.flat();
  const kept = new Set(staying(backups, retention, now));
  for (const { id } of backups) if (!kept.has(id)) await removeDurably(path.join(directory, id));
  const lists = new Set([...kept].map(listOf));
  for (const { name } of files) {
    if (name.endsWith('.blobs') && !lists.has(name)) await rm(path.join(directory, name), { force: true });
  }
  const staysAll = backups.filter(({ id }) => kept.has(id));
  if (staysAll.every(({ isListed }) => isListed)) {
    const used = new Set(staysAll.flatMap(({ blobs }) => blobs.map(({ sha256 }) => sha256)));
    for (const name of blobSizes.keys())
      if (!used.has(name)) await rm(path.join(directory, 'blobs', name), { force: true });
  }
  for (const folder of [directory, path.join(directory, 'blobs')]) {
    for (const name of (await readdir(folder).catch(ignoreMissing)) ?? []) {
      if (name.endsWith('.tmp')) await rm(path.join(folder, name), { force: true });
    }
  }
}

const listOf = (name: string): string => name.replace(/\.backup$/, '.blobs');

/** Undefined: the list is not there, or damaged. */
async function blobsOf(directory: string, name: string): Promise<readonly string[] | undefined> {
  const text = await readFile(path.join(directory, listOf(name)), 'utf8').catch(ignoreMissing);
  try {
    return z.array(BlobHash).parse(JSON.parse(text ?? ''));
  } catch {
    return undefined;
  }
}

async function sizes(directory: string, folder: string): Promise<{ name: string; size: number }[]> {
  const entries = await readdir(path.join(directory, folder), { withFileTypes: true }).catch((error: unknown) => {
    // The directory itself must be there: what is missing below it was never written.
    if (folder === '') throw error;
    return ignoreMissing(error);
  });
  const files = (entries ?? []).filter((entry) => entry.isFile() && !entry.name.endsWith('.tmp'));
  return Promise.all(
    files.map(async ({ name }) => {
      const relative = path.posix.join(folder, name);
      return { name: relative, size: (await stat(path.join(directory, relative))).size };
    }),
  );
}

function ignoreMissing(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
}
