/**
 * The volume of a deployment's cloud that its director writes backups to. This desktop makes it, has it attached to the
 * director's machine, and tells the director whom to seal to; the director does the rest. All of it is level-triggered: what
 * is there already is left as it is, so it is done again whenever something is not right.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { recipientOf } from '../../remote/core/backup/recipient.ts';
import type { Cloud, CloudVolumes, Volume } from '../../remote/core/clouds/cloud.ts';
import { untilVolume, type VolumeWait, volumeLookMs } from '../../remote/core/clouds/volume-wait.ts';
import { ConpaasError, toFailure } from '../../remote/core/contract/errors.ts';
import { newId, type VmId } from '../../remote/core/contract/ids.ts';
import type { Step } from './progress.ts';
import type { UpContext } from './up.ts';

/** What it is called, at the cloud and on the machine; a deployment has one. */
export const backupVolumeName = 'director-backups';
/** A cloud may take so long to make a volume, or to take it from a machine; milliseconds. */
const workMs = 120_000;

/** @throws ConpaasError conflict: the cloud has none */
export async function requireVolumes({ cloud, deployment }: UpContext, signal: AbortSignal): Promise<CloudVolumes> {
  if (cloud.volumes && (await cloud.volumes.available(signal))) return cloud.volumes;
  throw new ConpaasError(
    'conflict',
    `The cloud of ${deployment.name} (${cloud.kind}) has no volumes. Have backups copied to a bucket or a directory instead: conpaas director backup --to s3://BUCKET/PREFIX, or --to DIRECTORY`,
  );
}

/** The volume, if the cloud has it. */
export async function findBackupVolume(
  { cloud, deployment }: Pick<UpContext, 'cloud' | 'deployment'>,
  signal: AbortSignal,
): Promise<Volume | undefined> {
  if (!cloud.volumes || !(await cloud.volumes.available(signal))) return undefined;
  const all = await cloud.volumes.list(signal);
  return all.find(({ name, tags }) => name === backupVolumeName && tags.deployment === deployment.id);
}

/**
 * Has the director write backups to its volume: made where the cloud has none, attached where it is not.
 * @throws ConpaasError conflict: a machine that is no director's has it; what the cloud says
 */
export async function keepBackupVolume(context: UpContext, sizeGb: number, signal: AbortSignal): Promise<void> {
  const { cloud, deployment, keyring, directors } = context;
  const volumes = await requireVolumes(context, signal);
  const { vm } = deployment;
  if (vm === undefined) throw new ConpaasError('internal', `${deployment.name} has no machine on record.`);
  const tags = { deployment: deployment.id, application: '', operation: newId('op') };
  const volume =
    (await findBackupVolume(context, signal)) ??
    (await volumes.create({ name: backupVolumeName, tags, sizeGb }, vm, signal));
  await attachBackupVolume(cloud, volume.id, vm, signal);
  const recipient = recipientOf(await keyring.backupKey(deployment.id));
  const director = await directors.director(deployment);
  await director.call('set_backup_volume', { name: backupVolumeName, sizeGb: volume.sizeGb, recipient }, { signal });
}

/** Whatever machine of a director has it now. @throws ConpaasError conflict: another machine has it; cloud_failed */
export async function attachBackupVolume(cloud: Cloud, id: string, vm: VmId, signal: AbortSignal): Promise<void> {
  const { volumes } = cloud;
  if (!volumes) throw new ConpaasError('conflict', 'This cloud has no volumes.');
  const isFree = ({ state, attachedTo }: Volume): boolean =>
    attachedTo === vm || (attachedTo === undefined && state !== 'creating');
  const volume = await until(volumes, id, (one) => one === undefined || one.state !== 'creating', signal);
  if (volume && !isFree(volume)) await takeFrom(cloud, volume, signal);
  await until(volumes, id, (one) => one !== undefined && isFree(one), signal);
  const deadline = performance.now() + workMs;
  for (;;) {
    try {
      await volumes.attach(id, vm, signal);
      return;
    } catch (error) {
      // A disk appears in its machine a moment after the cloud says so.
      if (signal.aborted || toFailure(error).retry !== true || performance.now() > deadline) throw error;
    }
    await delay(volumeLookMs, undefined, { signal });
  }
}

/** From a director's machine only. @throws ConpaasError conflict */
async function takeFrom(cloud: Cloud, { id, name, attachedTo }: Volume, signal: AbortSignal): Promise<void> {
  const holder = (await cloud.listVms(signal)).find((vm) => vm.id === attachedTo);
  if (holder && holder.state !== 'gone' && holder.tags.application !== '') {
    throw new ConpaasError(
      'conflict',
      `The volume ${name} is attached to ${holder.name}, which is no machine of a director. Detach it there first.`,
    );
  }
  await cloud.volumes?.detach(id, signal);
}

/** With all that is on it. One that is not there is no error. */
export async function removeBackupVolume(context: UpContext, signal: AbortSignal): Promise<void> {
  const { volumes } = context.cloud;
  const volume = await findBackupVolume(context, signal);
  if (!volume || !volumes) return;
  if (volume.attachedTo !== undefined) await takeFrom(context.cloud, volume, signal);
  await until(volumes, volume.id, (one) => one?.attachedTo === undefined, signal);
  await volumes.destroy(volume.id, signal);
}

/** Where the volume is: a machine that is to have it must be there, too. Undefined: anywhere, or it is not known. */
export async function zoneOfBackups(context: UpContext, signal: AbortSignal): Promise<string | undefined> {
  if (context.place?.kind !== 'volume') return undefined;
  try {
    return (await findBackupVolume(context, signal))?.zone;
  } catch {
    signal.throwIfAborted();
    return undefined; // a cloud whose volumes are out of order makes machines all the same
  }
}

/**
 * The director's machine has the volume, where backups are written to one.
 * @param found whether a step before may have found that they are
 */
export function volumeSteps(context: UpContext, found = false): Step[] {
  if (context.place?.kind !== 'volume' && !found) return [];
  return [
    {
      name: 'volume',
      title: 'Attach the volume for backups',
      async run({ signal, detail }) {
        const place = await context.keyring.backupPlace(context.deployment.id);
        if (place?.kind !== 'volume') return;
        try {
          await keepBackupVolume(context, place.sizeGb, signal);
        } catch (error) {
          signal.throwIfAborted();
          // The director works without it. It is tried again with the next backup, which tells what is wrong.
          detail(toFailure(error).message);
        }
      },
    },
  ];
}

/** @throws ConpaasError cloud_failed: the cloud takes too long */
function until(
  volumes: CloudVolumes,
  id: string,
  test: VolumeWait['until'],
  signal: AbortSignal,
): Promise<Volume | undefined> {
  const late = (volume: Volume | undefined): string => {
    const holder = volume?.attachedTo === undefined ? '' : `: it is attached to ${volume.attachedTo}`;
    return `The cloud takes too long with the volume for backups${holder}. Try again.`;
  };
  return untilVolume(volumes, id, { until: test, withinMs: workMs, late }, signal);
}
