/** Goes through an archive and refuses whatever is hostile or broken in it, before anyone acts on an entry. */
import { stat } from 'node:fs/promises';
import { ConpaasError } from '../contract/errors.ts';
import { type ArchiveLimits, Budget, badArchive, formatBytes } from './limits.ts';
import { findBadLink } from './links.ts';
import { isSystemJunk, quoted, safePath } from './names.ts';
import { detectFormat, uncompressed } from './open.ts';
import type { RawEntry } from './raw-entry.ts';
import { readTar } from './read-tar.ts';
import { readZip } from './read-zip.ts';

/** A checked entry. `path` is relative and normalized; each path comes once. */
export type ArchiveEntry =
  /** `mode` is 0o644 or 0o755: nothing but "executable" survives, least of all setuid. Read `body` before going on. */
  | { readonly kind: 'file'; readonly path: string; readonly mode: number; readonly body: AsyncIterable<Buffer> }
  | { readonly kind: 'directory'; readonly path: string }
  /** Checked by `finish`, when all links are known. */
  | { readonly kind: 'symlink'; readonly path: string; readonly target: string }
  /** `target` is the path of a file that came before. */
  | { readonly kind: 'hardlink'; readonly path: string; readonly target: string };

/** What is known at the end. */
export interface ArchiveShape {
  /** The one folder that holds everything, if there is one. */
  readonly enclosing: string | undefined;
  /** Symbolic links, relative to `enclosing`; they all stay inside. */
  readonly links: ReadonlyMap<string, string>;
}

/**
 * Streams the checked entries of an archive to `visit`, one after the other.
 * @throws ConpaasError bad_archive naming the entry; missing_package where bzip2 or xz is missing
 */
export async function walkArchive(
  path: string,
  limits: ArchiveLimits,
  strip: boolean,
  signal: AbortSignal,
  visit: (entry: ArchiveEntry) => Promise<void>,
): Promise<ArchiveShape> {
  const tree = new Tree(limits);
  const source = readEntries(path, limits, signal);
  for (;;) {
    const next = await source.next().catch(damaged);
    if (next.done === true) break;
    try {
      signal.throwIfAborted();
      const entry = tree.add(next.value);
      if (entry !== undefined) await visit(entry).catch(damaged);
    } catch (thrown) {
      await source.return(undefined).catch(() => undefined);
      throw thrown;
    }
  }
  return tree.finish(strip);
}

async function* readEntries(path: string, limits: ArchiveLimits, signal: AbortSignal): AsyncGenerator<RawEntry> {
  signal.throwIfAborted();
  const format = await detectFormat(path);
  const budget = new Budget(limits, (await stat(path)).size);
  if (format === 'zip') yield* readZip(path, limits, budget);
  else yield* readTar(uncompressed(path, format, signal), budget, signal);
}

/** Parsers throw plain errors for broken archives; errors of the file system and of cancelling are not theirs. */
function damaged(thrown: unknown): never {
  if (thrown instanceof ConpaasError || !(thrown instanceof Error)) throw thrown;
  if (thrown.name === 'AbortError' || thrown.name === 'TimeoutError' || 'syscall' in thrown) throw thrown;
  throw badArchive(`The archive is damaged: ${thrown.message.replace(/\.$/, '')}.`);
}

/** Everything seen so far, so that no path comes twice and none lies behind a file or a link. */
class Tree {
  readonly #limits: ArchiveLimits;
  readonly #seen = new Map<string, 'directory' | 'file' | 'symlink'>();
  readonly #links = new Map<string, string>();
  #entries = 0;

  constructor(limits: ArchiveLimits) {
    this.#limits = limits;
  }

  /** The checked entry; undefined for what is left out. */
  add(raw: RawEntry): ArchiveEntry | undefined {
    this.#entries++;
    this.#count();
    const path = safePath(raw.name);
    if (path === '' && raw.kind === 'directory') return undefined;
    if (path === '') throw badArchive(`The archive holds a file without a name (${quoted(raw.name)}).`);
    if (isSystemJunk(path)) {
      return undefined;
    }
    switch (raw.kind) {
      case 'special':
        throw badArchive(
          `The archive holds ${quoted(path)}, a ${raw.what}; only files, folders and links are allowed.`,
        );
      case 'directory':
        this.#note(path, 'directory');
        return { kind: 'directory', path };
      case 'file':
        if (raw.size > this.#limits.fileBytes)
          throw badArchive(
            `The archive holds ${quoted(path)} of ${formatBytes(raw.size)}; at most ${formatBytes(this.#limits.fileBytes)} are allowed.`,
          );
        this.#note(path, 'file');
        return { kind: 'file', path, mode: (raw.mode & 0o111) === 0 ? 0o644 : 0o755, body: raw.body };
      case 'symlink':
        this.#note(path, 'symlink');
        this.#links.set(path, raw.target);
        return { kind: 'symlink', path, target: raw.target };
      case 'hardlink': {
        const target = safePath(raw.target);
        if (this.#seen.get(target) !== 'file')
          throw badArchive(
            `The archive holds the hard link ${quoted(path)} to ${quoted(raw.target)}, which is no file that comes before it.`,
          );
        this.#note(path, 'file');
        return { kind: 'hardlink', path, target };
      }
    }
  }

  finish(strip: boolean): ArchiveShape {
    const top = new Set<string>();
    let holdsFiles = false;
    for (const [path, kind] of this.#seen) {
      const slash = path.indexOf('/');
      top.add(slash < 0 ? path : path.slice(0, slash));
      if (kind !== 'directory') holdsFiles = true;
    }
    if (!holdsFiles) throw badArchive('The archive holds no files.');
    const [only] = top;
    const enclosing =
      strip && top.size === 1 && only !== undefined && this.#seen.get(only) === 'directory' ? only : undefined;
    const links =
      enclosing === undefined
        ? this.#links
        : new Map([...this.#links].map(([path, target]) => [path.slice(enclosing.length + 1), target]));
    const bad = findBadLink(links);
    if (bad !== undefined) throw badArchive(`The archive holds the ${bad}.`);
    return { enclosing, links };
  }

  #note(path: string, kind: 'directory' | 'file' | 'symlink'): void {
    const before = this.#seen.get(path);
    if (before !== undefined && !(before === 'directory' && kind === 'directory'))
      throw badArchive(`The archive holds ${quoted(path)} twice.`);
    this.#seen.set(path, kind);
    for (let slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
      const parent = path.slice(0, slash);
      const known = this.#seen.get(parent);
      if (known === 'directory') break;
      if (known !== undefined)
        throw badArchive(
          `The archive holds ${quoted(path)}, but ${quoted(parent)} is a ${known === 'file' ? 'file' : 'link'}.`,
        );
      this.#seen.set(parent, 'directory');
    }
    this.#count();
  }

  #count(): void {
    // Entries that repeat or are left out count too, and so do folders that are only implied.
    if (Math.max(this.#seen.size, this.#entries) > this.#limits.entries)
      throw badArchive(
        `The archive holds more than ${this.#limits.entries} files and folders, the most that is allowed.`,
      );
  }
}
