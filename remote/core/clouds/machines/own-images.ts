/** What drivers have in common with images of ours: one of a name is made once, and only what is ours is removed. */
import { ConpaasError } from '../../contract/errors.ts';
import type { CloudImage, ImagePrices, ImageRequest, Images } from './images.ts';
import { type Held, onceFree } from './once-free.ts';

/** How a cloud does it. */
export interface OwnImages<Own extends CloudImage> extends Pick<Images, 'base'>, Pick<Held, 'isInUse' | 'plain'> {
  /** Ours in whatever state, and nobody else's. */
  list(signal: AbortSignal): Promise<readonly Own[]>;
  /**
   * Begins to make one. Called only while there is none of its name; `isInUse` says which of its errors end by waiting.
   * @returns the image, where the cloud's answer tells it
   */
  make(request: ImageRequest, signal: AbortSignal): Promise<Pick<CloudImage, 'id'> | undefined>;
  /** With all that it is stored in. */
  remove(own: Own, signal: AbortSignal): Promise<void>;
  readonly prices?: ImagePrices | undefined;
}

export function createOwnImages<Own extends CloudImage>(cloud: OwnImages<Own>): Images {
  const { base, list, make, remove, isInUse, plain, prices } = cloud;
  return {
    base,
    list,
    async create(request, signal) {
      const find = async (): Promise<Own | undefined> => (await list(signal)).find(({ name }) => name === request.name);
      const answered: { image?: Pick<CloudImage, 'id'> | undefined } = {};
      // Clouds take two of a name: looked for before each attempt.
      const work = async (): Promise<void> => {
        answered.image = (await find()) ?? (await make(request, signal));
      };
      await onceFree({ work, isInUse, plain }, signal);
      const image = answered.image ?? (await find());
      if (image) return image;
      const message = `The cloud does not tell of the image ${request.name} that it makes. Try again.`;
      throw new ConpaasError('cloud_failed', message, { retry: true });
    },
    async destroy(id, signal) {
      const own = (await list(signal)).find((one) => one.id === id);
      if (own) await remove(own, signal);
    },
    ...(prices && { prices: async () => prices }),
  };
}
