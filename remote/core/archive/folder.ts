/**
 * What of a folder would be deployed: everything but `.git`, `.env`, and what its .gitignore files say, with its
 * .conpaasignore over them. What is left out is named with its size, so that the user can take it along by name.
 * Runs on Node 20 too: the window and the command use it.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, readdir, readFile, readlink, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ConpaasError } from '../contract/errors.ts';
import { decide, parseRules, type Rule } from './ignore.ts';
import { isSystemJunk } from './names.ts';
import type { PackItem } from './pack.ts';

export interface LeftOut {
  readonly path: string;
  readonly isFolder: boolean;
  /** Of all files in it. */
  readonly bytes: number;
  readonly files: number;
  /** What left it out; `always`: `.git` and `.env`, which no file takes back. */
  readonly by: '.gitignore' | '.conpaasignore' | 'always';
}

/** A lock file whose packages are not among the files. */
export interface MissingPackages {
  /** e.g. `composer.lock`. */
  readonly lock: string;
  /** e.g. `vendor`. */
  readonly folder: string;
}

export interface FolderPlan {
  readonly items: readonly PackItem[];
  readonly files: number;
  readonly bytes: number;
  /** Largest first. */
  readonly leftOut: readonly LeftOut[];
  readonly missing: readonly MissingPackages[];
  /** Sockets, fifos and devices. */
  readonly skipped: readonly string[];
}

interface Nested {
  /** Folder that the rules start from, with its slash; '' for the top. */
  readonly from: string;
  readonly rules: readonly Rule[];
}

/** Folders that hold the packages of a lock file. */
const packageFolders: Readonly<Record<string, string>> = {
  'composer.lock': 'vendor',
  'package-lock.json': 'node_modules',
  'npm-shrinkwrap.json': 'node_modules',
  'yarn.lock': 'node_modules',
  'pnpm-lock.yaml': 'node_modules',
};

const neverByItself = new Set(['.git', '.env']);

/**
 * @param include paths, as `leftOut` names them, that the user takes along all the same
 * @throws ConpaasError not_found
 */
export async function planFolder(
  directory: string,
  include: readonly string[] = [],
  signal?: AbortSignal,
): Promise<FolderPlan> {
  const about = await stat(directory).catch(() => undefined);
  if (about?.isDirectory() !== true) throw new ConpaasError('not_found', `There is no folder ${directory}.`);
  const wanted = new Set(include);
  const own = parseRules(await linesOf(join(directory, '.conpaasignore')));
  const items: PackItem[] = [];
  const leftOut: LeftOut[] = [];
  const skipped: string[] = [];
  let files = 0;
  let bytes = 0;

  async function visit(folder: string, outer: readonly Nested[], taken: boolean): Promise<void> {
    signal?.throwIfAborted();
    const rules = parseRules(await linesOf(join(directory, folder, '.gitignore')));
    const nested = rules.length === 0 ? outer : [...outer, { from: folder, rules }];
    for (const entry of await readdir(join(directory, folder), { withFileTypes: true })) {
      const path = `${folder}${entry.name}`;
      const isFolder = entry.isDirectory();
      if (path === '.conpaasignore' || isSystemJunk(path)) continue;
      const byName = wanted.has(path);
      const by = byName ? undefined : leftOutBy(path, entry.name, isFolder, taken ? [] : nested, taken ? [] : own);
      if (by) {
        leftOut.push({ path, isFolder, by, ...(await measure(join(directory, path), isFolder, signal)) });
        continue;
      }
      const from = join(directory, path);
      if (isFolder) {
        items.push({ path, from, kind: 'directory' });
        await visit(`${path}/`, nested, taken || byName);
      } else if (entry.isFile() || entry.isSymbolicLink()) {
        items.push({ path, from, kind: entry.isFile() ? 'file' : 'symlink' });
        files++;
        if (entry.isFile()) bytes += (await lstat(from)).size;
      } else skipped.push(path);
    }
  }

  await visit('', [], false);
  leftOut.sort((a, b) => b.bytes - a.bytes || (a.path < b.path ? -1 : 1));
  return { items, files, bytes, leftOut, skipped, missing: missingPackages(items.map(({ path }) => path)) };
}

function leftOutBy(
  path: string,
  name: string,
  isFolder: boolean,
  nested: readonly Nested[],
  own: readonly Rule[],
): LeftOut['by'] | undefined {
  if (neverByItself.has(name)) return 'always';
  const decided = decide(own, path, isFolder);
  if (decided !== undefined) return decided ? '.conpaasignore' : undefined;
  // The innermost file that says something decides.
  for (const { from, rules } of nested.toReversed()) {
    const said = decide(rules, path.slice(from.length), isFolder);
    if (said !== undefined) return said ? '.gitignore' : undefined;
  }
  return undefined;
}

async function linesOf(file: string): Promise<readonly string[]> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'EISDIR') return '';
    throw error;
  });
  return text.split('\n');
}

/** What vanishes or may not be read while we look counts as nothing. */
async function measure(
  path: string,
  isFolder: boolean,
  signal?: AbortSignal,
): Promise<{ bytes: number; files: number }> {
  signal?.throwIfAborted();
  if (!isFolder) return { bytes: (await lstat(path).catch(() => undefined))?.size ?? 0, files: 1 };
  const total = { bytes: 0, files: 0 };
  for (const entry of await readdir(path, { withFileTypes: true }).catch(() => [])) {
    const inside = await measure(join(path, entry.name), entry.isDirectory(), signal);
    total.bytes += inside.bytes;
    total.files += inside.files;
  }
  return total;
}

/** Lock files without the folder of their packages beside them, of a list of paths. */
export function missingPackages(paths: readonly string[]): MissingPackages[] {
  const folders = new Set<string>();
  for (const path of paths) {
    for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1))
      folders.add(path.slice(0, slash));
    folders.add(path);
  }
  return paths.flatMap((path) => {
    const slash = path.lastIndexOf('/') + 1;
    const folder = packageFolders[path.slice(slash)];
    // Packages bring lock files of their own, which nobody installs from.
    if (folder === undefined || /(?:^|\/)(?:vendor|node_modules)\//.test(path)) return [];
    const whole = path.slice(0, slash) + folder;
    return folders.has(whole) ? [] : [{ lock: path, folder: whole }];
  });
}

/** Paths with the SHA-256 of their contents, as `inspectArchive` would tell of the packed folder. */
export async function hashItems(
  items: readonly PackItem[],
  signal?: AbortSignal,
): Promise<readonly (readonly [path: string, sha256: string])[]> {
  const hashed: [string, string][] = [];
  for (const { path, from, kind } of items) {
    signal?.throwIfAborted();
    if (kind === 'directory') continue;
    const hash = createHash('sha256');
    if (kind === 'symlink') hash.update(await readlink(from));
    else for await (const chunk of createReadStream(from)) hash.update(chunk as Buffer);
    hashed.push([path, hash.digest('hex')]);
  }
  return hashed;
}
