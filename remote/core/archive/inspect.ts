/** Lists an archive without unpacking it. */
import { createHash } from 'node:crypto';
import { type ArchiveLimits, defaultLimits } from './limits.ts';
import { type ArchiveFormat, detectFormat } from './open.ts';
import { walkArchive } from './walk.ts';

export interface ArchiveFile {
  /** Relative to the code's root: the enclosing folder is left out. */
  readonly path: string;
  readonly size: number;
  /** Of the content; of the target's text for a link. Lower-case hex. */
  readonly sha256: string;
  /** 0o644 or 0o755; 0o777 for a link. */
  readonly mode: number;
  /** Target of a symbolic link. */
  readonly link?: string;
}

export interface ArchiveListing {
  readonly format: ArchiveFormat;
  /** Name of the one folder around everything, which is stripped; undefined where there is none. */
  readonly enclosing: string | undefined;
  /** Sorted by path. */
  readonly files: readonly ArchiveFile[];
  /** Bytes of all files. */
  readonly size: number;
}

/**
 * Reads an archive (tar, tar.gz, tar.bz2, tar.xz, zip; told by its first bytes) from end to end without writing
 * anything, and refuses what is hostile in it.
 * @throws ConpaasError bad_archive with a reason that names the entry; missing_package without bzip2 or xz
 */
export async function inspectArchive(
  path: string,
  limits: ArchiveLimits = defaultLimits,
  signal: AbortSignal = new AbortController().signal,
): Promise<ArchiveListing> {
  const files = new Map<string, ArchiveFile>();
  const { enclosing } = await walkArchive(path, limits, true, signal, async (entry) => {
    switch (entry.kind) {
      case 'directory':
        return;
      case 'symlink': {
        const sha256 = createHash('sha256').update(entry.target).digest('hex');
        files.set(entry.path, { path: entry.path, size: 0, sha256, mode: 0o777, link: entry.target });
        return;
      }
      case 'hardlink': {
        const target = files.get(entry.target);
        if (target !== undefined) files.set(entry.path, { ...target, path: entry.path });
        return;
      }
      case 'file': {
        const hash = createHash('sha256');
        let size = 0;
        for await (const chunk of entry.body) {
          hash.update(chunk);
          size += chunk.length;
        }
        files.set(entry.path, { path: entry.path, size, sha256: hash.digest('hex'), mode: entry.mode });
      }
    }
  });
  const skip = enclosing === undefined ? 0 : enclosing.length + 1;
  const listed = [...files.values()].map((file) => ({ ...file, path: file.path.slice(skip) }));
  listed.sort((a, b) => (a.path < b.path ? -1 : 1));
  const size = listed.reduce((sum, file) => sum + file.size, 0);
  return { format: await detectFormat(path), enclosing, files: listed, size };
}
