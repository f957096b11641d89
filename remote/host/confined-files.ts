/**
 * Small files below a VM's directory, for the first contact. Each step of a path is opened by the descriptor of the one
 * before it and never through a link, so nothing a process of the VM puts there leads out, not even in a race.
 */
import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { ConpaasError } from '../core/contract/index.ts';

/** Nothing bigger is a first contact. */
const maxBytes = 1024 * 1024;

/**
 * Content of a text file below `root`; undefined where it is not there.
 * @throws ConpaasError `invalid_request` for a path that is absolute, has `..` or leads through a link; `too_large`
 */
export async function readConfined(root: string, relative: string): Promise<string | undefined> {
  const { folders, name } = split(relative);
  try {
    await using parent = await walk(root, folders, false);
    await using file = await openStep(parent, name, constants.O_RDONLY | constants.O_NONBLOCK);
    const status = await file.stat();
    if (!status.isFile()) throw refused(relative, 'is not a file');
    if (status.size > maxBytes) throw new ConpaasError('too_large', `${relative} is larger than ${maxBytes} bytes.`);
    return await file.readFile('utf8');
  } catch (error) {
    if (code(error) === 'ENOENT') return undefined;
    throw explained(error, relative);
  }
}

/**
 * Writes a text file (0600, atomically, durably) below `root`; folders on the way are made.
 * @throws ConpaasError `invalid_request` as above
 */
export async function writeConfined(root: string, relative: string, content: string): Promise<void> {
  const { folders, name } = split(relative);
  try {
    await using parent = await walk(root, folders, true);
    const temporary = `${name}.${randomBytes(6).toString('hex')}.tmp`;
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;
    try {
      await using file = await openStep(parent, temporary, flags);
      await file.writeFile(content);
      await file.sync();
      await rename(step(parent, temporary), step(parent, name));
    } catch (error) {
      await rm(step(parent, temporary), { force: true });
      throw error;
    }
    await parent.sync();
  } catch (error) {
    throw explained(error, relative);
  }
}

function split(relative: string): { folders: string[]; name: string } {
  const parts = relative.split('/');
  const name = parts.pop();
  const strange = [...parts, name].some((part) => !part || part === '.' || part === '..' || part.includes('\0'));
  if (strange || !name) throw refused(relative, 'is not a plain relative path');
  return { folders: parts, name };
}

/** Opens the folder that the steps lead to. */
async function walk(root: string, folders: readonly string[], make: boolean): Promise<FileHandle> {
  let at = await open(root, constants.O_RDONLY | constants.O_DIRECTORY);
  for (const folder of folders) {
    const previous = at;
    try {
      if (make) await makeFolder(step(previous, folder));
      at = await openStep(previous, folder, constants.O_RDONLY | constants.O_DIRECTORY);
    } finally {
      await previous.close();
    }
  }
  return at;
}

async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { mode: 0o700 });
  } catch (error) {
    if (code(error) !== 'EEXIST') throw error;
  }
}

/** openat(2), which Node does not have: the kernel resolves `/proc/self/fd/N` to the open folder itself. */
function openStep(parent: FileHandle, name: string, flags: number): Promise<FileHandle> {
  return open(step(parent, name), flags | constants.O_NOFOLLOW, 0o600);
}

function step(parent: FileHandle, name: string): string {
  return `/proc/self/fd/${parent.fd}/${name}`;
}

function explained(error: unknown, relative: string): unknown {
  const reason = code(error);
  return reason === 'ELOOP' || reason === 'ENOTDIR' ? refused(relative, 'leads through a link or a file') : error;
}

function refused(relative: string, reason: string): ConpaasError {
  return new ConpaasError('invalid_request', `${JSON.stringify(relative)} ${reason}.`);
}

function code(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}
