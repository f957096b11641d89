/** Gives files to the user of a role. */
import { closeSync, constants, fchownSync, lchownSync, openSync, readdirSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import { ConpaasError } from '../core/contract/errors.ts';

/**
 * Gives a file, or a directory with all in it, to a user and the group of the same number. Links are given, never
 * followed: directories are walked by descriptors, so that whoever may write there cannot lead us elsewhere meanwhile.
 * @throws ConpaasError forbidden where a part of the path has become a link
 */
export function ownTree(target: string, uid: number): void {
  const directory = path.dirname(target);
  const parent = openSync(directory, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    if (readlinkSync(`/proc/self/fd/${parent}`) !== directory) {
      throw new ConpaasError('forbidden', `${directory} is reached through a link; its files are not given away.`);
    }
    ownEntry(parent, path.basename(target), uid);
  } finally {
    closeSync(parent);
  }
}

function ownEntry(parent: number, name: string, uid: number): void {
  const entry = `/proc/self/fd/${parent}/${name}`;
  let directory: number;
  try {
    directory = openSync(entry, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  } catch (error) {
    // A file, a link, a socket: given as it is.
    if (!['ENOTDIR', 'ELOOP'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    lchownSync(entry, uid, uid);
    return;
  }
  try {
    for (const inside of readdirSync(`/proc/self/fd/${directory}`)) ownEntry(directory, inside, uid);
    fchownSync(directory, uid, uid);
  } finally {
    closeSync(directory);
  }
}
