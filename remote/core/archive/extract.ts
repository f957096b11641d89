/** Unpacks an archive: all of it, or nothing. */
import { chmod, link, mkdir, open, rename, rm, stat, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ConpaasError } from '../contract/errors.ts';
import { type ArchiveLimits, defaultLimits } from './limits.ts';
import { type ArchiveEntry, walkArchive } from './walk.ts';

export interface ExtractOptions {
  readonly limits?: ArchiveLimits;
  /** Leave out the one enclosing folder. Default: true. */
  readonly strip?: boolean;
  readonly signal?: AbortSignal;
}

/** One unpacking per destination at a time within this process: two nodes of an agent may want the same code. */
const underWay = new Map<string, Promise<unknown>>();

/**
 * Unpacks to `destination`, which must not exist (its parent must). The work is done in `<destination>.partial`, moved
 * at the end; what a killed process left there is replaced. After a failure nothing is left on disk. Called again
 * while the same destination is being unpacked, it waits and takes that result.
 * @throws ConpaasError bad_archive with the reason; conflict when the destination exists already
 */
export async function extractArchive(path: string, destination: string, options: ExtractOptions = {}): Promise<void> {
  const signal = options.signal ?? new AbortController().signal;
  for (let other = underWay.get(destination); other !== undefined; other = underWay.get(destination)) {
    await other.catch(() => undefined);
    if (await exists(destination)) return;
  }
  signal.throwIfAborted();
  const work = extract(path, destination, options, signal);
  underWay.set(destination, work);
  try {
    await work;
  } finally {
    underWay.delete(destination);
  }
}

async function extract(path: string, destination: string, options: ExtractOptions, signal: AbortSignal): Promise<void> {
  if (await exists(destination))
    throw new ConpaasError('conflict', `${destination} exists already; an archive is unpacked to a new folder only.`);
  const partial = `${destination}.partial`;
  await rm(partial, { recursive: true, force: true });
  try {
    await mkdir(partial, { mode: 0o755 });
    const writer = new TreeWriter(partial);
    const shape = await walkArchive(path, options.limits ?? defaultLimits, options.strip ?? true, signal, (entry) =>
      writer.add(entry),
    );
    const root = shape.enclosing === undefined ? partial : join(partial, shape.enclosing);
    // Links come last: while files are written there is none that a path could lead through.
    for (const [name, target] of shape.links) await symlink(target, join(root, name));
    signal.throwIfAborted();
    await rename(root, destination);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

/** Writes entries below an empty folder of our own. */
class TreeWriter {
  readonly #root: string;
  readonly #made = new Set<string>();
  /** Hosted code runs under another uid than ours and must be able to read, whatever our umask is. */
  readonly #masked = (process.umask() & 0o055) !== 0;

  constructor(root: string) {
    this.#root = root;
  }

  async add(entry: ArchiveEntry): Promise<void> {
    const path = join(this.#root, entry.path);
    await this.#makeFolder(entry.kind === 'directory' ? entry.path : dirname(entry.path));
    switch (entry.kind) {
      case 'hardlink':
        return link(join(this.#root, entry.target), path);
      case 'file':
        return this.#write(path, entry.mode, entry.body);
      case 'directory':
      case 'symlink':
        return;
    }
  }

  async #write(path: string, mode: number, body: AsyncIterable<Buffer>): Promise<void> {
    // "wx" creates the file and follows no link.
    const file = await open(path, 'wx', mode);
    try {
      for await (const chunk of body) await file.writeFile(chunk);
      if (this.#masked) await file.chmod(mode);
    } finally {
      await file.close();
    }
  }

  async #makeFolder(path: string): Promise<void> {
    if (path === '.' || this.#made.has(path)) return;
    await this.#makeFolder(dirname(path));
    const full = join(this.#root, path);
    await mkdir(full, { mode: 0o755 });
    if (this.#masked) await chmod(full, 0o755);
    this.#made.add(path);
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
