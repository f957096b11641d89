/** A directory: of a disk that is plugged in, or of a share. */
import { copyFile, mkdir, readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { ConpaasError } from '../../../remote/core/contract/errors.ts';
import { copyInPlace } from '../../../remote/core/files/index.ts';
import type { Place } from './place.ts';

/**
 * @param root is never made: where it lacks, the disk is not plugged in, and its mount point must not be filled
 * @param below made in it
 */
export function directoryPlace(root: string, below: string): Place {
  const directory = path.join(root, below);

  async function requireRoot(): Promise<void> {
    if ((await stat(root).catch(ignoreMissing))?.isDirectory()) return;
    throw new ConpaasError('not_found', `${root} is not there. Plug the disk in, or mount the share, and try again.`, {
      retry: true,
    });
  }

  async function sizes(folder: string): Promise<[string, number][]> {
    const found = (await readdir(path.join(directory, folder), { withFileTypes: true }).catch(ignoreMissing)) ?? [];
    const files = found.filter((entry) => entry.isFile() && !entry.name.endsWith('.tmp'));
    return Promise.all(
      files.map(async ({ name }): Promise<[string, number]> => {
        const relative = path.posix.join(folder, name);
        return [relative, (await stat(path.join(directory, relative))).size];
      }),
    );
  }

  return {
    label: root,
    async list() {
      await requireRoot();
      return new Map([...(await sizes('')), ...(await sizes('blobs'))]);
    },
    async put(name, file, signal) {
      await requireRoot();
      signal.throwIfAborted();
      const target = path.join(directory, name);
      try {
        await mkdir(path.dirname(target), { recursive: true, mode: 0o700 });
        await copyInPlace(file, target);
      } catch (error) {
        throw explained(error, root);
      }
    },
    async get(name, file, signal) {
      await requireRoot();
      signal.throwIfAborted();
      await copyFile(path.join(directory, name), file).catch((error: unknown) => {
        throw ignoreMissing(error) ?? new ConpaasError('not_found', `${name} is not in ${root}.`);
      });
    },
    async remove(name) {
      await requireRoot();
      await rm(path.join(directory, name), { force: true });
    },
  };
}

function ignoreMissing(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
}

function explained(error: unknown, root: string): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new ConpaasError('disk_full', `There is no room in ${root}. Make some, or choose another place.`);
  if (code === 'EACCES' || code === 'EROFS' || code === 'EPERM')
    return new ConpaasError(
      'forbidden',
      `Nothing can be written to ${root}: it belongs to somebody else, or is read-only. Mend that, or choose another place.`,
    );
  return error;
}
