/** Packs a folder so that the same files give the same archive. Runs on Node 20 too: the window and the command use it. */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { lstat, readdir, readFile, readlink, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { pack as createPack, type Pack } from 'tar-stream';
import { ConpaasError } from '../contract/errors.ts';
import type { FolderPlan } from './folder.ts';
import { createIgnore, type Ignore } from './ignore.ts';
import { findBadLink } from './links.ts';

export interface PackOptions {
  /** Patterns beside those of the folder's own `.conpaasignore` (see ignore.ts). */
  readonly ignore?: readonly string[];
  readonly signal?: AbortSignal;
}

export interface PackedArchive {
  readonly path: string;
  /** Bytes of the archive. */
  readonly size: number;
  /** Of the archive. */
  readonly sha256: string;
  /** SHA-256 of the tar before compression: the same for the same files whatever zlib compressed it. */
  readonly tree: string;
  readonly files: number;
  /** Sockets, fifos and devices, which were left out. */
  readonly skipped: readonly string[];
}

/** Where a packed path is read from: by default below one folder, in an overlay from several. */
export interface PackItem {
  readonly path: string;
  readonly from: string;
  readonly kind: 'file' | 'directory' | 'symlink';
}

/**
 * Everything lies in one folder of this name, which unpacking strips: else the only sub-folder of a project that has
 * but one would be taken for an enclosing folder.
 */
const enclosing = 'code';

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
export async function listTree(directory: string, ignore: Ignore, skipped: string[]): Promise<PackItem[]> {
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

/** Levels of gzip: small for the way to the director, fast where the archive stays near. */
const uploadLevel = 6;
export const nearLevel = 1;

/** Packs a list of items, sorted by path. A failure leaves no file. */
export async function packItems(
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
  const tar = createPack();
  const tree = createHash('sha256');
  const whole = createHash('sha256');
  let size = 0;
  const writing = pipeline(
    tar,
    hashing((chunk) => tree.update(chunk)),
    createGzip({ level }),
    hashing((chunk) => {
      whole.update(chunk);
      size += chunk.length;
    }),
    createWriteStream(output),
    signal === undefined ? {} : { signal },
  );
  try {
    await Promise.all([writing, fill(tar, sorted, targets)]);
  } catch (thrown) {
    tar.destroy();
    await writing.catch(() => undefined);
    await rm(output, { force: true });
    throw thrown;
  }
  const files = sorted.filter((item) => item.kind !== 'directory').length;
  return { path: output, size, sha256: whole.digest('hex'), tree: tree.digest('hex'), files };
}

function hashing(update: (chunk: Buffer) => void): PassThrough {
  return new PassThrough({
    transform(chunk: Buffer, _encoding, done) {
      update(chunk);
      done(null, chunk);
    },
  });
}

async function fill(tar: Pack, items: readonly PackItem[], targets: ReadonlyMap<string, string>): Promise<void> {
  const common = { mtime: new Date(0), uid: 0, gid: 0, uname: '', gname: '' };
  const add = (header: Parameters<Pack['entry']>[0]) =>
    new Promise<void>((resolve, reject) => {
      tar.entry({ ...common, ...header }, (error) => (error == null ? resolve() : reject(error)));
    });
  for (const { path, from, kind } of items) {
    const name = `${enclosing}/${path}`;
    if (kind === 'directory') await add({ name: `${name}/`, type: 'directory', mode: 0o755 });
    else if (kind === 'symlink') await add({ name, type: 'symlink', mode: 0o777, linkname: targets.get(path) ?? '' });
    else {
      const info = await lstat(from);
      const mode = (info.mode & 0o111) === 0 ? 0o644 : 0o755;
      const entry = tar.entry({ ...common, name, type: 'file', mode, size: info.size });
      await pipeline(createReadStream(from), entry).catch((error: NodeJS.ErrnoException) => {
        if (error.syscall !== undefined) throw error;
        throw new ConpaasError('bad_archive', `${path} changed while it was packed. Try again.`, { retry: true });
      });
    }
  }
  tar.finalize();
}
