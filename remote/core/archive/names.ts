/** Names in archives: one safe spelling, or a refusal. */
import { badArchive } from './limits.ts';

const maximumPath = 1024;
const maximumName = 255;
const maximumDepth = 64;

/** A name for a message: control characters escaped, cut. */
export function quoted(name: string): string {
  return JSON.stringify(name.length > 200 ? `${name.slice(0, 200)}…` : name);
}

/**
 * The relative path `a/b/c` that a name in an archive stands for; '' for the archive's own root (`./`).
 * @throws ConpaasError bad_archive for absolute names, `..`, backslashes, control characters and names too long
 */
export function safePath(name: string): string {
  if (/\p{Cc}/u.test(name))
    throw badArchive(`The archive holds the name ${quoted(name)}, which has control characters in it.`);
  if (name.includes('\\'))
    throw badArchive(
      `The archive holds the name ${quoted(name)}, which has a backslash in it; folders are separated by /.`,
    );
  if (name.startsWith('/') || /^[A-Za-z]:\//.test(name))
    throw badArchive(`The archive holds the absolute name ${quoted(name)}.`);
  const parts = name.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) throw badArchive(`The archive holds the name ${quoted(name)}, which leads out of it.`);
  const path = parts.join('/');
  if (Buffer.byteLength(path) > maximumPath || parts.some((part) => Buffer.byteLength(part) > maximumName))
    throw badArchive(`The archive holds a name that is too long: ${quoted(name)}.`);
  if (parts.length > maximumDepth)
    throw badArchive(`The archive nests folders deeper than ${maximumDepth}: ${quoted(name)}.`);
  return path;
}

/** What macOS adds to archives and nobody wants on a server: __MACOSX/, .DS_Store, ._name. */
export function isSystemJunk(path: string): boolean {
  const last = path.slice(path.lastIndexOf('/') + 1);
  return path === '__MACOSX' || path.startsWith('__MACOSX/') || last === '.DS_Store' || last.startsWith('._');
}
