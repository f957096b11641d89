/**
 * Local files of a manifest: read here, on the user's own computer, and nowhere else. Folders are packed, everything is
 * uploaded as a blob, and the manifest names the blobs in the place of the paths.
 */
import { mkdtemp, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { packDirectory } from '../../remote/core/archive/index.ts';
import { ConpaasError } from '../../remote/core/contract/errors.ts';
import { BlobHash } from '../../remote/core/contract/ids.ts';
import { digestFile } from '../../remote/core/files/index.ts';
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
export function uploadLocalFiles(
  manifest: Manifest,
  directory: string,
  director: DirectorClient,
  options: { signal: AbortSignal; onProgress?: (progress: UploadProgress) => void },
): Promise<Manifest> {
  const { signal, onProgress } = options;
  return nameLocalFiles(manifest, directory, signal, async ({ path: file, name }, written) => {
    const progress = {
      signal,
      onProgress: (sent: number, total: number) => onProgress?.({ name: written, sent, total }),
    };
    const { blob } = await director.upload('upload_blob', {}, { path: file, name }, progress);
    return blob;
  });
}

/** Local files that a manifest names and that are not there, as sentences. */
export async function missingLocalFiles(manifest: Manifest, directory: string): Promise<string[]> {
  const missing: string[] = [];
  for (const { path: named, service, key } of localPaths(manifest)) {
    const file = path.resolve(directory, named);
    const isThere = await stat(file).then(
      () => true,
      () => false,
    );
    if (!isThere) missing.push(`${key} of ${service}: there is no file or folder ${file}.`);
  }
  return missing;
}

/** The same for a plan: every local path is named by the blob that it would be, and nothing leaves this computer. */
export function digestLocalFiles(manifest: Manifest, directory: string, signal: AbortSignal): Promise<Manifest> {
  return nameLocalFiles(manifest, directory, signal, async ({ path: file }) =>
    BlobHash.parse((await digestFile(file, signal)).sha256),
  );
}

/** @param blobOf the blob of a file or packed folder; it is also told how the manifest names it */
async function nameLocalFiles(
  manifest: Manifest,
  directory: string,
  signal: AbortSignal,
  blobOf: (archive: LocalArchive, written: string) => Promise<BlobHash>,
): Promise<Manifest> {
  let named = manifest;
  for (const local of localPaths(manifest)) {
    await using archive = await localArchive(path.resolve(directory, local.path), signal);
    const tree = archive.tree === undefined ? {} : { Tree: archive.tree };
    named = replaceSource(named, local.at, { Blob: await blobOf(archive, local.path), Name: archive.name, ...tree });
  }
  return named;
}
