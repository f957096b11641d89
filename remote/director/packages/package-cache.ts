/**
 * What machines install, fetched from its mirror once. Whether a file is the right one is apt's to say, by the archive's
 * signature: nobody has to believe us. What changes (the signed indexes) is asked for again after a while, and while the
 * mirror does not answer the last one counts.
 */
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat, statfs, utimes } from 'node:fs/promises';
import path from 'node:path';
import { ConpaasError } from '../../core/contract/errors.ts';
import type { DownloadBody } from '../../core/contract/method.ts';
import { type ArchiveName, isLasting } from '../../core/contract/packages.ts';
import { fetchFile, type Version } from './fetch.ts';
import type { Mirrors } from './mirrors.ts';
import { createTurns } from './turns.ts';

export interface PackageCacheOptions {
  /** Made when it is first needed. */
  readonly directory: string;
  readonly mirrors: Mirrors;
  /** Of all files together, bytes; what was not asked for the longest goes first. */
  readonly capBytes?: number;
  /** Of one file, bytes. */
  readonly maxBytes?: number;
  /** So much of the disk stays free, bytes. */
  readonly spareBytes?: number;
  /** So long an index counts before the mirror is asked again, milliseconds. */
  readonly freshMs?: number;
  log(line: string): void;
}

interface Kept {
  readonly size: number;
  /** When the mirror was last asked, milliseconds since the epoch; 0 for what an earlier life has left. */
  readonly askedAt: number;
  readonly version: Version;
}

/** So many files come from mirrors at once. */
const atOnce = 8;
/** One file takes no longer, milliseconds. */
const fetchMs = 15 * 60_000;
const partial = '.part';

export class PackageCache implements AsyncDisposable {
  readonly #options: Required<PackageCacheOptions>;
  /** By file name; the one that was not asked for the longest comes first. */
  readonly #kept = new Map<string, Kept>();
  readonly #coming = new Map<string, Promise<void>>();
  readonly #turns = createTurns(atOnce);
  readonly #stop = new AbortController();
  #loaded: Promise<void> | undefined;

  constructor(options: PackageCacheOptions) {
    this.#options = {
      capBytes: 2 * 1024 ** 3,
      maxBytes: 512 * 1024 ** 2,
      spareBytes: 512 * 1024 ** 2,
      freshMs: 10 * 60_000,
      ...options,
    };
  }

  /**
   * A file of an archive. Whoever asks for one that is coming already waits for that.
   * @param file one that `isPackagePath` takes
   * @throws ConpaasError as `fetchFile`, disk_full, not_found also where no mirror of the archive is known
   */
  async open(archive: ArchiveName, file: string, signal: AbortSignal): Promise<DownloadBody> {
    this.#loaded ??= this.#load().catch((error: unknown) => {
      this.#loaded = undefined; // whoever asks next tries again
      throw error;
    });
    await this.#loaded;
    const name = createHash('sha256').update(`${archive}/${file}`).digest('hex');
    // What another file's room was made of may be gone before it is opened.
    for (let attempt = 1; ; attempt += 1) {
      await this.#bring(name, archive, file);
      const handle = await open(path.join(this.#options.directory, name)).catch((error: NodeJS.ErrnoException) => {
        this.#kept.delete(name);
        if (error.code === 'ENOENT' && attempt < 3) return undefined;
        throw error;
      });
      if (!handle) continue;
      if (signal.aborted) {
        await handle.close();
        throw signal.reason;
      }
      this.#used(name);
      const { size } = await handle.stat();
      return { stream: handle.createReadStream(), size, name: path.posix.basename(file) };
    }
  }

  /** Until it is here, and as new as it has to be. */
  async #bring(name: string, archive: ArchiveName, file: string): Promise<void> {
    const kept = this.#kept.get(name);
    if (kept && (isLasting(file) || Date.now() - kept.askedAt < this.#options.freshMs)) return;
    let coming = this.#coming.get(name);
    if (!coming) {
      const mirror = this.#options.mirrors[archive];
      if (mirror === undefined) {
        throw new ConpaasError(
          'not_found',
          `The sources of apt on the director's machine name no mirror of ${archive}.`,
        );
      }
      coming = this.#turns(() => this.#fetch(name, `${mirror}/${encoded(file)}`, kept));
      this.#coming.set(name, coming);
      void coming.catch(() => undefined).finally(() => this.#coming.delete(name)); // told to whoever asks
    }
    try {
      await coming;
    } catch (error) {
      if (!kept || (error instanceof ConpaasError && error.code === 'not_found')) throw error;
      this.#options.log(`packages: the last ${archive}/${file} is given: ${(error as Error).message}`);
    }
  }

  async #fetch(name: string, url: string, kept: Kept | undefined): Promise<void> {
    const { directory, maxBytes } = this.#options;
    const to = path.join(directory, `${name}.${randomBytes(6).toString('hex')}${partial}`);
    const signal = AbortSignal.any([this.#stop.signal, AbortSignal.timeout(fetchMs)]);
    try {
      const admit = (bytes: number) => this.#admit(bytes);
      const fetched = await fetchFile({ url, to, version: kept?.version, maxBytes, admit, signal });
      if (!fetched.changed) {
        if (kept) this.#kept.set(name, { ...kept, askedAt: Date.now() });
        return;
      }
      const { size } = await stat(to);
      await rename(to, path.join(directory, name));
      this.#kept.set(name, { size, askedAt: Date.now(), version: fetched.version });
      await this.#evict(name);
    } finally {
      await rm(to, { force: true });
    }
  }

  /** @throws ConpaasError disk_full: what the director itself writes comes first */
  async #admit(bytes: number): Promise<void> {
    const { directory, spareBytes } = this.#options;
    const { bavail, bsize } = await statfs(directory);
    if (bavail * bsize - bytes >= spareBytes) return;
    throw new ConpaasError('disk_full', "There is no room for packages on the director's disk.");
  }

  async #evict(stays: string): Promise<void> {
    let total = this.#kept.values().reduce((sum, { size }) => sum + size, 0);
    for (const [name, { size }] of this.#kept) {
      if (total <= this.#options.capBytes) return;
      if (name === stays) continue;
      this.#kept.delete(name);
      await rm(path.join(this.#options.directory, name), { force: true }); // who reads it now reads on
      total -= size;
    }
  }

  #used(name: string): void {
    const kept = this.#kept.get(name);
    if (!kept) return;
    this.#kept.delete(name);
    this.#kept.set(name, kept);
    const now = new Date();
    // For the next life only: it matters to nobody now.
    utimes(path.join(this.#options.directory, name), now, now).catch(() => undefined);
  }

  async #load(): Promise<void> {
    const { directory } = this.#options;
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const found = await Promise.all(
      (await readdir(directory)).map(async (name) => ({ name, ...(await of(path.join(directory, name))) })),
    );
    for (const { name, size } of found.sort((a, b) => a.usedAt - b.usedAt)) {
      if (name.endsWith(partial)) await rm(path.join(directory, name), { force: true });
      else this.#kept.set(name, { size, askedAt: 0, version: {} });
    }
  }

  /** Ends what is coming. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await Promise.allSettled(this.#coming.values());
  }
}

async function of(file: string): Promise<{ size: number; usedAt: number }> {
  const { size, mtimeMs } = await stat(file);
  return { size, usedAt: mtimeMs };
}

/** As apt writes it: a `+` of a path is no blank to any server. */
const encoded = (file: string): string => file.split('/').map(encodeURIComponent).join('/');
