/** Images of ours (AMIs): each with the snapshots that it is stored in, all tagged from their first moment. */
import {
  CreateImageCommand,
  DeleteSnapshotCommand,
  DeregisterImageCommand,
  DescribeImagesCommand,
  DescribeInstanceTypesCommand,
  DescribeSnapshotsCommand,
  type Image as Ec2Image,
  type Filter,
} from '@aws-sdk/client-ec2';
import { ConpaasError } from '../../contract/errors.ts';
import type { Architecture } from '../../contract/runtimes.ts';
import { type CloudImage, factsOf, type ImagePrices, type Images } from '../machines/images.ts';
import { createOwnImages } from '../machines/own-images.ts';
import type { Belonging } from '../machines/provider.ts';
import type { Ec2Api } from './api.ts';
import { isInUse, isNotFound, plainError } from './errors.ts';
import { onceFree } from './once-free.ts';
import { fromTags, type InstanceType, ofAnyDeployment, tagged } from './tags.ts';

export interface OwnImage extends CloudImage {
  /** Device of the root disk. */
  readonly rootDevice: string;
}

const states: Readonly<Record<string, CloudImage['state'] | undefined>> = {
  available: 'available',
  pending: 'creating',
};

/** Images of our own account, and of nobody else's whatever they are called. */
export async function listOwnImages(api: Ec2Api, signal: AbortSignal): Promise<OwnImage[]> {
  const { Images = [] } = await api.call(
    DescribeImagesCommand,
    { Owners: ['self'], Filters: [ofAnyDeployment] },
    signal,
  );
  return Images.flatMap(toImage);
}

function toImage({ ImageId, Name, State, RootDeviceName, BlockDeviceMappings, Tags }: Ec2Image): OwnImage[] {
  const { name } = fromTags(Tags);
  const facts = factsOf(name);
  if (ImageId === undefined || Name !== name || !facts) return [];
  const root = BlockDeviceMappings?.find(({ DeviceName }) => DeviceName === RootDeviceName);
  return [
    {
      ...facts,
      id: ImageId,
      name,
      state: states[State ?? ''] ?? 'failed',
      sizeGb: root?.Ebs?.VolumeSize,
      rootDevice: RootDeviceName ?? '/dev/xvda',
    },
  ];
}

interface Snapshot {
  readonly id: string;
  /** Name of the image that it was made for. */
  readonly name: string;
  readonly createdAt: number;
}

async function listSnapshots(api: Ec2Api, filter: Filter, signal: AbortSignal): Promise<Snapshot[]> {
  const found: Snapshot[] = [];
  let next: string | undefined;
  do {
    const more = next === undefined ? {} : { NextToken: next };
    const params = { OwnerIds: ['self'], Filters: [filter], ...more };
    const page = await api.call(DescribeSnapshotsCommand, params, signal);
    for (const { SnapshotId: id, StartTime, Tags } of page.Snapshots ?? []) {
      const { name } = fromTags(Tags);
      if (id !== undefined && factsOf(name)) found.push({ id, name, createdAt: StartTime?.getTime() ?? 0 });
    }
    next = page.NextToken || undefined;
  } while (next !== undefined);
  return found;
}

const named = (name: string): Filter => ({ Name: 'tag:conpaas:name', Values: [name] });

/** Snapshots whose image is gone: where its removal was cut short. */
export async function lostSnapshots(api: Ec2Api, signal: AbortSignal): Promise<Belonging[]> {
  const snapshots = await listSnapshots(api, ofAnyDeployment, signal);
  if (snapshots.length === 0) return [];
  const names = new Set((await listOwnImages(api, signal)).map(({ name }) => name));
  return snapshots.flatMap(({ id, name, createdAt }) => {
    const deployment = factsOf(name)?.builder;
    if (deployment === undefined || names.has(name)) return [];
    return [{ kind: 'snapshot', id, name, createdAt, tags: { deployment, application: '', operation: '' } }];
  });
}

/** What is in use by an image still stays, with an error. */
export async function destroySnapshot(api: Ec2Api, id: string, signal: AbortSignal): Promise<void> {
  const passes = (error: unknown): boolean => isInUse(error) || isNotFound(error);
  const remove = () => api.call(DeleteSnapshotCommand, { SnapshotId: id }, signal, passes);
  await onceFree(remove, signal, 'ec2:DeleteSnapshot');
}

/** What processors machines of a size have: the first that we know. */
async function architectureOf(api: Ec2Api, size: string, signal: AbortSignal): Promise<Architecture> {
  const params = { InstanceTypes: [size as InstanceType] };
  const { InstanceTypes = [] } = await api.call(DescribeInstanceTypesCommand, params, signal);
  const known = InstanceTypes[0]?.ProcessorInfo?.SupportedArchitectures ?? [];
  if (known.includes('x86_64')) return 'x64';
  if (known.includes('arm64')) return 'arm64';
  throw new ConpaasError('cloud_failed', `Machines of the size ${size} have none of the processors x64 and arm64.`);
}

/**
 * @param about size of machines; what the distribution's own image is called, of an architecture
 */
export function createImages(
  api: Ec2Api,
  about: { readonly size: string; base(architecture: Architecture, signal: AbortSignal): Promise<string> },
  prices: ImagePrices,
): Images {
  // A machine that is just stopping looks as if it were stopped.
  const isStopping = (error: unknown): boolean => error instanceof Error && error.name === 'IncorrectInstanceState';
  return createOwnImages<OwnImage>({
    async base(signal) {
      const architecture = await architectureOf(api, about.size, signal);
      return { base: await about.base(architecture, signal), architecture };
    },
    list: (signal) => listOwnImages(api, signal),
    async make({ server, name, tags }, signal) {
      const params = {
        InstanceId: server,
        Name: name,
        Description: 'Machines of ConPaaS: Debian or Ubuntu with engines and Node',
        NoReboot: true, // it is stopped, and is to stay so
        TagSpecifications: tagged(['image', 'snapshot'], name, tags),
      };
      const { ImageId: id } = await api.call(CreateImageCommand, params, signal, isStopping);
      return id === undefined ? undefined : { id };
    },
    isInUse: isStopping,
    plain: (error) => plainError(error, 'ec2:CreateImage'),
    async remove({ id, name }, signal) {
      const snapshots = await listSnapshots(api, named(name), signal);
      try {
        await api.call(DeregisterImageCommand, { ImageId: id }, signal, isNotFound);
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
      for (const snapshot of snapshots) await destroySnapshot(api, snapshot.id, signal);
    },
    prices,
  });
}
