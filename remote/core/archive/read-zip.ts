/** Entries of a zip, in the order of its directory, streamed. */
import { crc32 } from 'node:zlib';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { type ArchiveLimits, type Budget, badArchive } from './limits.ts';
import { quoted } from './names.ts';
import type { RawEntry } from './raw-entry.ts';

const fileTypes = { mask: 0o170000, none: 0, file: 0o100000, directory: 0o040000, symlink: 0o120000 };
const madeOnUnix = 3;
const longestTarget = 4096;

/** Sizes are charged to `budget` as the directory states them; a file that turns out longer is an error. */
export async function* readZip(path: string, limits: ArchiveLimits, budget: Budget): AsyncGenerator<RawEntry> {
  const zip = await openPromise(path, { autoClose: false, strictFileNames: true, validateEntrySizes: true });
  try {
    if (zip.entryCount > limits.entries)
      throw badArchive(`The archive holds ${zip.entryCount} entries; at most ${limits.entries} are allowed.`);
    for await (const entry of zip.eachEntry()) {
      budget.use(entry.uncompressedSize);
      yield await rawEntry(zip, entry);
    }
  } finally {
    zip.close();
  }
}

async function rawEntry(zip: ZipFile, entry: Entry): Promise<RawEntry> {
  const name = entry.fileName;
  if (entry.isEncrypted())
    throw badArchive(`The archive is encrypted (${quoted(name)}); upload one without a password.`);
  const mode = entry.versionMadeBy >> 8 === madeOnUnix ? entry.externalFileAttributes >>> 16 : 0;
  const type = mode & fileTypes.mask;
  if (name.endsWith('/') || type === fileTypes.directory) return { name, mode, kind: 'directory' };
  if (type === fileTypes.symlink) {
    if (entry.uncompressedSize > longestTarget)
      throw badArchive(`The link ${quoted(name)} has a target that is too long.`);
    const chunks: Buffer[] = [];
    for await (const chunk of read(zip, entry)) chunks.push(chunk);
    return { name, mode, kind: 'symlink', target: Buffer.concat(chunks).toString('utf8') };
  }
  if (type !== fileTypes.file && type !== fileTypes.none) return { name, mode, kind: 'special', what: 'special file' };
  return { name, mode, kind: 'file', size: entry.uncompressedSize, body: read(zip, entry) };
}

async function* read(zip: ZipFile, entry: Entry): AsyncGenerator<Buffer> {
  const stream = await zip.openReadStreamPromise(entry);
  let sum = 0;
  for await (const chunk of stream) {
    sum = crc32(chunk as Buffer, sum);
    yield chunk as Buffer;
  }
  if (sum >>> 0 !== entry.crc32 >>> 0)
    throw badArchive(`The archive is damaged: the checksum of ${quoted(entry.fileName)} does not fit.`);
}
