/** Images of ours: disks of machines, saved as images of our user. Known by their names, the only thing they are made with. */
import { z } from 'zod';
import { ConpaasError } from '../../contract/errors.ts';
import { type CloudImage, factsOf, type Images } from '../machines/images.ts';
import { onceFree } from '../machines/once-free.ts';
import { createOwnImages } from '../machines/own-images.ts';
import { type OpenNebulaApi, whose } from './api.ts';
import { isInUse, isNotFound, plainError } from './errors.ts';
import { numberOf } from './machines.ts';

const Image = z.looseObject({
  ID: z.string(),
  NAME: z.string(),
  TYPE: z.string(),
  STATE: z.string(),
  /** MB. */
  SIZE: z.string(),
});

const system = '0';
const removed = '7';
/** https://docs.opennebula.io/6.10/management_and_operations/references/image_states.html; used ones can be used again. */
const states: Readonly<Record<string, CloudImage['state'] | undefined>> = {
  0: 'creating',
  1: 'available',
  2: 'available',
  4: 'creating',
  6: 'available',
};
/** Of the first disk of a machine; as it is now, no snapshot of it. */
const [firstDisk, now] = [0, -1];

/** Of our user, in whatever state. */
export async function listOwnImages(api: OpenNebulaApi, signal: AbortSignal): Promise<CloudImage[]> {
  const pool = { method: 'one.imagepool.info', items: 'IMAGE', whose: whose.mine };
  return (await api.pool(pool, Image, signal)).flatMap(({ ID: id, NAME: name, TYPE, STATE, SIZE }) => {
    const facts = factsOf(name);
    if (!facts || TYPE !== system || STATE === removed) return [];
    return [{ ...facts, id, name, state: states[STATE] ?? 'failed', sizeGb: Math.ceil(Number(SIZE) / 1024) }];
  });
}

export function createImages(api: OpenNebulaApi, { base }: Pick<Images, 'base'>): Images {
  return createOwnImages({
    base,
    list: (signal) => listOwnImages(api, signal),
    async make({ server, name }, signal) {
      const number = numberOf(server);
      if (number === undefined) throw new ConpaasError('not_found', `There is no machine ${server}.`);
      const values = [number, firstDisk, name, '', now]; // of the type that the disk is of
      await api.call('one.vm.disksaveas', values, { repeatable: false, passes: isInUse }, signal);
      return undefined; // the list tells of it
    },
    isInUse,
    plain: plainError,
    async remove({ id }, signal) {
      const passes = (error: unknown): boolean => isInUse(error) || isNotFound(error);
      const work = () => api.call('one.image.delete', [Number(id)], { repeatable: true, passes }, signal);
      await onceFree({ work, isGone: isNotFound, isInUse, plain: plainError }, signal);
    },
  });
}
