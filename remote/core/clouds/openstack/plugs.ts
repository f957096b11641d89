/**
 * What plugs a machine into its network: a port, and a floating IP on it where it is to be reached from outside. Both are
 * there before the machine is, so its addresses never change; and they go before it does, so that nothing is forgotten.
 */
import { z } from 'zod';
import { nothing, type OpenStackApi } from './api.ts';
import { isNotFound } from './errors.ts';
import type { Network } from './network.ts';
import { fromDescription, type Named, shownName, toDescription } from './tags.ts';

const Port = z.looseObject({
  id: z.string(),
  description: z.string().nullish(),
  created_at: z.string(),
  network_id: z.string(),
  /** Of the machine; empty where it has none. */
  device_id: z.string(),
});
type Port = z.infer<typeof Port>;

export const FloatingIp = z.looseObject({
  id: z.string(),
  floating_ip_address: z.string(),
  description: z.string().nullish(),
  created_at: z.string(),
  port_id: z.string().nullish(),
});
type FloatingIp = z.infer<typeof FloatingIp>;

export interface Plugs {
  readonly ports: readonly { readonly port: Port; readonly named: Named }[];
  readonly floatingIps: readonly { readonly floatingIp: FloatingIp; readonly named: Named }[];
}

/** Of any deployment in our project. */
export async function listPlugs(api: OpenStackApi, signal: AbortSignal): Promise<Plugs> {
  const query = { project_id: await api.project(signal) };
  const [ports, floatingIps] = await Promise.all([
    api.list({ service: 'network', path: '/ports', query, key: 'ports' }, Port, signal),
    api.list({ service: 'network', path: '/floatingips', query, key: 'floatingips' }, FloatingIp, signal),
  ]);
  return {
    ports: ports.flatMap((port) => {
      const named = fromDescription(port.description);
      return named ? [{ port, named }] : [];
    }),
    floatingIps: floatingIps.flatMap((floatingIp) => {
      const named = fromDescription(floatingIp.description);
      return named ? [{ floatingIp, named }] : [];
    }),
  };
}

const isSame = (a: Named, b: Named): boolean => a.name === b.name && a.tags.deployment === b.tags.deployment;

/**
 * A port that no machine has yet, with a floating IP if the machine is to have one. What an attempt before this one has
 * left over is taken.
 * @param outside network that the floating IP comes from; undefined: none
 * @returns id of the port
 */
export async function ensurePlugs(
  api: OpenStackApi,
  given: {
    readonly named: Named;
    readonly network: Network;
    readonly group: string;
    readonly outside?: string | undefined;
  },
  signal: AbortSignal,
): Promise<string> {
  const { named, network, group, outside } = given;
  const plugs = await listPlugs(api, signal);
  const left = plugs.ports.find(
    (one) => isSame(one.named, named) && one.port.device_id === '' && one.port.network_id === network.id,
  );
  const description = toDescription(named);
  const port = left?.port.id ?? (await createPort(api, { named, description, network: network.id, group }, signal));
  const hasOne = plugs.floatingIps.some(({ floatingIp }) => floatingIp.port_id === port);
  if (outside !== undefined && !hasOne) {
    const body = { floatingip: { floating_network_id: outside, port_id: port, description } };
    try {
      await api.call({ service: 'network', method: 'POST', path: '/floatingips', body }, nothing, signal);
    } catch (error) {
      await destroyPort(api, port, signal);
      throw error;
    }
  }
  return port;
}

async function createPort(
  api: OpenStackApi,
  given: { readonly named: Named; readonly description: string; readonly network: string; readonly group: string },
  signal: AbortSignal,
): Promise<string> {
  const { named, description, network, group } = given;
  const body = {
    port: { name: shownName(named.name), description, network_id: network, security_groups: [group] },
  };
  const request = { service: 'network', method: 'POST', path: '/ports', body } as const;
  const { port } = await api.call(request, z.object({ port: Port }), signal);
  return port.id;
}

/**
 * Removes ports and what is on them, as far as they are ours: one, or those of a machine, which has let go of its own if it
 * has failed.
 */
export async function destroyPlugs(
  api: OpenStackApi,
  which: { readonly port: string } | { readonly server: string; readonly named: Named },
  signal: AbortSignal,
): Promise<void> {
  const { ports, floatingIps } = await listPlugs(api, signal);
  for (const { port, named } of ports) {
    const wanted =
      'port' in which
        ? port.id === which.port
        : isSame(named, which.named) && ['', which.server].includes(port.device_id);
    if (!wanted) continue;
    for (const { floatingIp, named: of } of floatingIps) {
      // Another's is one that stays, and only leaves the port.
      if (floatingIp.port_id === port.id && isSame(of, named)) await destroyFloatingIp(api, floatingIp.id, signal);
    }
    await destroyPort(api, port.id, signal);
  }
}

/** What is gone already is no error. */
export const destroyPort = (api: OpenStackApi, id: string, signal: AbortSignal): Promise<void> =>
  destroy(api, `/ports/${id}`, signal);

/** What is gone already is no error. */
export const destroyFloatingIp = (api: OpenStackApi, id: string, signal: AbortSignal): Promise<void> =>
  destroy(api, `/floatingips/${id}`, signal);

async function destroy(api: OpenStackApi, path: string, signal: AbortSignal): Promise<void> {
  try {
    await api.call({ service: 'network', method: 'DELETE', path, passes: isNotFound }, nothing, signal);
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}
