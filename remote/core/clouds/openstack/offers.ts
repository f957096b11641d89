/** Flavors: sizes of machines. OpenStack knows no prices. */
import { z } from 'zod';
import { ConpaasError } from '../../contract/errors.ts';
import type { Offer } from '../cloud.ts';
import type { OpenStackApi } from './api.ts';
import type { OpenStackSettings } from './settings.ts';

const Flavor = z.looseObject({
  id: z.string(),
  name: z.string(),
  vcpus: z.number(),
  /** MB. */
  ram: z.number(),
  /** GB; 0: machines of it have the image's size, or start from a volume. */
  disk: z.number(),
});
export type Flavor = z.infer<typeof Flavor>;

/** Enough for a director, or for a small application with all its nodes. */
const enough = { memoryMb: 2048, diskGb: 8 };

/** Smallest first. */
async function listFlavors(api: OpenStackApi, signal: AbortSignal): Promise<Flavor[]> {
  const flavors = await api.list({ service: 'compute', path: '/flavors/detail', key: 'flavors' }, Flavor, signal);
  return flavors.sort((a, b) => a.ram - b.ram || a.vcpus - b.vcpus || a.disk - b.disk || (a.name < b.name ? -1 : 1));
}

function defaultOf(flavors: readonly Flavor[], { size }: OpenStackSettings): Flavor | undefined {
  if (size !== undefined) return flavors.find(({ id, name }) => name === size || id === size);
  const fitting = flavors.filter(({ ram }) => ram >= enough.memoryMb);
  // Those without a disk need a volume each: they are not chosen where there are others.
  return fitting.find(({ disk }) => disk >= enough.diskGb) ?? fitting.find(({ disk }) => disk === 0);
}

export async function listOffers(
  api: OpenStackApi,
  settings: OpenStackSettings,
  signal: AbortSignal,
): Promise<Offer[]> {
  const flavors = await listFlavors(api, signal);
  const byDefault = defaultOf(flavors, settings);
  return flavors.map((flavor) => ({
    name: flavor.name,
    cpus: flavor.vcpus,
    memoryMb: flavor.ram,
    default: flavor === byDefault,
  }));
}

/** @param size name or id; the default one where absent. @throws ConpaasError cloud_failed where there is no such */
export async function findFlavor(
  api: OpenStackApi,
  settings: OpenStackSettings,
  size: string | undefined,
  signal: AbortSignal,
): Promise<Flavor> {
  const flavors = await listFlavors(api, signal);
  const wanted = size ?? settings.size;
  const found = defaultOf(flavors, { ...settings, size: wanted });
  if (found) return found;
  const known = flavors.map(({ name }) => name).join(', ') || 'none';
  const what = wanted ?? `with ${enough.memoryMb} MB of memory and a disk of ${enough.diskGb} GB`;
  throw new ConpaasError('cloud_failed', `The cloud has no flavor ${what}. It has: ${known}.`);
}
