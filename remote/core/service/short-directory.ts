/**
 * A place for a node's unix sockets where its own directory's name is too long for them: `sun_path` of unix(7) holds 107
 * bytes. It lies in /tmp and goes when the node goes.
 */
import { createHash } from 'node:crypto';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Path of the short directory of a node's directory; the same for ever, and of this user only. */
export function shortDirectory(directory: string): string {
  const name = createHash('sha256').update(directory).digest('hex').slice(0, 16);
  return join('/tmp', `conpaas-${process.getuid?.() ?? 0}-${name}`);
}

/** Removes the short directories of all nodes of an agent's home, e.g. before the home itself is removed. */
export async function removeShortDirectories(home: string): Promise<void> {
  const nodes = join(home, 'nodes');
  for (const name of await readdir(nodes).catch(() => [])) {
    await rm(shortDirectory(join(nodes, name)), { recursive: true, force: true });
  }
}
