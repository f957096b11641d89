/** Images of ours: Nova makes them of a machine, Glance keeps them; tagged by their properties. */
import { type CloudImage, factsOf, type Images } from '../machines/images.ts';
import { onceFree } from '../machines/once-free.ts';
import { createOwnImages } from '../machines/own-images.ts';
import { nothing, type OpenStackApi } from './api.ts';
import { isBusy, isConflict, isNotFound, plainError } from './errors.ts';
import { Image } from './glance-image.ts';
import { uuidOf } from './servers.ts';
import { fromMetadata, toMetadata } from './tags.ts';

/** https://docs.openstack.org/glance/latest/user/statuses.html; what is not here has failed, or is being removed. */
const states: Readonly<Record<string, CloudImage['state'] | undefined>> = {
  queued: 'creating',
  saving: 'creating',
  uploading: 'creating',
  importing: 'creating',
  active: 'available',
};
const removed: readonly string[] = ['deleted', 'pending_delete'];

/** Ours in whatever state, of our own project: what others share with it may be called anything. */
export async function listOwnImages(api: OpenStackApi, signal: AbortSignal): Promise<CloudImage[]> {
  const project = await api.project(signal);
  const query = { owner: project };
  const images = await api.list({ service: 'image', path: '/images', query, key: 'images' }, Image, signal);
  return images.flatMap((image) => toOwnImage(image, project));
}

/** Nothing for one that is not ours. */
export function toOwnImage(image: Image, project: string): CloudImage[] {
  const { id, name, status, owner, min_disk: sizeGb } = image;
  const facts = factsOf(name ?? '');
  const texts = Object.entries(image).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  const named = fromMetadata(Object.fromEntries(texts));
  if (!facts || !named || named.name !== name || owner !== project || removed.includes(status)) return [];
  return [{ ...facts, id, name, state: states[status] ?? 'failed', sizeGb: sizeGb || undefined }];
}

export function createImages(api: OpenStackApi, { base }: Pick<Images, 'base'>): Images {
  return createOwnImages({
    base,
    list: (signal) => listOwnImages(api, signal),
    async make({ server, name, tags }, signal) {
      const path = `/servers/${uuidOf(server)}/action`;
      const body = { createImage: { name, metadata: toMetadata({ name, tags }) } };
      await api.call({ service: 'compute', method: 'POST', path, body, passes: isBusy }, nothing, signal);
      return undefined; // the list tells of it
    },
    isInUse: isBusy,
    plain: (error) => plainError(error, 'making an image of a machine'),
    async remove({ id }, signal) {
      const passes = (error: unknown): boolean => isNotFound(error) || isConflict(error);
      const work = () =>
        api.call({ service: 'image', method: 'DELETE', path: `/images/${id}`, passes }, nothing, signal);
      const plain = (error: unknown): unknown => plainError(error, 'removing an image');
      await onceFree({ work, isGone: isNotFound, isInUse: isConflict, plain }, signal);
    },
  });
}
