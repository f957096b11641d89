/** Opens an archive by what its first bytes say: its format, and its bytes uncompressed. */
import { spawn } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { ConpaasError } from '../contract/errors.ts';
import { badArchive } from './limits.ts';

export type ArchiveFormat = 'tar' | 'tar.gz' | 'tar.bz2' | 'tar.xz' | 'zip';

/** First entry, or the directory of a zip without any. */
const zipStarts = [0x04034b50, 0x06054b50];

/**
 * The format by magic numbers; names are not looked at.
 * @throws ConpaasError bad_archive when it is none that we know
 */
export async function detectFormat(path: string): Promise<ArchiveFormat> {
  const handle = await open(path);
  try {
    const head = Buffer.alloc(512);
    const { bytesRead } = await handle.read(head, 0, 512, 0);
    if (bytesRead === 0) throw badArchive('The archive is an empty file.');
    if (head[0] === 0x1f && head[1] === 0x8b) return 'tar.gz';
    if (head.subarray(0, 3).toString('latin1') === 'BZh') return 'tar.bz2';
    if (head.subarray(0, 6).toString('latin1') === '\xfd7zXZ\0') return 'tar.xz';
    if (zipStarts.includes(head.readUInt32LE(0))) return 'zip';
    if (bytesRead === 512 && isTarHeader(head)) return 'tar';
  } finally {
    await handle.close();
  }
  throw badArchive('This is no archive that can be read; use tar, tar.gz, tar.bz2, tar.xz or zip.');
}

/** A tar header carries the sum of its bytes, its own field counted as blanks (also in formats before ustar). */
function isTarHeader(head: Buffer): boolean {
  const stated = Number.parseInt(head.subarray(148, 156).toString('latin1').replaceAll('\0', ' ').trim(), 8);
  let sum = 0;
  for (let index = 0; index < 512; index++) sum += index >= 148 && index < 156 ? 32 : (head[index] ?? 0);
  return sum === stated;
}

/** The tar inside, as a stream of bytes. */
export function uncompressed(
  path: string,
  format: Exclude<ArchiveFormat, 'zip'>,
  signal: AbortSignal,
): AsyncIterable<Buffer> {
  switch (format) {
    case 'tar':
      return createReadStream(path, { highWaterMark: 256 * 1024 });
    case 'tar.gz': {
      const unzip = createGunzip({ chunkSize: 256 * 1024 });
      // An error of the file destroys `unzip` with it, and so reaches whoever reads.
      return pipeline(createReadStream(path, { highWaterMark: 64 * 1024 }), unzip, () => undefined);
    }
    case 'tar.bz2':
      return throughProgram('bzip2', ['-dc'], path, signal);
    case 'tar.xz':
      return throughProgram('xz', ['-dc', '--threads=1', '--memlimit-decompress=256MiB'], path, signal);
  }
}

async function* throughProgram(
  program: string,
  options: readonly string[],
  path: string,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  const file = await open(path);
  try {
    const child = spawn(program, options, { stdio: [file.fd, 'pipe', 'pipe'], signal, killSignal: 'SIGKILL' });
    const { stdout, stderr } = child;
    if (stdout === null || stderr === null) throw new TypeError('pipes were asked for');
    const ended = new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    // Awaited below; until then it must not count as unhandled.
    ended.catch(() => undefined);
    let complaint = '';
    stderr.setEncoding('utf8').on('data', (text: string) => {
      complaint = (complaint + text).slice(-2000);
    });
    try {
      // Wrapped: a program that is not there ends its output without an error of its own.
      for await (const chunk of stdout) yield chunk as Buffer;
      const code = await ended;
      if (code !== 0)
        throw badArchive(`The archive is damaged: ${program} could not read it.`, complaint.trim().split('\n'));
    } finally {
      child.kill('SIGKILL');
      await ended.catch(() => undefined);
    }
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT')
      throw new ConpaasError('missing_package', `Archives of this format need ${program}, which is not installed.`);
    throw thrown;
  } finally {
    await file.close();
  }
}
