/** Brings a release to a store of releases on this computer. */
import { copyFile, mkdir, rename, rm, stat, utimes } from 'node:fs/promises';
import path from 'node:path';
import { ConpaasError } from '../contract/errors.ts';
import { bundleFiles, type Program } from '../contract/release.ts';
import { digestFile, syncDirectory } from '../files/index.ts';
import type { Release } from './release.ts';

/**
 * What a director is started with: it gives the others away.
 * @param node SHA-256 of the Node that it is to run on; absent: that of its host
 */
export function directorProgram({ id, files }: Release, attempt = 1, node?: string): Program {
  return { release: id, files: { ...files, ...(node !== undefined && { node }) }, attempt };
}

/** The host of a release, for a machine. */
export function hostProgram({ id, files }: Release, attempt: number, node: string | undefined): Program {
  return { release: id, files: { 'host.mjs': files['host.mjs'], ...(node !== undefined && { node }) }, attempt };
}

/** Each file is in place whole, after its digest was checked, or not at all. @throws ConpaasError checksum_mismatch */
export async function installRelease(release: Release, releases: string, signal: AbortSignal): Promise<void> {
  const directory = path.join(releases, release.id);
  await mkdir(directory, { recursive: true, mode: 0o755 });
  const now = new Date();
  await utimes(directory, now, now); // wanted now: nobody tidies it up
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
