/** Unpacks an archive: all of it, or nothing. */
import { chmod, link, mkdir, open, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
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

const smallFile = 256 * 1024;
const writesAtOnce = 16;

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
    const strip = options.strip ?? true;
    const shape = await walkArchive(path, options.limits ?? defaultLimits, strip, signal, (entry) =>
      writer.add(entry),
    ).finally(() => writer.settled());
    const root = shape.enclosing === undefined ? partial : join(partial, shape.enclosing);
    // Links come last: while files are written there is none that a path could lead through.
    for (const [name, target] of shape.links) await symlink(target, join(root, name));
    signal.throwIfAborted();
    await rename(root, destination);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

/** Writes entries below an empty folder of our own; small files side by side, large ones streamed. */
class TreeWriter {
  readonly #root: string;
  readonly #made = new Set<string>();
  readonly #writing = new Set<Promise<void>>();
  readonly #masked = (process.umask() & 0o055) !== 0;
  #failure: { error: unknown } | undefined;

  constructor(root: string) {
    this.#root = root;
  }

  async add(entry: ArchiveEntry): Promise<void> {
    const path = join(this.#root, entry.path);
    switch (entry.kind) {
      case 'symlink':
        return this.#makeFolder(dirname(entry.path));
      case 'directory':
        return this.#makeFolder(entry.path);
      case 'hardlink':
        await this.#makeFolder(dirname(entry.path));
        await this.settled();
        return link(join(this.#root, entry.target), path);
      case 'file':
        await this.#makeFolder(dirname(entry.path));
        return this.#write(path, entry.mode, entry.body);
    }
  }

  /** Waits for all writes; throws the first failure. */
  async settled(): Promise<void> {
    await Promise.all(this.#writing);
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  async #write(path: string, mode: number, body: AsyncIterable<Buffer>): Promise<void> {
    const chunks: Buffer[] = [];
    let size = 0;
    const rest = body[Symbol.asyncIterator]();
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) {
      chunks.push(next.value);
      size += next.value.length;
      if (size > smallFile) return this.#stream(path, mode, chunks, rest);
    }
    // "wx" creates the file and follows no link.
    this.#start(writeFile(path, Buffer.concat(chunks), { flag: 'wx', mode }).then(() => this.#unmask(path, mode)));
    if (this.#writing.size >= writesAtOnce) await Promise.race(this.#writing);
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  async #stream(path: string, mode: number, begin: readonly Buffer[], rest: AsyncIterator<Buffer>): Promise<void> {
    const file = await open(path, 'wx', mode);
    try {
      for (const chunk of begin) await file.writeFile(chunk);
      for (let next = await rest.next(); next.done !== true; next = await rest.next()) await file.writeFile(next.value);
    } finally {
      await file.close();
    }
    await this.#unmask(path, mode);
  }

  #start(work: Promise<void>): void {
    const tracked = work
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .finally(() => this.#writing.delete(tracked));
    this.#writing.add(tracked);
  }

  async #makeFolder(path: string): Promise<void> {
    if (path === '.' || path === '' || this.#made.has(path)) return;
    await this.#makeFolder(dirname(path));
    const full = join(this.#root, path);
    await mkdir(full, { mode: 0o755 });
    await this.#unmask(full, 0o755);
    this.#made.add(path);
  }

  /** Hosted code runs under another uid than ours and must be able to read, whatever our umask is. */
  async #unmask(path: string, mode: number): Promise<void> {
    if (this.#masked) await chmod(path, mode);
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
