import { randomBytes } from 'node:crypto';
import { copyFile, type FileHandle, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';

/**
 * Writes a whole file so that a crash leaves the old content or the new. Durable when resolved.
 * @param file its directory must exist
 * @param mode of the file; 0600 where nothing is said
 */
export function writeFileAtomic(file: string, content: string | Uint8Array, mode = 0o600): Promise<void> {
  return writeInPlace(file, (handle) => handle.writeFile(content), mode);
}

/**
 * The same for what is written piece by piece: temporary file, fsync, rename, fsync of the directory.
 * @param write where it fails, the file stays as it was, or is not there
 */
export function writeInPlace(file: string, write: (handle: FileHandle) => Promise<void>, mode = 0o600): Promise<void> {
  return putInPlace(file, async (temporary) => {
    await withFile(temporary, 'wx', mode, async (handle) => {
      await write(handle);
      await handle.sync();
    });
  });
}

/** The same for a copy of another file, which it has the mode of. @param from its owner may write to it */
export function copyInPlace(from: string, file: string): Promise<void> {
  return putInPlace(file, async (temporary) => {
    await copyFile(from, temporary);
    await withFile(temporary, 'r+', undefined, (handle) => handle.sync());
  });
}

async function withFile(
  file: string,
  flags: string,
  mode: number | undefined,
  work: (handle: FileHandle) => Promise<void>,
): Promise<void> {
  const handle = await open(file, flags, mode);
  try {
    await work(handle);
  } finally {
    await handle.close();
  }
}

/** @param make has made the whole file, durable, when it resolves */
async function putInPlace(file: string, make: (temporary: string) => Promise<void>): Promise<void> {
  const temporary = `${file}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    await make(temporary);
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncDirectory(path.dirname(file));
}

/** Removes a file (one that is not there is no error), durable when resolved. */
export async function removeDurably(file: string): Promise<void> {
  await rm(file, { force: true });
  await syncDirectory(path.dirname(file));
}

/** Makes creations, renames and removals in a directory durable. */
export async function syncDirectory(directory: string): Promise<void> {
  if (process.platform === 'win32') return; // directories cannot be opened there, and NTFS journals its names itself
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
