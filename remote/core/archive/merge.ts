/** Lays archives one over the other, as the list form of `Archive` asks for. */

import { type ArchiveLimits, badArchive, defaultLimits } from './limits.ts';
import { findBadLink } from './links.ts';
import { walkArchive } from './walk.ts';
import { type ArchiveWriter, type WrittenArchive, writeArchive } from './write.ts';

type Kind = 'file' | 'directory' | 'symlink';

/** What is in one of the archives, by path without the enclosing folder. */
interface Layer {
  readonly path: string;
  /** How long the enclosing folder is in its paths. */
  readonly strip: number;
  /** Folders that are only implied by a path included. */
  readonly kinds: ReadonlyMap<string, Kind>;
  readonly sizes: ReadonlyMap<string, number>;
  readonly links: ReadonlyMap<string, string>;
  /** Further names of files. */
  readonly names: ReadonlyMap<string, readonly string[]>;
}

/** Level of gzip: fast, as the archive stays near. */
const level = 1;

/**
 * Packs the archives as one: each without its enclosing folder, files of later ones in the place of earlier ones. Each is
 * read twice and never unpacked: a file that is written and read again costs many times what its bytes cost.
 * @throws ConpaasError bad_archive
 */
export async function mergeArchives(
  paths: readonly string[],
  output: string,
  options: { readonly limits?: ArchiveLimits; readonly signal?: AbortSignal } = {},
): Promise<WrittenArchive> {
  const { limits = defaultLimits, signal = new AbortController().signal } = options;
  const layers: Layer[] = [];
  for (const path of paths) layers.push(await readLayer(path, limits, signal));
  const kept = overlay(layers);
  const links = new Map(
    layers.flatMap((layer, index) => [...layer.links].filter(([path]) => kept.get(path) === index)),
  );
  const bad = findBadLink(links);
  if (bad !== undefined) throw badArchive(`Laid one over the other, the archives hold the ${bad}.`);
  return writeArchive(output, { level, signal }, async (archive) => {
    for (const [index, layer] of layers.entries()) {
      const isKept = (path: string): boolean => kept.get(path) === index;
      for (const [path, kind] of layer.kinds) if (kind === 'directory' && isKept(path)) await archive.directory(path);
      await copyFiles(layer, isKept, archive, limits, signal);
    }
    for (const [path, target] of links) await archive.symlink(path, target);
  });
}

/** Reads an archive to its end, so that all of it is known to be sound. */
async function readLayer(path: string, limits: ArchiveLimits, signal: AbortSignal): Promise<Layer> {
  const kinds = new Map<string, Kind>();
  const sizes = new Map<string, number>();
  const names = new Map<string, string[]>();
  const { enclosing, links } = await walkArchive(path, limits, true, signal, async (entry) => {
    kinds.set(entry.path, entry.kind === 'hardlink' ? 'file' : entry.kind);
    if (entry.kind === 'hardlink') names.set(entry.target, [...(names.get(entry.target) ?? []), entry.path]);
    if (entry.kind !== 'file') return;
    let size = 0;
    for await (const chunk of entry.body) size += chunk.length;
    sizes.set(entry.path, size);
  });
  const strip = enclosing === undefined ? 0 : enclosing.length + 1;
  const without = <T>(all: ReadonlyMap<string, T>): Map<string, T> =>
    new Map([...all].map(([name, value]) => [name.slice(strip), value]));
  const all = without(kinds);
  all.delete(''); // the enclosing folder itself
  for (const name of [...all.keys()]) for (const above of foldersAbove(name)) all.set(above, 'directory');
  return {
    ...{ path, strip, links, kinds: all, sizes: without(sizes) },
    names: new Map([...names].map(([name, others]) => [name.slice(strip), others.map((one) => one.slice(strip))])),
  };
}

/** From the nearest one up. */
function* foldersAbove(path: string): Generator<string> {
  for (let slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1))
    yield path.slice(0, slash);
}

/** Each path's layer: the last one wins, a file replaces a folder with all that is in it, a folder replaces a file. */
function overlay(layers: readonly Layer[]): ReadonlyMap<string, number> {
  const kept = new Map<string, number>();
  for (const [index, { kinds }] of layers.entries()) {
    for (const path of kept.keys()) {
      const above = [...foldersAbove(path)].find((folder) => kinds.has(folder));
      if (above !== undefined && kinds.get(above) !== 'directory') kept.delete(path);
    }
    for (const path of kinds.keys()) kept.set(path, index);
  }
  return kept;
}

/** A file that is replaced lives on under what other names it has. */
async function copyFiles(
  layer: Layer,
  isKept: (path: string) => boolean,
  archive: ArchiveWriter,
  limits: ArchiveLimits,
  signal: AbortSignal,
): Promise<void> {
  await walkArchive(layer.path, limits, true, signal, async (entry) => {
    if (entry.kind !== 'file') return;
    const path = entry.path.slice(layer.strip);
    const [first, ...others] = [path, ...namesOf(layer, path)].filter(isKept);
    if (first === undefined) return;
    await archive.file({ path: first, mode: entry.mode, size: layer.sizes.get(path) ?? 0 }, entry.body);
    for (const other of others) await archive.hardlink(other, first);
  });
}

/** Names that a file has beside its own, and what they in turn are called. */
const namesOf = (layer: Layer, path: string): string[] =>
  (layer.names.get(path) ?? []).flatMap((name) => [name, ...namesOf(layer, name)]);
