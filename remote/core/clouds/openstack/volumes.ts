/** Volumes (Cinder). API: https://docs.openstack.org/api-ref/block-storage/v3/ */
import { z } from 'zod';
import { ConpaasError } from '../../contract/errors.ts';
import type { Volume, VolumeRequest } from '../cloud.ts';
import { createOnce } from '../machines/create-once.ts';
import { onceFree } from '../machines/once-free.ts';
import type { Volumes } from '../machines/provider.ts';
import { nothing, type OpenStackApi } from './api.ts';
import { isInUse, isNotFound, plainError } from './errors.ts';
import { toServerId, uuidOf } from './servers.ts';
import type { OpenStackOptions } from './settings.ts';
import { fromMetadata, Metadata, metadataOf, type Named, shownName, timeOf, toMetadata } from './tags.ts';

const VolumeInfo = z.looseObject({
  id: z.string(),
  status: z.string(),
  size: z.number(),
  metadata: Metadata,
  created_at: z.string(),
  availability_zone: z.string().nullish(),
  attachments: z.array(z.looseObject({ server_id: z.string() })),
});
type VolumeInfo = z.infer<typeof VolumeInfo>;
const Zones = z.object({
  availabilityZoneInfo: z.array(z.object({ zoneName: z.string(), zoneState: z.object({ available: z.boolean() }) })),
});
const Attachment = z.looseObject({ volumeId: z.string() });

/** What is not here is being worked on; so is what is being attached, of which nobody can say yet where it is. */
const states: Readonly<Record<string, Volume['state'] | undefined>> = {
  available: 'available',
  'in-use': 'attached',
  detaching: 'attached',
};

export function createVolumes(api: OpenStackApi, { deployment, credentials }: OpenStackOptions): Volumes {
  const infos = async (signal: AbortSignal): Promise<VolumeInfo[]> =>
    (await listVolumes(api, deployment, signal)).map(({ info }) => info);
  const list = async (signal: AbortSignal): Promise<Volume[]> => (await infos(signal)).flatMap(toVolume);

  /** Zones of volumes need not be those of machines. */
  async function hasZone(zone: string | undefined, signal: AbortSignal): Promise<boolean> {
    if (zone === undefined) return false;
    const request = { service: 'volume', method: 'GET', path: '/os-availability-zone' } as const;
    const { availabilityZoneInfo: zones } = await api.call(request, Zones, signal);
    return zones.some(({ zoneName, zoneState }) => zoneName === zone && zoneState.available);
  }

  async function create(request: VolumeRequest, signal: AbortSignal): Promise<Volume> {
    const { name, sizeGb, zone } = request;
    if (!(await api.has('volume', signal))) {
      throw new ConpaasError('cloud_failed', 'This cloud has no volumes (Cinder), so data cannot be kept on one.');
    }
    const volume = {
      name: shownName(name),
      size: sizeGb,
      metadata: toMetadata(request),
      ...((await hasZone(zone, signal)) ? { availability_zone: zone } : {}),
    };
    const answer = await api.call(
      { service: 'volume', method: 'POST', path: '/volumes', body: { volume } },
      z.object({ volume: VolumeInfo }),
      signal,
    );
    const [made] = toVolume(answer.volume);
    if (made) return made;
    throw new ConpaasError('cloud_failed', `The cloud does not tell of the volume ${name} that it made.`, {
      retry: true,
    });
  }

  async function destroy(id: string, signal: AbortSignal): Promise<void> {
    if (!(await infos(signal)).some((one) => one.id === id)) return; // not there, or not ours
    const passes = (error: unknown): boolean => isInUse(error) || isNotFound(error);
    const remove = () =>
      api.call({ service: 'volume', method: 'DELETE', path: `/volumes/${id}`, passes }, nothing, signal);
    const plain = (error: unknown): unknown => plainError(error, 'removing a volume');
    await onceFree({ work: remove, isGone: isNotFound, isInUse, plain }, signal);
  }

  return {
    available: (signal) => api.has('volume', signal),
    list,
    destroy,
    async create(request, signal) {
      const made = (volume: Volume) => ({ id: volume.id, createdAt: volume.createdAt ?? 0, volume });
      const { volume } = await createOnce({
        key: ['openstack', credentials.authUrl, deployment, 'volume', request.name].join('/'),
        list: async () => (await list(signal)).filter(({ name }) => name === request.name).map(made),
        create: async () => made(await create(request, signal)),
        destroy: (other) => destroy(other, signal),
      });
      return volume;
    },
    async attach(volume, server, signal) {
      const present = (await list(signal)).find(({ id }) => id === volume);
      if (!present) throw new ConpaasError('not_found', `There is no volume ${volume}.`);
      const path = `/servers/${uuidOf(server)}/os-volume_attachments`;
      const { volumeAttachments: attached } = await api.call(
        { service: 'compute', method: 'GET', path },
        z.object({ volumeAttachments: z.array(Attachment) }),
        signal,
      );
      if (attached.some(({ volumeId }) => volumeId === volume)) return pathsOf(volume);
      if (present.attachedTo !== undefined) {
        throw new ConpaasError('conflict', `The volume ${present.name} is attached to ${present.attachedTo}.`);
      }
      await api.call(
        { service: 'compute', method: 'POST', path, body: { volumeAttachment: { volumeId: volume } } },
        z.object({ volumeAttachment: Attachment }),
        signal,
      );
      return pathsOf(volume);
    },
    async detach(volume, signal) {
      const attempt = async (): Promise<void> => {
        const present = (await infos(signal)).find(({ id }) => id === volume);
        if (!present || unattached.has(present.status)) return;
        const [attachment] = present.attachments;
        if (!attachment) throw new StillAttaching();
        const passes = (error: unknown): boolean => isNotFound(error) || isInUse(error);
        const path = `/servers/${attachment.server_id}/os-volume_attachments/${volume}`;
        await api.call({ service: 'compute', method: 'DELETE', path, passes }, nothing, signal);
      };
      const plain = (error: unknown): unknown =>
        error instanceof StillAttaching
          ? new ConpaasError('conflict', 'The volume is being attached and cannot be detached yet.', { retry: true })
          : plainError(error, 'detaching a volume');
      const isBusy = (error: unknown): boolean => error instanceof StillAttaching || isInUse(error);
      await onceFree({ work: attempt, isGone: isNotFound, isInUse: isBusy, plain }, signal);
    },
  };
}

/**
 * libvirt gives a disk the volume's id for a serial number, of which virtio keeps 20 characters. The name that Nova tells is
 * one that it has made up: another disk may have it.
 * https://docs.openstack.org/nova/latest/user/block-device-mapping.html
 */
function pathsOf(volume: string): readonly string[] {
  const ids = [`virtio-${volume.slice(0, 20)}`, `scsi-0QEMU_QEMU_HARDDISK_${volume}`];
  return ids.map((id) => `/dev/disk/by-id/${id}`);
}

class StillAttaching extends Error {}
/** Of volumes that are on no machine, or on their way from it. */
const unattached: ReadonlySet<string> = new Set(['available', 'detaching', 'error', 'creating', 'deleting']);

/** Volumes of a deployment; of any where absent. Those that are being deleted are left out. */
export async function listVolumes(
  api: OpenStackApi,
  deployment: string | undefined,
  signal: AbortSignal,
): Promise<readonly { readonly info: VolumeInfo; readonly named: Named }[]> {
  if (!(await api.has('volume', signal))) return [];
  const query = deployment === undefined ? {} : { metadata: metadataOf(deployment) };
  const request = { service: 'volume', path: '/volumes/detail', query, key: 'volumes' } as const;
  return (await api.list(request, VolumeInfo, signal)).flatMap((info) => {
    const named = fromMetadata(info.metadata);
    const counts = named && (deployment === undefined || named.tags.deployment === deployment);
    return counts && info.status !== 'deleting' ? [{ info, named }] : [];
  });
}

/** Nothing for one that is not ours. */
function toVolume(info: VolumeInfo): Volume[] {
  const named = fromMetadata(info.metadata);
  if (!named) return [];
  return [
    {
      ...named,
      id: info.id,
      sizeGb: info.size,
      createdAt: timeOf(info.created_at),
      state: /^error/.test(info.status) ? 'failed' : (states[info.status] ?? 'creating'),
      attachedTo: info.attachments[0] && toServerId(info.attachments[0].server_id),
      zone: info.availability_zone ?? undefined,
    },
  ];
}
