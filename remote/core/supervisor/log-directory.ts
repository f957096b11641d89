/**
 * Files in a directory that hosted code may write to. It could put a link where a log is expected and have us, with
 * more rights, write to or show another file; so the directory is pinned by a descriptor, nothing follows links, and
 * only plain files with one name are opened.
 */
import { closeSync, constants, fchmodSync, fchownSync, fstatSync, openSync, readlinkSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { ConpaasError } from '../contract/errors.ts';

/**
 * Calls `use` with a path to `path`'s directory that cannot be moved away underneath.
 * @throws ConpaasError not_found, forbidden where a part of the path has become a link
 */
export async function withDirectory<T>(path: string, use: (directory: string) => Promise<T> | T): Promise<T> {
  const pinned = pin(path);
  try {
    return await use(`/proc/self/fd/${pinned}`);
  } finally {
    closeSync(pinned);
  }
}

/** Opens a log to append to it (made 0600 if missing). The caller closes the descriptor. */
export function openLog(path: string, uid?: number): number {
  const pinned = pin(path);
  try {
    const fd = openPlain(
      `/proc/self/fd/${pinned}/${basename(path)}`,
      constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT,
    );
    if (uid !== undefined && process.getuid?.() === 0) {
      // So that an engine may open /dev/stderr once more, which counts as opening the file.
      fchownSync(fd, uid, uid);
      fchmodSync(fd, 0o600);
    }
    return fd;
  } finally {
    closeSync(pinned);
  }
}

/** Opens a plain file that has one name; links, pipes and devices are refused. `path` as from `withDirectory`. */
export function openPlain(path: string, flags: number): number {
  const fd = openSync(path, flags | constants.O_NOFOLLOW | constants.O_NONBLOCK, 0o600);
  const stat = fstatSync(fd);
  if (stat.isFile() && stat.nlink === 1) return fd;
  closeSync(fd);
  throw new ConpaasError('forbidden', 'This log is not a plain file: something has put a link in its place.');
}

function pin(path: string): number {
  const directory = dirname(resolve(path));
  const fd = openSync(directory, constants.O_RDONLY | constants.O_DIRECTORY);
  if (readlinkSync(`/proc/self/fd/${fd}`) === directory) return fd;
  closeSync(fd);
  throw new ConpaasError('forbidden', `The directory ${directory} is reached through a link; logs are not kept there.`);
}
