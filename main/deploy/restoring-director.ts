/** What is brought to a director that is being restored, and by it: it serves its owner's desktop alone. */
import { mkdir, open, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { restoreMethods } from '../../remote/core/contract/backup.ts';
import { ConpaasError, toFailure } from '../../remote/core/contract/errors.ts';
import type { VmId } from '../../remote/core/contract/ids.ts';
import { type Client, connect } from '../../remote/core/rpc/index.ts';
import { type BackupStore, bringBack, type OpenedBackup, volumePlace } from '../backup/index.ts';
import { attachBackupVolume, backupVolumeName, findBackupVolume } from './backup-volume.ts';
import type { FurtherPlace } from './deployment.ts';
import { directorAddress, type UpContext } from './up.ts';

export type RestoreClient = Client<typeof restoreMethods>;

/** A host mounts a disk in a second, or says why it does not. */
const mountMs = 60_000;

export interface RestoreContext extends UpContext {
  /** Directory of a further cloud on this computer, if it is one. */
  directoryOf(place: Pick<FurtherPlace, 'name' | 'kind'>): string | undefined;
  readonly backups: BackupStore;
  /** Where they are on this computer. */
  readonly directory: string;
  /** For what is on its way: emptied afterwards. */
  readonly temporary: string;
}

export function noVolume(name: string): ConpaasError {
  return new ConpaasError(
    'not_found',
    `The cloud of ${name} has no volume with backups of its director. Restore one that is on this computer, with: conpaas director restore --from here`,
  );
}

/**
 * Has the machine of the new director have the volume, and brings a backup from there to this computer, sealed as it is.
 * @param id the newest where absent
 * @returns its id
 */
export async function fetchFromVolume(
  context: RestoreContext,
  { vm, epoch }: { readonly vm: VmId; readonly epoch: number },
  id: string | undefined,
  { signal, detail }: { readonly signal: AbortSignal; detail(text: string): void },
): Promise<string> {
  const { cloud, deployment, directory, backups, keyring } = context;
  const volume = await findBackupVolume(context, signal);
  if (!volume) throw noVolume(deployment.name);
  detail('attaching the volume');
  await attachBackupVolume(cloud, volume.id, vm, signal);
  const address = await directorAddress({ ...context, deployment: { ...deployment, vm } }, signal);
  await using client = await restoreClient(context, address, epoch);
  await untilAnswering(client, signal);
  const place = volumePlace('the volume', {
    list: (limited) => listWhenMounted(client, limited),
    download: async (file, limited) => {
      const params = { name: backupVolumeName, file };
      return (await client.download('download_from_backup_volume', params, { signal: limited })).stream;
    },
  });
  const found = await bringBack({ directory, store: backups, place, signal, progress: detail }, id);
  // A vault that was exported before the volume was chosen does not know of it.
  if (!(await keyring.backupPlace(deployment.id)))
    await keyring.setBackupPlace(deployment.id, { kind: 'volume', sizeGb: volume.sizeGb });
  return found;
}

/** The machine's host mounts it in a moment. */
async function listWhenMounted(client: RestoreClient, signal: AbortSignal) {
  const limited = AbortSignal.any([signal, AbortSignal.timeout(mountMs)]);
  for (;;) {
    try {
      return await client.call('list_backup_volume', { name: backupVolumeName }, { signal });
    } catch (error) {
      if (toFailure(error).code !== 'not_found' || limited.aborted) throw error;
    }
    await delay(200, undefined, { signal });
  }
}

export async function restoreClient(
  { keyring, deployment }: UpContext,
  address: { host: string; port: number },
  epoch: number,
): Promise<RestoreClient> {
  const credentials = await keyring.owner(deployment);
  return connect(restoreMethods, {
    address,
    expect: { kind: 'director', deployment: deployment.id },
    leastEpoch: () => epoch,
    credentials: () => credentials,
  });
}

export async function untilAnswering(client: RestoreClient, signal: AbortSignal): Promise<readonly string[]> {
  for (let pause = 20; ; pause = Math.min(pause * 1.5, 500)) {
    try {
      return (await client.call('hello', {}, { signal, timeoutMs: 5000 })).methods;
    } catch (error) {
      const { code } = toFailure(error);
      if (signal.aborted || (code !== 'unreachable' && code !== 'deadline_exceeded')) throw error;
    }
    await delay(pause, undefined, { signal });
  }
}

/** Whatever of it is there already comes again, but blobs, which are large and what they are called by. */
export async function bring(
  { backups, temporary }: RestoreContext,
  backup: OpenedBackup,
  client: RestoreClient,
  signal: AbortSignal,
  detail: (text: string) => void,
): Promise<void> {
  await rm(temporary, { recursive: true, force: true });
  await mkdir(temporary, { recursive: true, mode: 0o700 });
  const file = path.join(temporary, 'part');
  try {
    for await (const { file: one, bytes } of backup.files()) {
      detail(one.name);
      await write(file, bytes);
      await client.upload('restore_file', { name: one.name }, { path: file, name: one.name }, { signal });
    }
    const { missing } = await client.call('check_restored', {}, { signal });
    const held = new Set<string>(backup.content.blobs.map(({ sha256 }) => sha256));
    // One that the director before had lost already is in no backup.
    const coming = missing.filter((sha256) => held.has(sha256));
    for (const [index, sha256] of coming.entries()) {
      detail(`archive ${index + 1} of ${coming.length}`);
      await write(file, backups.blob(sha256));
      await client.upload('restore_blob', {}, { path: file, name: sha256 }, { signal });
    }
    const left = (await client.call('check_restored', {}, { signal })).missing.filter((sha256) => held.has(sha256));
    if (left.length === 0) return;
    throw new ConpaasError('internal', `The new director has not kept ${left.length} archives. Try again.`);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

async function write(file: string, bytes: AsyncIterable<Buffer>): Promise<void> {
  await rm(file, { force: true });
  await using handle = await open(file, 'wx', 0o600);
  for await (const part of bytes) await handle.writeFile(part);
}
