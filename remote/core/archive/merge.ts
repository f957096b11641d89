/** Lays archives one over the other, as the list form of `Archive` asks for. */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { extractArchive } from './extract.ts';
import type { ArchiveLimits } from './limits.ts';
import { listTree, nearLevel, type PackedArchive, type PackItem, packItems } from './pack.ts';

/**
 * Packs the archives as one: each unpacked without its enclosing folder, files of later ones in the place of earlier
 * ones. Works in `<output>.layers`, which is removed again.
 * @throws ConpaasError bad_archive
 */
export async function mergeArchives(
  paths: readonly string[],
  output: string,
  options: { readonly limits?: ArchiveLimits; readonly signal?: AbortSignal } = {},
): Promise<PackedArchive> {
  const work = `${output}.layers`;
  await rm(work, { recursive: true, force: true });
  await mkdir(work, { mode: 0o700 });
  try {
    let merged: PackItem[] = [];
    for (const [index, path] of paths.entries()) {
      const layer = join(work, String(index));
      await extractArchive(path, layer, options);
      merged = overlay(merged, await listTree(layer, () => false, []));
    }
    return { ...(await packItems(merged, output, options.signal, nearLevel)), skipped: [] };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** `upper` wins: a file replaces a folder with all that is in it, a folder replaces a file. */
function overlay(lower: readonly PackItem[], upper: readonly PackItem[]): PackItem[] {
  const top = new Map(upper.map((item) => [item.path, item]));
  const kept = lower.filter(({ path }) => {
    if (top.has(path)) return false;
    for (let slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
      const above = top.get(path.slice(0, slash));
      if (above !== undefined) return above.kind === 'directory';
    }
    return true;
  });
  return [...kept, ...upper];
}
