/** What a user hands in to be deployed: an archive as it is, or what of a folder is to be deployed, packed on the fly. */
import { mkdtemp, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import {
  type FolderPlan,
  hashItems,
  inspectArchive,
  type LeftOut,
  type MissingPackages,
  missingPackages,
  packPlan,
  planFolder,
} from '../../remote/core/archive/index.ts';
import { ConpaasError } from '../../remote/core/contract/errors.ts';
import type { LocalArchive } from './upload.ts';

/** A file or folder, looked at. */
export interface Deployable {
  readonly kind: 'archive' | 'folder';
  readonly name: string;
  readonly files: number;
  /** Of all files, unpacked. */
  readonly bytes: number;
  /** Of a folder, largest first. */
  readonly leftOut: readonly LeftOut[];
  readonly missing: readonly MissingPackages[];
  /** Sockets, fifos and devices, which cannot be deployed. */
  readonly skipped: readonly string[];
  /** Paths with the SHA-256 of their contents. */
  hashes(): Promise<readonly (readonly [path: string, sha256: string])[]>;
  /** What is uploaded; a packed folder goes with this object. */
  pack(): Promise<LocalArchive>;
}

/**
 * @param include what of a folder the user takes along although it would be left out
 * @throws ConpaasError not_found, bad_archive
 */
export async function openDeployable(
  file: string,
  include: readonly string[],
  signal: AbortSignal,
): Promise<Deployable> {
  const about = await stat(file).catch(() => undefined);
  const name = path.basename(path.resolve(file));
  if (!about) throw new ConpaasError('not_found', `There is no file or folder ${name}. Check the path.`);
  if (about.isDirectory()) return folder(file, name, await planFolder(file, include, signal), signal);
  const { files, size } = await inspectArchive(file, undefined, signal);
  return {
    kind: 'archive',
    name,
    files: files.length,
    bytes: size,
    leftOut: [],
    missing: missingPackages(files.map((one) => one.path)),
    skipped: [],
    hashes: async () => files.map((one) => [one.path, one.sha256] as const),
    pack: async () => ({ path: file, name, [Symbol.asyncDispose]: async () => undefined }),
  };
}

function folder(file: string, name: string, plan: FolderPlan, signal: AbortSignal): Deployable {
  const { files, bytes, leftOut, missing, skipped } = plan;
  return {
    kind: 'folder',
    name,
    files,
    bytes,
    leftOut,
    missing,
    skipped,
    hashes: () => hashItems(plan.items, signal),
    pack: async () => {
      const work = await mkdtemp(path.join(os.tmpdir(), 'conpaas-pack-'));
      const remove = (): Promise<void> => rm(work, { recursive: true, force: true });
      try {
        const packed = await packPlan(plan, path.join(work, `${path.basename(file)}.tar.gz`), signal);
        return { path: packed.path, name: `${name}.tar.gz`, tree: packed.tree, [Symbol.asyncDispose]: remove };
      } catch (error) {
        await remove();
        throw error;
      }
    },
  };
}
