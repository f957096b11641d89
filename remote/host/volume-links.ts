/**
 * How an agent, or a director, finds its volumes: links in `volumes/` of its home, which the host makes once what is on a volume is there.
 * They are links so that whoever removes a home never removes what is on a volume.
 */
import { mkdir, readdir, readlink, rename, rm, symlink } from 'node:fs/promises';
import path from 'node:path';

/** A volume that is there. */
export interface VolumePlace {
  readonly name: string;
  /** A directory on it. Where it is not mounted, there is none of that name. */
  readonly directory: string;
}

/** Makes the links of a home these and no others. */
export async function linkVolumes(home: string, volumes: readonly VolumePlace[]): Promise<void> {
  const folder = path.join(home, 'volumes');
  const present = await readdir(folder).catch(() => []);
  if (volumes.length > 0) await mkdir(folder, { recursive: true, mode: 0o755 });
  for (const { name, directory } of volumes) {
    const link = path.join(folder, name);
    if ((await readlink(link).catch(() => undefined)) === directory) continue;
    const fresh = path.join(folder, `.${name}.new`);
    await rm(fresh, { force: true });
    await symlink(directory, fresh);
    await rename(fresh, link);
  }
  const listed = new Set(volumes.map(({ name }) => name));
  for (const name of present) if (!listed.has(name)) await rm(path.join(folder, name), { force: true });
}
