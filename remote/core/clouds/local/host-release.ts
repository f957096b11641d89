/**
 * Which release of itself the local host is started with: `host-release.json` in its directory, read by whoever starts it.
 * Absent: the bundles of whoever does. One that does not start makes room for the one before.
 */
import { existsSync, rmSync } from 'node:fs';
import { mkdir, readFile, utimes } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { bundleFiles, ReleaseId } from '../../contract/release.ts';
import { copyInPlace, writeFileAtomic } from '../../files/index.ts';

const HostRelease = z.object({ release: ReleaseId, previous: ReleaseId.optional() });
export type HostRelease = z.infer<typeof HostRelease>;

export const hostReleaseFile = (directory: string): string => path.join(directory, 'host-release.json');

export function releasesOf(directory: string): string {
  return path.join(directory, 'releases');
}

/** undefined: nothing was chosen, or it is not there. */
export async function readHostRelease(directory: string): Promise<HostRelease | undefined> {
  if (!existsSync(hostReleaseFile(directory))) return undefined;
  const chosen = HostRelease.parse(JSON.parse(await readFile(hostReleaseFile(directory), 'utf8')));
  return existsSync(path.join(releasesOf(directory), chosen.release, 'host.mjs')) ? chosen : undefined;
}

/**
 * Takes over a release from the store of another local cloud of the same deployment. Each file is in place whole or not at all.
 * @param release the one that the other's host was chosen to be, where absent
 * @returns its id; undefined: the other does not have it
 */
export async function borrowRelease(directory: string, from: string, release?: string): Promise<string | undefined> {
  const wanted = release ?? (await readHostRelease(from))?.release;
  if (wanted === undefined) return undefined;
  const [source, target] = [path.join(releasesOf(from), wanted), path.join(releasesOf(directory), wanted)];
  if (!existsSync(path.join(source, 'host.mjs'))) return undefined;
  await mkdir(target, { recursive: true, mode: 0o755 });
  const now = new Date();
  await utimes(target, now, now); // wanted now: nobody tidies it up
  for (const name of bundleFiles) {
    const [given, file] = [path.join(source, name), path.join(target, name)];
    if (existsSync(file) || !existsSync(given)) continue;
    await copyInPlace(given, file);
  }
  return wanted;
}

export async function chooseHostRelease(directory: string, chosen: HostRelease | undefined): Promise<void> {
  if (chosen) await writeFileAtomic(hostReleaseFile(directory), JSON.stringify(chosen));
  else rmSync(hostReleaseFile(directory), { force: true });
}
