/** Further releases for tests of upgrades: copies of one that was built, with another version and build inside, or broken. */
import { cp, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { writeRelease } from '../../scripts/build/release.mjs';

export interface BuiltRelease {
  readonly version: string;
  readonly build: string;
  readonly contract: number;
}

/**
 * Makes `<folder>/<name>` of the release in `<folder>/<of>`.
 * @param broken name of a bundle that does not start
 * @returns its id
 */
export async function anotherRelease(options: {
  readonly folder: string;
  readonly of: string;
  readonly built: BuiltRelease;
  readonly name: string;
  readonly version: string;
  readonly broken?: string | undefined;
}): Promise<string> {
  const { folder, of, built, name, version, broken } = options;
  const build = name.padEnd(12, '0');
  const directory = path.join(folder, name);
  await cp(path.join(folder, of), directory, { recursive: true });
  for (const bundle of ['host', 'director', 'manager', 'agent']) {
    const file = path.join(directory, `${bundle}.mjs`);
    const text = await readFile(file, 'utf8');
    // Programs carry version and build as text.
    const renamed = text.replaceAll(built.build, build).replaceAll(built.version, version);
    await writeFile(file, bundle === broken ? `throw new Error('this ${bundle} is broken');` : renamed);
  }
  writeRelease(directory, { version, build, contract: built.contract });
  return `${version}-${build}`;
}
