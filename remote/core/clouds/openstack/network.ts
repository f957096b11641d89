/** Where machines stand: the network, its way to the outside, and one security group a deployment. API: https://docs.openstack.org/api-ref/network/v2/ */
import { z } from 'zod';
import { ConpaasError } from '../../contract/errors.ts';
import { createOnce } from '../machines/create-once.ts';
import { providerPorts } from '../machines/ports.ts';
import { nothing, type OpenStackApi } from './api.ts';
import { isConflict, isNotFound } from './errors.ts';
import type { OpenStackOptions } from './settings.ts';
import { fromDescription, type Named, shownName, timeOf, toDescription } from './tags.ts';

const NetworkInfo = z.looseObject({
  id: z.string(),
  name: z.string(),
  project_id: z.string(),
  shared: z.boolean(),
  subnets: z.array(z.string()),
  'router:external': z.boolean().optional(),
});
type NetworkInfo = z.infer<typeof NetworkInfo>;

const Rule = z.looseObject({
  direction: z.string(),
  ethertype: z.string().nullish(),
  protocol: z.string().nullish(),
  port_range_min: z.number().nullish(),
  port_range_max: z.number().nullish(),
  remote_group_id: z.string().nullish(),
});

const Group = z.looseObject({
  id: z.string(),
  name: z.string(),
  description: z.string(),
  created_at: z.string(),
  security_group_rules: z.array(Rule),
});
type Group = z.infer<typeof Group>;

export interface Network {
  readonly id: string;
  /** Network that floating IPs come from; undefined: there is no router to one, or machines stand in it. */
  readonly outside: string | undefined;
}

/**
 * The chosen network; else the project's only one, the only shared one, or the only one outside.
 * @throws ConpaasError cloud_failed where there is none, or a choice
 */
export async function findNetwork(
  api: OpenStackApi,
  { settings }: OpenStackOptions,
  signal: AbortSignal,
): Promise<Network> {
  const project = await api.project(signal);
  const list = await api.list({ service: 'network', path: '/networks', key: 'networks' }, NetworkInfo, signal);
  const outside = (network: NetworkInfo): boolean => network['router:external'] === true;
  const usable = list.filter(({ subnets }) => subnets.length > 0);
  const choices = [
    usable.filter((one) => one.project_id === project && !outside(one)),
    usable.filter((one) => one.shared && !outside(one)),
    usable.filter(outside),
  ];
  const chosen =
    settings.network === undefined
      ? (choices.find((some) => some.length > 0) ?? [])
      : list.filter(({ id, name }) => id === settings.network || name === settings.network);
  const [network, ...others] = chosen;
  if (!network) {
    const what = settings.network === undefined ? 'that machines could stand in' : settings.network;
    throw new ConpaasError('cloud_failed', `The project has no network ${what}. Make one there, with a subnet.`);
  }
  if (others.length > 0) {
    const named = chosen.map(({ name, id }) => `${name} (${id})`).join(', ');
    throw new ConpaasError('cloud_failed', `There are several networks: ${named}. Choose one by its name or id.`);
  }
  return { id: network.id, outside: outside(network) ? undefined : await findOutside(api, network.id, signal) };
}

/** The network behind the router of a network, if it has one. */
async function findOutside(api: OpenStackApi, network: string, signal: AbortSignal): Promise<string | undefined> {
  const Interface = z.looseObject({ device_id: z.string(), device_owner: z.string() });
  const query = { network_id: network };
  const ports = await api.list({ service: 'network', path: '/ports', query, key: 'ports' }, Interface, signal);
  const Router = z.object({
    router: z.looseObject({ external_gateway_info: z.looseObject({ network_id: z.string() }).nullish() }),
  });
  // Kinds of routers: router_interface, router_interface_distributed, ha_router_replicated_interface.
  const routers = ports.filter(({ device_owner: owner }) => /^network:.*router.*interface/.test(owner));
  for (const id of new Set(routers.map(({ device_id }) => device_id))) {
    try {
      const request = { service: 'network', method: 'GET', path: `/routers/${id}`, passes: isNotFound } as const;
      const { router } = await api.call(request, Router, signal);
      if (router.external_gateway_info) return router.external_gateway_info.network_id;
    } catch (error) {
      if (!isNotFound(error)) throw error; // that of another project, which we may not see
    }
  }
  return undefined;
}

/** Groups of any deployment in our project. */
export async function listGroups(
  api: OpenStackApi,
  signal: AbortSignal,
): Promise<readonly { readonly group: Group; readonly named: Named }[]> {
  const query = { project_id: await api.project(signal) };
  const request = { service: 'network', path: '/security-groups', query, key: 'security_groups' } as const;
  return (await api.list(request, Group, signal)).flatMap((group) => {
    const named = fromDescription(group.description);
    return named ? [{ group, named }] : [];
  });
}

/**
 * The deployment's group: all within it, and from outside the few ports that people and the desktop need.
 * @returns its id
 */
export async function ensureGroup(
  api: OpenStackApi,
  { deployment, credentials, further }: OpenStackOptions,
  signal: AbortSignal,
): Promise<string> {
  const name = shownName(deployment);
  const description = toDescription({ name, tags: { deployment, application: '', operation: '' } });
  const made = ({ id, created_at, security_group_rules: rules }: Group) => ({
    id,
    rules,
    createdAt: timeOf(created_at),
  });
  const { id, rules } = await createOnce({
    key: ['openstack', credentials.authUrl, deployment, 'security-group'].join('/'),
    list: async () =>
      (await listGroups(api, signal))
        .filter(({ named }) => named.tags.deployment === deployment)
        .map(({ group }) => made(group)),
    async create() {
      const body = { security_group: { name, description } };
      const request = { service: 'network', method: 'POST', path: '/security-groups', body } as const;
      const answer = await api.call(request, z.object({ security_group: Group }), signal);
      return made(answer.security_group);
    },
    destroy: (other) => destroyGroup(api, other, signal),
  });
  const wanted = [
    { remote_group_id: id },
    ...providerPorts(further).map((port) => ({ protocol: 'tcp', port_range_min: port, port_range_max: port })),
  ].map((rule) => ({ direction: 'ingress', ethertype: 'IPv4', ...rule }));
  for (const rule of wanted) {
    const there = rules.some((one) => Object.entries(rule).every(([key, value]) => one[key] === value));
    if (there) continue;
    try {
      const body = { security_group_rule: { security_group_id: id, ...rule } };
      const request = { service: 'network', method: 'POST', path: '/security-group-rules', body } as const;
      await api.call({ ...request, passes: isConflict }, nothing, signal);
    } catch (error) {
      if (!isConflict(error)) throw error; // somebody else has made it meanwhile
    }
  }
  return id;
}

/** @throws Refusal where it is in use or gone */
export async function destroyGroup(api: OpenStackApi, id: string, signal: AbortSignal): Promise<void> {
  const passes = (error: unknown): boolean => isConflict(error) || isNotFound(error);
  const request = { service: 'network', method: 'DELETE', path: `/security-groups/${id}`, passes } as const;
  await api.call(request, nothing, signal);
}
