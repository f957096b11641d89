/**
 * Which release of itself the local host is started with: `host-release.json` in its directory, read by whoever starts it.
 * Absent: the bundles of whoever does. One that does not start makes room for the one before.
 */
import { existsSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { ReleaseId } from '../../contract/release.ts';
import { writeFileAtomic } from '../../files/index.ts';

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

export async function chooseHostRelease(directory: string, chosen: HostRelease | undefined): Promise<void> {
  if (chosen) await writeFileAtomic(hostReleaseFile(directory), JSON.stringify(chosen));
  else rmSync(hostReleaseFile(directory), { force: true });
}
