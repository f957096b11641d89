/** Servers as Nova tells of them. API: https://docs.openstack.org/api-ref/compute/ */
import { z } from 'zod';
import type { Server } from '../machines/provider.ts';
import type { OpenStackApi } from './api.ts';
import { anyTag, deploymentTag, fromMetadata, Metadata, timeOf } from './tags.ts';

const ServerInfo = z.looseObject({
  id: z.string(),
  status: z.string(),
  created: z.string(),
  metadata: Metadata,
  addresses: z.record(
    z.string(),
    z.array(z.looseObject({ addr: z.string(), version: z.number(), 'OS-EXT-IPS:type': z.string().optional() })),
  ),
  flavor: z.looseObject({ original_name: z.string().optional() }),
  fault: z.looseObject({ message: z.string() }).nullish(),
  'OS-EXT-STS:task_state': z.string().nullish(),
  'OS-EXT-AZ:availability_zone': z.string().nullish(),
});
type ServerInfo = z.infer<typeof ServerInfo>;

/** Ids of ours begin with a letter, and Nova's with any digit of a UUID. */
const prefix = 'server-';
export const toServerId = (uuid: string): string => `${prefix}${uuid}`;
/** As Nova calls it. */
export const uuidOf = (id: string): string => (id.startsWith(prefix) ? id.slice(prefix.length) : id);

/** https://docs.openstack.org/nova/latest/reference/vm-states.html; what is not here is being worked on and runs. */
const states: Readonly<Record<string, Server['state'] | undefined>> = {
  BUILD: 'creating',
  ACTIVE: 'running',
  SHUTOFF: 'stopped',
  SUSPENDED: 'stopped',
  PAUSED: 'stopped',
  SHELVED: 'stopped',
  SHELVED_OFFLOADED: 'stopped',
  ERROR: 'failed',
  DELETED: 'gone',
  SOFT_DELETED: 'gone',
};

/** Servers of a deployment; of any where absent. */
export async function listServers(
  api: OpenStackApi,
  deployment: string | undefined,
  signal: AbortSignal,
): Promise<Server[]> {
  const query = { tags: deployment === undefined ? anyTag : deploymentTag(deployment) };
  const list = await api.list(
    { service: 'compute', path: '/servers/detail', query, key: 'servers' },
    ServerInfo,
    signal,
  );
  return list.flatMap(toServer).filter(({ tags }) => deployment === undefined || tags.deployment === deployment);
}

/** @param uuid as Nova calls it */
export async function getServer(api: OpenStackApi, uuid: string, signal: AbortSignal): Promise<Server | undefined> {
  const request = { service: 'compute', method: 'GET', path: `/servers/${uuid}` } as const;
  const { server } = await api.call(request, z.object({ server: ServerInfo }), signal);
  return toServer(server)[0];
}

/** Nothing for one that is not ours. */
function toServer(info: ServerInfo): Server[] {
  const named = fromMetadata(info.metadata);
  if (!named) return [];
  const going = info['OS-EXT-STS:task_state'] === 'deleting';
  const state = going ? 'gone' : (states[info.status] ?? 'running');
  const address = (type: string): string | undefined =>
    Object.values(info.addresses)
      .flat()
      .find((one) => one.version === 4 && (one['OS-EXT-IPS:type'] ?? 'fixed') === type)?.addr;
  return [
    {
      ...named,
      id: toServerId(info.id),
      state,
      cause: state === 'failed' ? causeOf(info.fault?.message) : undefined,
      privateAddress: address('fixed'),
      publicAddress: address('floating'),
      zone: info['OS-EXT-AZ:availability_zone'] || undefined,
      size: info.flavor.original_name,
      createdAt: timeOf(info.created),
    },
  ];
}

function causeOf(message: string | undefined): string {
  if (message === undefined) return 'The cloud does not tell why it failed.';
  return /no valid host/i.test(message)
    ? `The cloud has no room for a machine of this size now. Another size or zone may do. The cloud says: ${message}`
    : `The cloud says: ${message}`;
}
