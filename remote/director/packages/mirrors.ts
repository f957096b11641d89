/**
 * Where archives are fetched from: the mirrors that the director's own machine has, which its cloud chose to be near.
 * sources.list(5), deb822(5), apt-transport-mirror(1).
 */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { ArchiveName } from '../../core/contract/packages.ts';

/** URL of each archive that is known, without a slash at its end. */
export type Mirrors = Readonly<Partial<Record<ArchiveName, string>>>;

/**
 * Archives by the last step of their address, as distributions and their mirrors call them.
 * @param text of sources in either of apt's formats, or a list of mirrors
 */
export function mirrorsIn(text: string): Mirrors {
  const found: Partial<Record<ArchiveName, string>> = {};
  for (const line of text.split('\n')) {
    if (line.trimStart().startsWith('#')) continue;
    // Over HTTP or HTTPS alike: the archive's own signatures decide, whoever carries the files.
    for (const [url] of line.matchAll(/https?:\/\/[^\s\]]+/g)) {
      const address = url.replace(/\/+$/, '');
      const name = ArchiveName.safeParse(address.slice(address.lastIndexOf('/') + 1)).data;
      if (name !== undefined) found[name] ??= address;
    }
  }
  return found;
}

/** Files that sources name instead of a mirror, as Debian's images for clouds do: `mirror+file:/etc/apt/mirrors/debian.list`. */
function mirrorLists(text: string): string[] {
  return [...text.matchAll(/mirror\+file:(?:\/\/)?(\/[^\s\]]+)/g)].flatMap(([, file]) =>
    file === undefined ? [] : [file],
  );
}

/**
 * The mirrors in the sources of a machine. None where it has no apt.
 * @param directory of apt's configuration
 */
export async function mirrorsOfMachine(directory = '/etc/apt'): Promise<Mirrors> {
  const parts = path.join(directory, 'sources.list.d');
  const names = (await orNothing(readdir(parts), [])).filter((name) => /\.(list|sources)$/.test(name)).sort();
  const files = [path.join(directory, 'sources.list'), ...names.map((name) => path.join(parts, name))];
  const texts = await Promise.all(files.map((file) => orNothing(readFile(file, 'utf8'), '')));
  const lists = await Promise.all(texts.flatMap(mirrorLists).map((file) => orNothing(readFile(file, 'utf8'), '')));
  return mirrorsIn([...texts, ...lists].join('\n'));
}

async function orNothing<T>(reading: Promise<T>, nothing: T): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return nothing;
    throw error;
  }
}
