/** What machines are made of: a template, a network, a datastore, a size. */
import { z } from 'zod';
import { ConpaasError } from '../../contract/errors.ts';
import type { Offer } from '../cloud.ts';
import { type OpenNebulaApi, whose } from './api.ts';
import type { OpenNebulaSettings } from './settings.ts';
import { element, many } from './xml.ts';

const Attributes = z.record(z.string(), z.string());
const MachineTemplate = z.looseObject({
  ID: z.string(),
  NAME: z.string(),
  TEMPLATE: element({ DISK: many(z.looseObject({})), NIC: many(z.looseObject({})) }),
});
export type MachineTemplate = z.infer<typeof MachineTemplate>;
const Network = z.looseObject({ ID: z.string(), NAME: z.string(), STATE: z.string().optional() });
const Datastore = z.looseObject({ ID: z.string(), NAME: z.string(), TYPE: z.string(), FREE_MB: z.string() });

/** Releases that ConPaaS knows, newest last. */
const releases: Readonly<Record<OpenNebulaSettings['system'], readonly string[]>> = {
  debian: ['12'],
  ubuntu: ['22.04', '24.04', '26.04'],
};

const fits =
  (wanted: string) =>
  ({ ID, NAME }: { readonly ID: string; readonly NAME: string }): boolean =>
    ID === wanted || NAME === wanted;
const names = (things: readonly { readonly NAME: string }[]): string =>
  things.map(({ NAME }) => NAME).join(', ') || 'none';

/** @throws ConpaasError cloud_failed where there is none */
export async function findTemplate(
  api: OpenNebulaApi,
  { template: wanted, system }: OpenNebulaSettings,
  signal: AbortSignal,
): Promise<MachineTemplate> {
  const pool = { method: 'one.templatepool.info', items: 'VMTEMPLATE', whose: whose.all };
  const templates = await api.pool(pool, MachineTemplate, signal);
  const release = ({ NAME }: MachineTemplate): number => {
    const [, word, version] = /^(debian|ubuntu)\D*(\d+(?:\.\d+)?)/i.exec(NAME) ?? [];
    return word?.toLowerCase() === system ? releases[system].indexOf(version ?? '') : -1;
  };
  const found =
    wanted === undefined
      ? templates
          .filter((one) => release(one) >= 0)
          .sort((a, b) => release(b) - release(a) || Number(b.ID) - Number(a.ID))
      : templates.filter(fits(wanted));
  if (found[0]) return found[0];
  const what = wanted ?? `whose name begins with ${system} and a release (${releases[system].join(', ')})`;
  throw new ConpaasError('cloud_failed', `There is no template ${what}. There are: ${names(templates)}.`);
}

/** What machines of a template run: the system that its name tells, or what the user has named, which may be anything. */
export function baseOf({ ID, NAME }: MachineTemplate, { template, system }: OpenNebulaSettings): string {
  const version = /^(?:debian|ubuntu)\D*(\d+(?:\.\d+)?)/i.exec(NAME)?.[1];
  return template === undefined && version !== undefined ? `${system}-${version}` : `template-${ID}`;
}

/** @returns its id. @throws ConpaasError cloud_failed where there is none, or it is out of order */
export async function findNetwork(api: OpenNebulaApi, wanted: string, signal: AbortSignal): Promise<string> {
  const networks = await api.pool({ method: 'one.vnpool.info', items: 'VNET', whose: whose.all }, Network, signal);
  const found = networks.find(fits(wanted));
  if (!found) {
    throw new ConpaasError('cloud_failed', `There is no network ${wanted}. There are: ${names(networks)}.`);
  }
  // Only newer versions tell a state; 1 is ready.
  if (found.STATE !== undefined && found.STATE !== '1') {
    const text = `The network ${found.NAME} is not ready (state ${found.STATE}). Choose another one, or have it mended.`;
    throw new ConpaasError('cloud_failed', text, { retry: true });
  }
  return found.ID;
}

/** Where volumes go: an image datastore. @returns its id */
export async function findDatastore(
  api: OpenNebulaApi,
  { datastore: wanted }: OpenNebulaSettings,
  signal: AbortSignal,
): Promise<number> {
  const Pool = z.object({ DATASTORE_POOL: element({ DATASTORE: many(Datastore) }) });
  const { DATASTORE: all } = (await api.look('one.datastorepool.info', [], Pool, signal)).DATASTORE_POOL;
  const forImages = all.filter(({ TYPE }) => TYPE === '0').sort((a, b) => Number(b.FREE_MB) - Number(a.FREE_MB));
  const found = wanted === undefined ? forImages[0] : forImages.find(fits(wanted));
  if (found) return Number(found.ID);
  const what = wanted === undefined ? 'for images' : wanted;
  throw new ConpaasError('cloud_failed', `There is no datastore ${what}. There are: ${names(forImages)}.`);
}

/** Sizes are ours to name: OpenNebula has none. */
export function parseSize(size: string): { readonly cpus: number; readonly memoryMb: number } {
  const [, cpus, memory] = /^([0-9]{1,3})cpu-([0-9]{1,4})gb$/.exec(size) ?? [];
  if (cpus !== undefined && memory !== undefined && Number(cpus) > 0 && Number(memory) > 0) {
    return { cpus: Number(cpus), memoryMb: Number(memory) * 1024 };
  }
  throw new ConpaasError('invalid_request', `${JSON.stringify(size)} is no size of machines. Write it as 2cpu-4gb.`);
}

export function listOffers({ size: byDefault }: OpenNebulaSettings): Offer[] {
  const sizes = new Set(['1cpu-2gb', '2cpu-4gb', '4cpu-8gb', '8cpu-16gb', byDefault]);
  return [...sizes].map((name) => ({ name, ...parseSize(name), default: name === byDefault }));
}

/** A vector of a template as attributes; what is no text in it is left out. */
export const attributesOf = (vector: Readonly<Record<string, unknown>>): Record<string, string> =>
  Attributes.parse(Object.fromEntries(Object.entries(vector).filter(([, value]) => typeof value === 'string')));
