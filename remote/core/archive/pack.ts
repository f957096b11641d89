/** Packs a folder so that the same files give the same archive. Runs on Node 20 too: the window and the command use it. */
import { createReadStream } from 'node:fs';
import { lstat, readdir, readFile, readlink, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ConpaasError } from '../contract/errors.ts';
import type { FolderPlan } from './folder.ts';
import { createIgnore, type Ignore } from './ignore.ts';
import { findBadLink } from './links.ts';
import { type WrittenArchive, writeArchive } from './write.ts';

export interface PackOptions {
  /** Patterns beside those of the folder's own `.conpaasignore` (see ignore.ts). */
  readonly ignore?: readonly string[];
  readonly signal?: AbortSignal;
}

export interface PackedArchive extends WrittenArchive {
  /** Sockets, fifos and devices, which were left out. */
  readonly skipped: readonly string[];
}

/** Where a packed path is read from. */
export interface PackItem {
  readonly path: string;
  readonly from: string;
  readonly kind: 'file' | 'directory' | 'symlink';
}

/**
 * Packs a folder as tar.gz: sorted, without times and owners. Leaves out `.git`, `.env` and what `.conpaasignore` says.
 * @throws ConpaasError not_found when there is no such folder; bad_archive when a link points out of it
 */
export async function packDirectory(
  directory: string,
  output: string,
  options: PackOptions = {},
): Promise<PackedArchive> {
  const info = await stat(directory).catch(() => undefined);
  if (info?.isDirectory() !== true)
    throw new ConpaasError(
      'not_found',
      `There is no folder ${directory}. Check the path; it is relative to the manifest.`,
    );
  const own = await readFile(join(directory, '.conpaasignore'), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw error;
  });
  const ignore = createIgnore([...own.split('\n'), ...(options.ignore ?? [])]);
  const skipped: string[] = [];
  const items = await listTree(directory, ignore, skipped);
  if (items.every((item) => item.kind === 'directory'))
    throw new ConpaasError('bad_archive', `The folder ${directory} holds no files to pack.`);
  return { ...(await packItems(items, output, options.signal, uploadLevel)), skipped };
}

/**
 * Packs what of a folder is to be deployed (see folder.ts).
 * @throws ConpaasError bad_archive when nothing is left, or a link points out of the folder
 */
export async function packPlan(
  { items, skipped }: Pick<FolderPlan, 'items' | 'skipped'>,
  output: string,
  signal?: AbortSignal,
): Promise<PackedArchive> {
  if (items.every((item) => item.kind === 'directory'))
    throw new ConpaasError('bad_archive', 'Nothing of this folder would be deployed: all of it is left out.');
  return { ...(await packItems(items, output, signal, uploadLevel)), skipped };
}

/** Files, folders and links below a folder, in no particular order. */
async function listTree(directory: string, ignore: Ignore, skipped: string[]): Promise<PackItem[]> {
  const items: PackItem[] = [];
  const folders = [''];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    for (const entry of await readdir(join(directory, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (ignore(path, entry.isDirectory())) continue;
      const from = join(directory, path);
      if (entry.isDirectory()) {
        folders.push(path);
        items.push({ path, from, kind: 'directory' });
      } else if (entry.isSymbolicLink()) items.push({ path, from, kind: 'symlink' });
      else if (entry.isFile()) items.push({ path, from, kind: 'file' });
      else skipped.push(path);
    }
  }
  return items;
}

/** Level of gzip: small for the way to the director. */
const uploadLevel = 6;

/** Packs a list of items, sorted by path. A failure leaves no file. */
async function packItems(
  items: readonly PackItem[],
  output: string,
  signal: AbortSignal | undefined,
  level: number,
): Promise<Omit<PackedArchive, 'skipped'>> {
  const sorted = [...items].sort((a, b) => (a.path < b.path ? -1 : 1));
  const targets = new Map<string, string>();
  for (const item of sorted) if (item.kind === 'symlink') targets.set(item.path, await readlink(item.from));
  const bad = findBadLink(targets);
  if (bad !== undefined)
    throw new ConpaasError(
      'bad_archive',
      `The folder holds the ${bad}. Put a copy in its place, or name it in a .conpaasignore file.`,
    );
  return writeArchive(output, { level, signal }, async (archive) => {
    for (const { path, from, kind } of sorted) {
      if (kind === 'directory') await archive.directory(path);
      else if (kind === 'symlink') await archive.symlink(path, targets.get(path) ?? '');
      else {
        const { mode, size } = await lstat(from);
        await archive.file({ path, mode, size }, createReadStream(from)).catch((error: NodeJS.ErrnoException) => {
          if (error.syscall !== undefined) throw error;
          throw new ConpaasError('bad_archive', `${path} changed while it was packed. Try again.`, { retry: true });
        });
      }
    }
  });
}
