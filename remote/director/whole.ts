/** Whether a director has all that it had: it brings it itself, or is brought it from a backup now. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { type Restored, readRestored, serveRestoration } from './backup/index.ts';
import type { DirectorOptions } from './director.ts';
import { openOwnAuthority } from './own-authority.ts';

/**
 * What this director has was brought by itself, or is brought now from a backup.
 * @returns what it was restored from
 * @throws where its journal is gone: one that began with none would take all machines for nobody's
 */
export async function whole({
  own,
  home,
  ...options
}: DirectorOptions & { own: Parameters<typeof openOwnAuthority>[0] }): Promise<Restored | undefined> {
  const restored = await readRestored(home);
  if (options.bootstrap.restore === true && !restored) {
    await using authority = await openOwnAuthority(own);
    await serveRestoration({ home, authority, ...options });
    return readRestored(home);
  }
  const hasServed = existsSync(path.join(home, 'director.json'));
  if (hasServed && !existsSync(path.join(home, 'director.db'))) {
    throw new Error('The journal is gone. Restore the director from a backup, with: conpaas director restore');
  }
  return restored;
}
