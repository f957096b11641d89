/** Brings a release to a store of releases on this computer. */
import { copyFile, mkdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { ConpaasError } from '../contract/errors.ts';
import { bundleFiles, type Program } from '../contract/release.ts';
import { digestFile, syncDirectory } from '../files/index.ts';
import type { Release } from './release.ts';

/** What a director is started with: it gives the others away. */
export function directorProgram({ id, files }: Release, attempt = 1): Program {
  return { release: id, files, attempt };
}

/** Each file is in place whole, after its digest was checked, or not at all. @throws ConpaasError checksum_mismatch */
export async function installRelease(release: Release, releases: string, signal: AbortSignal): Promise<void> {
  const directory = path.join(releases, release.id);
  await mkdir(directory, { recursive: true, mode: 0o755 });
  for (const name of bundleFiles) {
    const file = path.join(directory, name);
    if (await stat(file).catch(() => undefined)) continue;
    const temporary = `${file}.${process.pid}.new`;
    try {
      await copyFile(path.join(release.directory, name), temporary);
      if ((await digestFile(temporary, signal)).sha256 !== release.files[name]) {
        throw new ConpaasError(
          'checksum_mismatch',
          `${name} is not the one of ${release.id}: it is being built anew, or the build broke off. Run: npm run build`,
          { retry: true },
        );
      }
      await rename(temporary, file);
    } finally {
      await rm(temporary, { force: true });
    }
  }
  await syncDirectory(directory);
}
