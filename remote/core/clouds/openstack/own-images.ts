/** Images of ours: Nova makes them of a machine, Glance keeps them; tagged by their properties. */
import { ConpaasError } from '../../contract/errors.ts';
import { type CloudImage, factsOf, type ImageFacts, type Images } from '../machines/images.ts';
import { onceFree } from '../machines/once-free.ts';
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

export interface ImageParts {
  base(signal: AbortSignal): Promise<Pick<ImageFacts, 'base' | 'architecture'>>;
}

export function createImages(api: OpenStackApi, { base }: ImageParts): Images {
  const list = (signal: AbortSignal): Promise<CloudImage[]> => listOwnImages(api, signal);
  const find = async (name: string, signal: AbortSignal): Promise<CloudImage | undefined> =>
    (await list(signal)).find((one) => one.name === name);
  return {
    base,
    list,
    async create({ server, name, tags }, signal) {
      const path = `/servers/${uuidOf(server)}/action`;
      const body = { createImage: { name, metadata: toMetadata({ name, tags }) } };
      // Glance takes two of a name: looked for before each attempt. The answer names the image from 2.45 on.
      const attempt = async (): Promise<void> => {
        if (await find(name, signal)) return;
        await api.call({ service: 'compute', method: 'POST', path, body, passes: isBusy }, nothing, signal);
      };
      const plain = (error: unknown): unknown => plainError(error, 'making an image of a machine');
      await onceFree({ remove: attempt, isGone: () => false, isInUse: isBusy, plain }, signal);
      const made = await find(name, signal);
      if (made) return made;
      throw new ConpaasError('cloud_failed', `The cloud does not tell of the image ${name} that it makes.`);
    },
    async destroy(id, signal) {
      const path = `/images/${id}`;
      if (!(await list(signal)).some((one) => one.id === id)) return;
      const passes = (error: unknown): boolean => isNotFound(error) || isConflict(error);
      const remove = () => api.call({ service: 'image', method: 'DELETE', path, passes }, nothing, signal);
      const plain = (error: unknown): unknown => plainError(error, 'removing an image');
      await onceFree({ remove, isGone: isNotFound, isInUse: isConflict, plain }, signal);
    },
  };
}
