/** The network of a deployment: a bridge of its own, on which every machine has one address for its life. */
import { randomBytes, randomInt } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { ConpaasError } from '../../contract/errors.ts';
import type { Tags } from '../cloud.ts';
import type { EngineApi } from './engine-api.ts';
import { ofDeployment, portsLabel, toLabels } from './labels.ts';
import type { Reach } from './reach.ts';

const Network = z.object({
  Name: z.string(),
  Id: z.string(),
  Created: z.string(),
  Labels: z
    .record(z.string(), z.string())
    .nullish()
    .transform((labels) => labels ?? {}),
  IPAM: z.object({
    Config: z
      .array(z.object({ Subnet: z.string(), Gateway: z.string().optional() }))
      .nullish()
      .transform((config) => config ?? []),
  }),
});
export type Network = z.infer<typeof Network>;

/** Of drivers that make the network at once, all but one try again so often. */
const attempts = 5;

export async function listNetworks(api: EngineApi, deployment: string, signal: AbortSignal): Promise<Network[]> {
  const found = await api.request({ method: 'GET', path: '/networks', query: ofDeployment(deployment) }, signal);
  return z.array(Network).parse(found);
}

/**
 * The network of a deployment, made where it is not there. Of two that were made at once, which Docker allows, all agree on
 * the older; whoever made the other removes it.
 * @param reach asked by whoever makes it, which is the desktop: directors in containers go by what it says (`reachedBy`)
 */
export async function ensureNetwork(
  api: EngineApi,
  deployment: string,
  reach: () => Promise<Reach>,
  signal: AbortSignal,
): Promise<Network> {
  const name = `conpaas-${deployment}`;
  const chosen = async (): Promise<Network | undefined> => {
    const all = (await listNetworks(api, deployment, signal)).filter(({ Name }) => Name === name);
    return all.sort((a, b) => (a.Created < b.Created ? -1 : a.Created > b.Created ? 1 : a.Id < b.Id ? -1 : 1))[0];
  };
  for (let attempt = 1; ; attempt += 1) {
    const present = await chosen();
    if (present) return present;
    const tags: Tags = { deployment, application: '', operation: '' };
    const labels = { ...toLabels('network', tags), ...((await reach()) === 'ports' ? { [portsLabel]: 'yes' } : {}) };
    try {
      const subnet = (await api.engine(signal)) === 'podman' ? undefined : await freeSubnet(api, name, labels, signal);
      const made = await create(
        api,
        { Name: name, Labels: labels, ...(subnet && { IPAM: { Config: [subnet] } }) },
        signal,
      );
      const network = await chosen();
      if (!network) throw new ConpaasError('cloud_failed', 'The container engine does not tell of a network it made.');
      if (network.Id !== made) await removeNetwork(api, made, signal);
      return network;
    } catch (error) {
      // Somebody else was quicker, or was given the same subnet as we: what is there then counts.
      if (attempt >= attempts || signal.aborted) throw error;
      await delay(100, undefined, { signal });
    }
  }
}

async function create(api: EngineApi, body: object, signal: AbortSignal): Promise<string> {
  const whole = { Driver: 'bridge', CheckDuplicate: true, ...body };
  const made = await api.request({ method: 'POST', path: '/networks/create', body: whole }, signal);
  return z.object({ Id: z.string() }).parse(made).Id;
}

/** One that is not there is no error. */
export async function removeNetwork(api: EngineApi, id: string, signal: AbortSignal): Promise<void> {
  try {
    await api.request({ method: 'DELETE', path: `/networks/${id}` }, signal);
  } catch (error) {
    if (!(error instanceof ConpaasError) || error.code !== 'not_found') throw error;
  }
}

/**
 * Docker gives no address of our choice on a network whose subnet it chose itself; and it knows best which subnets are free
 * on its computer. So it chooses one for a network that is removed again.
 */
async function freeSubnet(api: EngineApi, name: string, labels: object, signal: AbortSignal) {
  const trial = await create(api, { Name: `${name}-subnet-${randomBytes(4).toString('hex')}`, Labels: labels }, signal);
  try {
    const { IPAM } = Network.parse(await api.request({ method: 'GET', path: `/networks/${trial}` }, signal));
    return IPAM.Config.find(({ Subnet }) => Subnet.includes('.'));
  } finally {
    await removeNetwork(api, trial, signal);
  }
}

/** How machines on this network are reached from the user's computer. */
export const reachedBy = ({ Labels }: Pick<Network, 'Labels'>): Reach =>
  Labels[portsLabel] === undefined ? 'addresses' : 'ports';

/**
 * An address of the network that nobody has, by chance: two who choose at once seldom choose the same.
 * @throws ConpaasError `cloud_failed` where all are taken
 */
export function freeAddress({ Name, IPAM }: Pick<Network, 'Name' | 'IPAM'>, taken: ReadonlySet<string>): string {
  const config = IPAM.Config.find(({ Subnet }) => Subnet.includes('.'));
  const [base, bits] = config?.Subnet.split('/') ?? [];
  if (base === undefined || bits === undefined) {
    throw new ConpaasError('cloud_failed', `The network ${Name} has no IPv4 addresses.`);
  }
  const size = Math.min(2 ** (32 - Number(bits)), 65_536);
  const first = toNumber(base);
  // The first is the network's, the second usually the gateway's, the last for broadcasts.
  const start = randomInt(size);
  for (let step = 0; step < size; step += 1) {
    const offset = (start + step) % size;
    const address = toAddress(first + offset);
    if (offset > 1 && offset < size - 1 && address !== config?.Gateway && !taken.has(address)) return address;
  }
  throw new ConpaasError('cloud_failed', `All addresses of the network ${Name} are taken.`);
}

const toNumber = (address: string): number => address.split('.').reduce((value, part) => value * 256 + Number(part), 0);

const toAddress = (value: number): string =>
  [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
