/** Code versions: made from a checked archive, listed, compared, and switched to node by node. */
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { isDeepStrictEqual } from 'node:util';
import { defaultLimits, inspectArchive } from '../core/archive/index.ts';
import { ConpaasError, toFailure } from '../core/contract/errors.ts';
import { BlobHash, type NodeId } from '../core/contract/ids.ts';
import type { StepContext } from '../core/operations/index.ts';
import type { DesiredService, DesiredVersion } from '../core/service/state.ts';
import type { Manager } from './manager.ts';
import { findService } from './nodes.ts';
import { isPassing } from './patience.ts';
import { isSettled, until } from './waits.ts';

export interface ListedFile {
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
}

/** A directory that goes away with what was put there. */
export async function temporary(manager: Manager): Promise<AsyncDisposable & { readonly path: string }> {
  const directory = await mkdtemp(path.join(manager.temporary, 'work-'));
  return { path: directory, [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }) };
}

/** Fetches a blob from the director to a file. */
export async function fetchBlob(manager: Manager, blob: string, file: string, signal: AbortSignal): Promise<void> {
  const { stream } = await manager.director.download('download_blob', { blob: BlobHash.parse(blob) }, { signal });
  await pipeline(stream, createWriteStream(file), { signal });
}

/** Stores a file as a blob at the director. */
export async function storeBlob(
  manager: Manager,
  file: string,
  signal?: AbortSignal,
): Promise<{ blob: string; size: number }> {
  return manager.director.upload('upload_blob', {}, { path: file }, signal ? { signal } : {});
}

/**
 * Checks an archive and stores it with its file list; nothing of it is unpacked here.
 * @throws ConpaasError bad_archive
 */
export async function prepareVersion(
  manager: Manager,
  file: string,
  about: { name: string; description: string; source?: unknown; createdBy: string },
  signal: AbortSignal,
): Promise<Omit<DesiredVersion, 'id'>> {
  const contents = await inspectArchive(file, defaultLimits, signal);
  await using work = await temporary(manager);
  const listing = path.join(work.path, 'listing');
  const lines = contents.files.map(({ path: name, size, sha256 }) => JSON.stringify({ path: name, size, sha256 }));
  await writeFile(listing, `${lines.join('\n')}\n`);
  const [archive, list] = await Promise.all([storeBlob(manager, file, signal), storeBlob(manager, listing, signal)]);
  return {
    blob: BlobHash.parse(archive.blob),
    listing: BlobHash.parse(list.blob),
    name: about.name,
    description: about.description,
    size: archive.size,
    files: contents.files.length,
    createdAt: Date.now(),
    createdBy: about.createdBy,
    ...(about.source === undefined ? {} : { source: about.source }),
  };
}

/**
 * Adds a prepared version to a service (edit of a state); gives its id. The newest version again is that version: an
 * upload whose answer got lost is sent once more.
 */
export function addVersion(service: DesiredService, version: Omit<DesiredVersion, 'id'>): string {
  const newest = service.versions.at(-1);
  const same = ({ blob, name, source }: Omit<DesiredVersion, 'id'>) => ({ blob, name, source });
  if (newest && isDeepStrictEqual(same(newest), same(version))) return newest.id;
  const id = `v${service.nextVersion}`;
  service.nextVersion += 1;
  service.versions.push({ ...version, id });
  return id;
}

export function findVersion(service: DesiredService, id: string): DesiredVersion {
  const found = service.versions.find((version) => version.id === id);
  if (found) return found;
  const known = service.versions.map((version) => version.id).join(', ');
  throw new ConpaasError(
    'not_found',
    `${service.name} has no version "${id}". ${known ? `It has: ${known}.` : 'It has none yet.'}`,
  );
}

/** The file list of a version. */
export async function listFiles(manager: Manager, version: DesiredVersion, signal: AbortSignal): Promise<ListedFile[]> {
  const { stream } = await manager.director.download('download_blob', { blob: version.listing }, { signal });
  let text = '';
  stream.setEncoding('utf8');
  for await (const part of stream) text += part as string;
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as ListedFile);
}

export function compareFiles(from: readonly ListedFile[], to: readonly ListedFile[]) {
  const before = new Map(from.map((file) => [file.path, file.sha256]));
  const after = new Map(to.map((file) => [file.path, file.sha256]));
  return {
    added: [...after.keys()].filter((name) => !before.has(name)),
    changed: [...after].filter(([name, hash]) => before.has(name) && before.get(name) !== hash).map(([name]) => name),
    removed: [...before.keys()].filter((name) => !after.has(name)),
  };
}

/** One node first, then the others together: the first shows whether the version works. */
function waves(nodes: readonly NodeId[]): NodeId[][] {
  return [nodes.slice(0, 1), nodes.slice(1)].filter((wave) => wave.length > 0);
}

/**
 * Makes a version live, role by role in the order that the type gives: on one node first, then on the others, each
 * health-gated by its agent before it switches. When a node cannot, all go back to what they served.
 */
export async function switchVersion(
  manager: Manager,
  serviceId: string,
  version: string,
  context: Pick<StepContext<unknown>, 'signal' | 'update' | 'log'>,
): Promise<void> {
  const { desired, types } = manager;
  const service = findService(desired.state, serviceId);
  findVersion(service, version);
  const before = service.activeVersion;
  const roles = types[service.type]?.rollingRoles ?? [];
  const nodesOfRole = (role: string): NodeId[] =>
    desired.state.nodes.filter((node) => node.service === service.id && node.role === role).map(({ id }) => id);
  const targets = (): NodeId[] => roles.flatMap(nodesOfRole);
  const serve = (ids: readonly NodeId[], wanted: string | undefined) =>
    desired.change((state) => {
      for (const node of state.nodes) {
        if (!ids.includes(node.id)) continue;
        if (wanted === undefined) delete node.version;
        else node.version = wanted;
      }
    });

  try {
    const all = targets();
    for (const wave of service.running ? roles.flatMap((role) => waves(nodesOfRole(role))) : []) {
      await serve(wave, version);
      await until(manager, (world) => wave.every((id) => isSettled(world, id)), {
        signal: context.signal,
        nodes: wave,
        progress: (world) => {
          const serving = world.state.nodes.filter((node) => all.includes(node.id) && node.version === version);
          const done = serving.filter(({ id }) => isSettled(world, id)).length;
          context.update(done / all.length, `${done} of ${all.length} nodes serve ${version}`);
        },
      });
    }
  } catch (error) {
    const failure = toFailure(error);
    // A manager that is ending goes on in its next life, and who is away comes back.
    if (before === version || isPassing(failure)) throw error;
    const old = before ?? 'the welcome page';
    await desired.change((state) => {
      const tried = findService(state, serviceId).versions.find(({ id }) => id === version);
      if (tried) tried.refused = { at: Date.now(), message: failure.message };
    });
    context.log(`going back to ${old}`);
    await serve(targets(), before);
    await until(manager, (world) => targets().every((id) => isSettled(world, id)), {
      signal: AbortSignal.timeout(60_000),
    }).catch(() => context.log(`not all nodes are back at ${old} yet; they are brought back as soon as they can be`));
    throw new ConpaasError(failure.code, `${service.name} went back to ${old}: ${failure.message}`, {
      ...(failure.log ? { log: failure.log } : {}),
      cause: failure,
    });
  }
  await desired.change((state) => {
    const own = findService(state, serviceId);
    if (own.activeVersion !== version) {
      if (own.activeVersion !== undefined) own.previousVersion = own.activeVersion;
      own.activeVersion = version;
    }
    delete findVersion(own, version).refused;
    for (const node of state.nodes) if (node.service === own.id) node.version = version;
  });
  await until(manager, (world) => targets().every((id) => !service.running || isSettled(world, id)), {
    signal: context.signal,
    nodes: targets(),
  });
}
