/** Writes a tar.gz, entry by entry, without times and owners: the same entries give the same archive. Runs on Node 20 too. */
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { pack as createPack, type Header, type Pack } from 'tar-stream';

export interface WrittenArchive {
  readonly path: string;
  /** Bytes of the archive. */
  readonly size: number;
  /** Of the archive. */
  readonly sha256: string;
  /** SHA-256 of the tar before compression: the same for the same files whatever zlib compressed it. */
  readonly tree: string;
  /** And links. */
  readonly files: number;
}

/**
 * Everything lies in one folder of this name, which unpacking strips: else the only sub-folder of a project that has
 * but one would be taken for an enclosing folder.
 */
const enclosing = 'code';

const common = { mtime: new Date(0), uid: 0, gid: 0, uname: '', gname: '' } as const;

/** Takes the entries of an archive, one after the other; paths are relative. */
export class ArchiveWriter {
  readonly #tar: Pack;
  #files = 0;

  constructor(tar: Pack) {
    this.#tar = tar;
  }

  get files(): number {
    return this.#files;
  }

  directory(path: string): Promise<void> {
    return this.#add({ name: `${enclosing}/${path}/`, type: 'directory', mode: 0o755 });
  }

  symlink(path: string, target: string): Promise<void> {
    this.#files += 1;
    return this.#add({ name: `${enclosing}/${path}`, type: 'symlink', mode: 0o777, linkname: target });
  }

  /** Another name of a file that is in the archive already. */
  hardlink(path: string, target: string): Promise<void> {
    this.#files += 1;
    const name = `${enclosing}/${path}`;
    return this.#add({ name, type: 'link', mode: 0o644, linkname: `${enclosing}/${target}` });
  }

  /** @param file its size must be that of `body`; of its mode only "executable" is kept */
  async file(
    { path, mode, size }: { readonly path: string; readonly mode: number; readonly size: number },
    body: AsyncIterable<Buffer | string>,
  ): Promise<void> {
    this.#files += 1;
    const plain = (mode & 0o111) === 0 ? 0o644 : 0o755;
    const name = `${enclosing}/${path}`;
    await pipeline(body, this.#tar.entry({ ...common, name, type: 'file', mode: plain, size }));
  }

  #add(header: Partial<Header> & { readonly name: string }): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#tar.entry({ ...common, ...header }, (error) => (error == null ? resolve() : reject(error)));
    });
  }
}

/** Writes what `fill` adds. A failure leaves no file. @param options.level of gzip */
export async function writeArchive(
  output: string,
  { level, signal }: { readonly level: number; readonly signal?: AbortSignal | undefined },
  fill: (archive: ArchiveWriter) => Promise<void>,
): Promise<WrittenArchive> {
  const tar = createPack();
  const tree = createHash('sha256');
  const whole = createHash('sha256');
  let size = 0;
  const writing = pipeline(
    tar,
    hashing((chunk) => tree.update(chunk)),
    createGzip({ level }),
    hashing((chunk) => {
      whole.update(chunk);
      size += chunk.length;
    }),
    createWriteStream(output),
    signal === undefined ? {} : { signal },
  );
  const archive = new ArchiveWriter(tar);
  try {
    await Promise.all([writing, fill(archive).then(() => tar.finalize())]);
  } catch (thrown) {
    tar.destroy();
    await writing.catch(() => undefined);
    await rm(output, { force: true });
    throw thrown;
  }
  return { path: output, size, sha256: whole.digest('hex'), tree: tree.digest('hex'), files: archive.files };
}

function hashing(update: (chunk: Buffer) => void): PassThrough {
  return new PassThrough({
    transform(chunk: Buffer, _encoding, done) {
      update(chunk);
      done(null, chunk);
    },
  });
}
