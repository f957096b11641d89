/** Applying a manifest, first part: what its sources name and is not there yet is fetched and stored. */
import path from 'node:path';
import { mergeArchives } from '../core/archive/index.ts';
import { activeVersion, type ManifestService, recordedKeys, type Source, sameSource } from '../core/manifest/index.ts';
import type { StepContext } from '../core/operations/index.ts';
import type { DesiredService, DesiredVersion } from '../core/service/state.ts';
import type { Manager } from './manager.ts';
import { fetchSource } from './sources/index.ts';
import { fetchBlob, prepareVersion, storeBlob, temporary } from './versions.ts';

/** What was fetched for a service, remembered by the operation until the state is changed. */
export interface Fetched {
  version?: Omit<DesiredVersion, 'id'>;
  script?: { blob: string; source: Source };
  dump?: { blob: string; source: Source };
}

/** Fetches what a service's sources name and is not there already. */
export async function fetchFor(
  manager: Manager,
  service: ManifestService,
  existing: DesiredService | undefined,
  context: StepContext<{ readonly requestedBy: string }>,
): Promise<Fetched> {
  const fetched: Fetched = {};
  const { signal } = context;
  const title = service.ServiceName;
  const progress = (what: string) => (received: number, total: number | undefined) =>
    context.update(total ? received / total : undefined, `${title}: ${what}, ${Math.round(received / 1024)} KiB`);

  if (service.Archive && !isActive(existing, service.Archive)) {
    await using work = await temporary(manager);
    const files: { path: string; name: string }[] = [];
    for (const [index, source] of service.Archive.entries()) {
      files.push(await fetchTo(manager, source, path.join(work.path, String(index)), progress('code'), signal));
    }
    const [first] = files;
    let file = first?.path ?? '';
    if (files.length > 1) {
      file = path.join(work.path, 'merged.tar.gz');
      await mergeArchives(
        files.map((one) => one.path),
        file,
        { signal },
      );
    }
    context.update(undefined, `${title}: checking the code`);
    fetched.version = await prepareVersion(
      manager,
      file,
      {
        name: files.map(({ name }) => name).join(' + '),
        description: 'from the manifest',
        source: service.Archive,
        createdBy: context.params.requestedBy,
      },
      signal,
    );
  }
  const sources: [keyof Fetched & ('script' | 'dump'), Source | undefined, unknown][] = [
    ['script', service.StartupScript, existing?.startupScript?.source],
    ['dump', service.Dump, existing?.data[recordedKeys.dump]],
  ];
  for (const [key, source, known] of sources) {
    if (source === undefined || (known !== undefined && sameSource(source, known as Source))) continue;
    await using work = await temporary(manager);
    const { path: file } = await fetchTo(manager, source, path.join(work.path, key), progress(key), signal);
    fetched[key] = { blob: (await storeBlob(manager, file, signal)).blob, source };
  }
  return fetched;
}

function isActive(existing: DesiredService | undefined, layers: readonly Source[]): boolean {
  const version = existing && activeVersion(existing);
  if (!version) return false;
  const known = (Array.isArray(version.source) ? version.source : [{ Blob: version.blob }]) as Source[];
  return (
    known.length === layers.length &&
    layers.every((layer, index) => {
      const other = known[index];
      return other !== undefined && sameSource(layer, other);
    })
  );
}

async function fetchTo(
  manager: Manager,
  source: Source,
  file: string,
  onProgress: (received: number, total: number | undefined) => void,
  signal: AbortSignal,
): Promise<{ path: string; name: string }> {
  if (typeof source !== 'string') {
    await fetchBlob(manager, source.Blob, file, signal);
    return { path: file, name: source.Name ?? source.Blob.slice(0, 12) };
  }
  return fetchSource(source, { allowPrivate: manager.isLocal(), directory: file, signal, onProgress });
}
