/** How much of a disk a directory takes. */
import { lstat, opendir } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Bytes of disk that a directory and all below it take; links are not followed. What vanishes or may not be read while
 * we look counts as nothing.
 */
export async function directorySize(directory: string, signal?: AbortSignal): Promise<number> {
  let total = 0;
  const waiting = [directory];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    signal?.throwIfAborted();
    try {
      for await (const entry of await opendir(path)) {
        const inside = join(path, entry.name);
        if (entry.isDirectory()) waiting.push(inside);
        else total += (await lstat(inside)).blocks * 512;
      }
    } catch (error) {
      if (!['ENOENT', 'EACCES', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    }
  }
  return total;
}
