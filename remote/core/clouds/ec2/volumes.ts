/** Volumes of EC2 (EBS, gp3, encrypted). */

import { createHash } from 'node:crypto';
import {
  AttachVolumeCommand,
  CreateVolumeCommand,
  DeleteVolumeCommand,
  DescribeInstancesCommand,
  DescribeVolumesCommand,
  DetachVolumeCommand,
  type Volume as Ec2Volume,
  type Filter,
} from '@aws-sdk/client-ec2';
import { ConpaasError } from '../../contract/errors.ts';
import type { Volume } from '../cloud.ts';
import type { Volumes } from '../machines/provider.ts';
import type { Ec2Api } from './api.ts';
import { isInUse, isNotFound } from './errors.ts';
import { onceFree } from './once-free.ts';
import { fromTags, ofDeployment, tagged } from './tags.ts';

/** Device names for volumes of ours (EC2 recommends f to p). */
const devices = [...'fghijklmnop'].map((letter) => `/dev/sd${letter}`);
const states: Readonly<Record<string, Volume['state'] | undefined>> = {
  creating: 'creating',
  available: 'available',
  'in-use': 'attached',
  error: 'failed',
};

/** @param zone where a volume goes that names none */
export function createVolumes(
  api: Ec2Api,
  deployment: string,
  zone: (signal: AbortSignal) => Promise<string>,
): Volumes {
  const list = async (signal: AbortSignal): Promise<Volume[]> =>
    (await describeVolumes(api, ofDeployment(deployment), signal)).flatMap(toVolume);

  return {
    list,
    async create(request, signal) {
      const { name, tags, sizeGb } = request;
      const present = (await list(signal)).find((volume) => volume.name === name);
      if (present) return present;
      const made = await api.call(
        CreateVolumeCommand,
        {
          AvailabilityZone: request.zone ?? (await zone(signal)),
          Size: sizeGb,
          VolumeType: 'gp3',
          Encrypted: true,
          ClientToken: createHash('sha256')
            .update(`${deployment}/${name}/${tags.operation}`)
            .digest('hex')
            .slice(0, 64),
          TagSpecifications: tagged(['volume'], name, tags),
        },
        signal,
      );
      const [volume] = toVolume({ ...made, Tags: tagged(['volume'], name, tags)[0]?.Tags });
      if (volume) return volume;
      throw new ConpaasError('cloud_failed', `The cloud does not tell of the volume ${name} that it made.`, {
        retry: true,
      });
    },
    async attach(volume, server, signal) {
      const present = (await list(signal)).find(({ id }) => id === volume);
      if (!present) throw new ConpaasError('not_found', `There is no volume ${volume}.`);
      const { Reservations = [] } = await api.call(DescribeInstancesCommand, { InstanceIds: [server] }, signal);
      const mapped = Reservations[0]?.Instances?.[0]?.BlockDeviceMappings ?? [];
      const there = mapped.find(({ Ebs }) => Ebs?.VolumeId === volume);
      if (there) return pathsOf(volume, there.DeviceName);
      if (present.attachedTo !== undefined) {
        throw new ConpaasError('conflict', `The volume ${present.name} is attached to ${present.attachedTo}.`);
      }
      const device = devices.find((name) => !mapped.some(({ DeviceName }) => DeviceName === name));
      if (device === undefined)
        throw new ConpaasError('conflict', `The machine ${server} has no room for one more volume.`);
      await api.call(AttachVolumeCommand, { VolumeId: volume, InstanceId: server, Device: device }, signal);
      return pathsOf(volume, device);
    },
    async detach(volume, signal) {
      const present = (await list(signal)).find(({ id }) => id === volume);
      if (present?.attachedTo === undefined) return;
      await api.call(DetachVolumeCommand, { VolumeId: volume, InstanceId: present.attachedTo }, signal);
    },
    async destroy(volume, signal) {
      if (!(await list(signal)).some(({ id }) => id === volume)) return; // not there, or not ours
      await onceFree(
        () =>
          api.call(DeleteVolumeCommand, { VolumeId: volume }, signal, (error) => isInUse(error) || isNotFound(error)),
        signal,
        'ec2:DeleteVolume',
      );
    },
  };
}

/**
 * Machines of Nitro show volumes as NVMe disks, whose serial number is the volume's id; older ones by the name that was asked
 * for, with `xvd` in place of `sd`.
 * https://docs.aws.amazon.com/ebs/latest/userguide/nvme-ebs-volumes.html
 */
function pathsOf(volume: string, device: string | undefined): readonly string[] {
  const nitro = `/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_${volume.replace('-', '')}`;
  return [nitro, ...(device === undefined ? [] : [device.replace('/dev/sd', '/dev/xvd'), device])];
}

/** All that a filter lets through. */
export async function describeVolumes(api: Ec2Api, filter: Filter, signal: AbortSignal): Promise<Ec2Volume[]> {
  const found: Ec2Volume[] = [];
  let next: string | undefined;
  do {
    const more = next === undefined ? {} : { NextToken: next };
    const page = await api.call(DescribeVolumesCommand, { Filters: [filter], ...more }, signal);
    found.push(...(page.Volumes ?? []));
    next = page.NextToken || undefined;
  } while (next !== undefined);
  return found;
}

/** Nothing for one that is being deleted. */
function toVolume({ VolumeId, State, Size, Tags, Attachments, AvailabilityZone, CreateTime }: Ec2Volume): Volume[] {
  const state = states[State ?? ''];
  if (VolumeId === undefined || state === undefined) return [];
  return [
    {
      ...fromTags(Tags),
      id: VolumeId,
      sizeGb: Size ?? 0,
      createdAt: CreateTime?.getTime(),
      state,
      attachedTo: Attachments?.find((one) => one.State !== 'detached')?.InstanceId,
      zone: AvailabilityZone,
    },
  ];
}
