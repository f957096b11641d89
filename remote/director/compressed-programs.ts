/**
 * Programs as new machines fetch them: compressed, each once however many machines ask. With gzip, since every Debian can
 * unpack it before anything of ours is there, and at the cost of a second; xz saves a third more and takes five.
 */
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { Program } from '../core/clouds/machines/programs.ts';
import { digestFile } from '../core/files/digest.ts';

export interface CompressedFile {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** Of the compressed file, lower-case hex. */
  readonly sha256: string;
}

export class CompressedPrograms {
  readonly #directory: string;
  readonly #programs: () => Promise<readonly Program[]>;
  readonly #files = new Map<string, Promise<CompressedFile>>();
  #tidied: Promise<void> | undefined;

  /** @param directory where they are kept, over restarts too */
  constructor(directory: string, programs: () => Promise<readonly Program[]>) {
    this.#directory = directory;
    this.#programs = programs;
  }

  /** @throws what the disk says; the next who asks makes it again */
  of(program: Program): Promise<CompressedFile> {
    const { sha256 } = program;
    let file = this.#files.get(sha256);
    if (!file) {
      file = this.#make(program);
      this.#files.set(sha256, file);
      file.catch(() => this.#files.delete(sha256)); // whoever waits for it is told
    }
    return file;
  }

  async #make({ path: from, sha256 }: Program): Promise<CompressedFile> {
    this.#tidied ??= this.#tidy();
    await this.#tidied;
    const file = path.join(this.#directory, `${sha256}.gz`);
    const kept = await digestFile(file, undefined).catch(() => undefined); // not made yet
    if (kept) return { path: file, ...kept };
    const unfinished = `${file}.new`;
    await pipeline(createReadStream(from, { highWaterMark: 1024 * 1024 }), createGzip(), createWriteStream(unfinished));
    {
      await using handle = await open(unfinished, 'r');
      await handle.sync();
    }
    await rename(unfinished, file);
    return { path: file, ...(await digestFile(file, undefined)) };
  }

  /** What was begun and not ended, and what an older release has left. */
  async #tidy(): Promise<void> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    const wanted = new Set((await this.#programs()).map(({ sha256 }) => `${sha256}.gz`));
    for (const name of await readdir(this.#directory)) {
      if (!wanted.has(name)) await rm(path.join(this.#directory, name));
    }
  }
}
