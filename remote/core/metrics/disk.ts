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

export interface DiskMeter {
  /** The size of a directory as it was last found; undefined while it is looked at for the first time. */
  size(name: string, ...directories: readonly string[]): number | undefined;
  /** Forgets all names but these. */
  keep(names: ReadonlySet<string>): void;
}

const lookEveryMs = 30_000;
/** A look may take this part of the time at most: large trees are looked at less often. */
const shareOfTime = 1 / 500;

/** Knows sizes of directories without keeping anybody waiting: it walks through them now and then. */
export function createDiskMeter(signal: AbortSignal, log: (line: string) => void): DiskMeter {
  const known = new Map<string, { size: number | undefined; next: number }>();
  return {
    size(name, ...directories) {
      const entry = known.get(name) ?? { size: undefined, next: 0 };
      known.set(name, entry);
      const begin = performance.now();
      if (begin >= entry.next) {
        entry.next = Number.POSITIVE_INFINITY;
        Promise.all(directories.map((directory) => directorySize(directory, signal)))
          .then(
            (sizes) => {
              entry.size = sizes.reduce((sum, size) => sum + size, 0);
            },
            (error: unknown) => {
              if (!signal.aborted) log(`the size of ${directories.join(', ')} could not be told: ${String(error)}`);
            },
          )
          .finally(() => {
            const end = performance.now();
            entry.next = end + Math.max(lookEveryMs, (end - begin) / shareOfTime);
          });
      }
      return entry.size;
    },
    keep(names) {
      for (const name of known.keys()) if (!names.has(name)) known.delete(name);
    },
  };
}
