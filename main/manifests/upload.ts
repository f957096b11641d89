/**
 * Local files of a manifest: read here, on the user's own computer, and nowhere else. Folders are packed, everything is
 * uploaded as a blob, and the manifest names the blobs in the place of the paths.
 */
import { mkdtemp, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { packDirectory } from '../../remote/core/archive/index.ts';
import { ConpaasError } from '../../remote/core/contract/errors.ts';
import { localPaths, type Manifest, replaceSource } from '../../remote/core/manifest/index.ts';
import type { DirectorClient } from '../deploy/index.ts';

export interface UploadProgress {
  /** What is uploaded now. */
  readonly name: string;
  readonly sent: number;
  readonly total: number;
}

/** A file to upload: the path itself, or a folder packed to a temporary archive that goes with this object. */
export interface LocalArchive extends AsyncDisposable {
  readonly path: string;
  readonly name: string;
  /** Of a folder: see `PackedArchive.tree`. */
  readonly tree?: string;
}

/**
 * An archive file as it is, or a folder packed on the fly.
 * @throws ConpaasError not_found
 */
export async function localArchive(file: string, signal?: AbortSignal): Promise<LocalArchive> {
  const info = await stat(file).catch(() => undefined);
  if (!info) throw new ConpaasError('not_found', `There is no file or folder ${file}. Check the path.`);
  if (!info.isDirectory()) {
    return { path: file, name: path.basename(file), [Symbol.asyncDispose]: async () => undefined };
  }
  const work = await mkdtemp(path.join(os.tmpdir(), 'conpaas-pack-'));
  const remove = (): Promise<void> => rm(work, { recursive: true, force: true });
  try {
    const name = `${path.basename(path.resolve(file))}.tar.gz`;
    const packed = await packDirectory(file, path.join(work, name), signal ? { signal } : {});
    return { path: packed.path, name, tree: packed.tree, [Symbol.asyncDispose]: remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/**
 * The manifest with every local path uploaded and named by its blob.
 * @param directory that relative paths start from: the manifest's own
 */
export async function uploadLocalFiles(
  manifest: Manifest,
  directory: string,
  director: DirectorClient,
  options: { signal: AbortSignal; onProgress?: (progress: UploadProgress) => void },
): Promise<Manifest> {
  let uploaded = manifest;
  for (const local of localPaths(manifest)) {
    await using archive = await localArchive(path.resolve(directory, local.path), options.signal);
    const { blob } = await director.upload(
      'upload_blob',
      {},
      { path: archive.path, name: archive.name },
      {
        signal: options.signal,
        onProgress: (sent, total) => options.onProgress?.({ name: local.path, sent, total }),
      },
    );
    const tree = archive.tree === undefined ? {} : { Tree: archive.tree };
    uploaded = replaceSource(uploaded, local.at, { Blob: blob, Name: archive.name, ...tree });
  }
  return uploaded;
}
