/** Volumes: persistent images that are data blocks. */
import { z } from 'zod';
import { ConpaasError } from '../../contract/errors.ts';
import type { Volume, VolumeRequest } from '../cloud.ts';
import { createOnce } from '../machines/create-once.ts';
import { onceFree } from '../machines/once-free.ts';
import type { Volumes } from '../machines/provider.ts';
import { type OpenNebulaApi, whose } from './api.ts';
import { findDatastore } from './choices.ts';
import { isInUse, isNotFound, plainError } from './errors.ts';
import { getMachine, numberOf, toServerId } from './machines.ts';
import type { OpenNebulaOptions } from './settings.ts';
import { fromAttributes, toAttributes } from './tags.ts';
import { toTemplate } from './template.ts';
import { element, many } from './xml.ts';

const Image = z.looseObject({
  ID: z.string(),
  TYPE: z.string(),
  STATE: z.string(),
  /** MB. */
  SIZE: z.string(),
  /** Seconds since the epoch. */
  REGTIME: z.string(),
  VMS: element({ ID: many(z.string()) }),
  TEMPLATE: element({}),
});
type Image = z.infer<typeof Image>;

const dataBlock = '2';
const removed = '7';
/** https://docs.opennebula.io/6.10/management_and_operations/references/image_template.html */
const states: Readonly<Record<string, Volume['state'] | undefined>> = {
  0: 'creating',
  1: 'available',
  2: 'attached',
  3: 'failed',
  4: 'creating',
  5: 'failed',
  8: 'attached',
  9: 'attached',
  10: 'attached',
};

/** Of any deployment of our user. */
export async function listVolumes(api: OpenNebulaApi, signal: AbortSignal): Promise<Volume[]> {
  const pool = { method: 'one.imagepool.info', items: 'IMAGE', whose: whose.mine };
  return (await api.pool(pool, Image, signal)).flatMap(toVolume);
}

export function createVolumes(api: OpenNebulaApi, { deployment, settings, credentials }: OpenNebulaOptions): Volumes {
  const list = async (signal: AbortSignal): Promise<Volume[]> =>
    (await listVolumes(api, signal)).filter(({ tags }) => tags.deployment === deployment);
  const find = async (id: string, signal: AbortSignal): Promise<Volume | undefined> =>
    (await list(signal)).find((one) => one.id === id);
  const diskOf = async (volume: string, server: string, signal: AbortSignal) => {
    const machine = await getMachine(api, existing(server), signal);
    return machine.TEMPLATE.DISK.find(({ IMAGE_ID }) => IMAGE_ID === volume);
  };

  async function create({ name, tags, sizeGb }: VolumeRequest, signal: AbortSignal): Promise<string> {
    const template = toTemplate({
      // Unique among the images of a user.
      NAME: `conpaas-${deployment}-${name}`,
      TYPE: 'DATABLOCK',
      PERSISTENT: 'YES',
      SIZE: sizeGb * 1024,
      DEV_PREFIX: 'vd',
      ...toAttributes(name, tags),
    });
    const datastore = await findDatastore(api, settings, signal);
    return api.call('one.image.allocate', [template, datastore], { repeatable: false }, signal);
  }

  async function destroy(id: string, signal: AbortSignal): Promise<void> {
    if (!(await find(id, signal))) return; // not there, or not ours
    const passes = (error: unknown): boolean => isInUse(error) || isNotFound(error);
    const remove = () => api.call('one.image.delete', [Number(id)], { repeatable: true, passes }, signal);
    await onceFree({ work: remove, isGone: isNotFound, isInUse, plain: plainError }, signal);
  }

  return {
    list,
    destroy,
    async create(request, signal) {
      const timed = ({ id, createdAt = 0 }: Volume) => ({ id, createdAt });
      const { id } = await createOnce({
        key: ['opennebula', credentials.endpoint, deployment, 'volume', request.name].join('/'),
        list: async () => (await list(signal)).filter(({ name }) => name === request.name).map(timed),
        create: async () => ({ id: await create(request, signal), createdAt: Date.now() }),
        destroy: (other) => destroy(other, signal),
      });
      const made = await find(id, signal);
      if (made) return made;
      throw new ConpaasError('cloud_failed', `The cloud does not tell of the volume ${request.name} that it made.`, {
        retry: true,
      });
    },
    async attach(volume, server, signal) {
      await onceIdle(async () => {
        const present = await find(volume, signal);
        if (!present) throw new ConpaasError('not_found', `There is no volume ${volume}.`);
        if (present.attachedTo === server) return;
        if (present.attachedTo !== undefined) {
          throw new ConpaasError('conflict', `The volume ${present.name} is attached to ${present.attachedTo}.`);
        }
        const disk = toTemplate({ DISK: [{ IMAGE_ID: volume }] });
        await api.call('one.vm.attach', [existing(server), disk], { repeatable: false, passes: isInUse }, signal);
      }, signal);
      const target = (await diskOf(volume, server, signal))?.TARGET;
      return target === undefined ? [] : [`/dev/${target}`];
    },
    detach: (volume, signal) =>
      onceIdle(async () => {
        const server = (await find(volume, signal))?.attachedTo;
        const disk = server && (await diskOf(volume, server, signal))?.DISK_ID;
        if (!server || disk === undefined) return; // the machine has ended meanwhile
        const passes = (error: unknown): boolean => isInUse(error) || isNotFound(error);
        await api.call('one.vm.detach', [existing(server), Number(disk)], { repeatable: true, passes }, signal);
      }, signal),
  };
}

/** A machine takes one disk at a time: the next is refused till then. */
const onceIdle = (attempt: () => Promise<void>, signal: AbortSignal): Promise<void> =>
  onceFree({ work: attempt, isGone: isNotFound, isInUse, plain: plainError }, signal);

function existing(server: string): number {
  const id = numberOf(server);
  if (id !== undefined) return id;
  throw new ConpaasError('not_found', `There is no machine ${server}.`);
}

/** Nothing for what is no volume of ours, or is being removed. */
function toVolume(image: Image): Volume[] {
  const named = fromAttributes(image.TEMPLATE);
  if (!named || image.TYPE !== dataBlock || image.STATE === removed) return [];
  const [machine] = image.VMS.ID;
  return [
    {
      ...named,
      id: image.ID,
      sizeGb: Math.round(Number(image.SIZE) / 1024),
      createdAt: Number(image.REGTIME) * 1000,
      state: states[image.STATE] ?? 'failed',
      attachedTo: machine === undefined ? undefined : toServerId(machine),
    },
  ];
}
