/**
 * Engines as distributions have them. A package may be given as Debian writes alternatives, `php8.2-fpm | php-fpm`: the
 * first that a distribution has. In the name of an executable a `*` stands for a version: `/usr/sbin/php-fpm*`.
 */
import { accessSync, constants, readdirSync } from 'node:fs';
import path from 'node:path';

/** The names of a package, the one that is meant where it can be had first. */
export const alternatives = (entry: string): readonly string[] => entry.split(' | ');

/** As Debian 12 has it, which all else is tried with. */
export const usualPackage = (entry: string): string => alternatives(entry)[0] ?? entry;

/** What an entry of a list of packages may look like. */
export const packageEntry = /^[a-z0-9][a-z0-9+.-]+( \| [a-z0-9][a-z0-9+.-]+)*$/;

/**
 * An executable by its path; of several versions the newest.
 * @returns undefined where it is not there, or not to be run by us
 */
export function findExecutable(pattern: string): string | undefined {
  const [before, after] = path.basename(pattern).split('*');
  if (after === undefined) return isExecutable(pattern) ? pattern : undefined;
  const directory = path.dirname(pattern);
  const versions = namesIn(directory).flatMap((name) => {
    const version = name.slice(before?.length, name.length - after.length);
    return name === `${before}${version}${after}` && /^\d+([.]\d+)*$/.test(version) ? [version] : [];
  });
  const newest = versions.sort((a, b) => b.localeCompare(a, 'en', { numeric: true }));
  return newest.map((version) => path.join(directory, `${before}${version}${after}`)).find(isExecutable);
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return []; // not there
  }
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false; // not there
  }
}
