/** Floating IPs that stay, beside those that come and go with a machine. */
import { z } from 'zod';
import { ConpaasError } from '../../contract/errors.ts';
import type { StableAddress, StableAddresses } from '../cloud.ts';
import { nothing, type OpenStackApi } from './api.ts';
import { destroyFloatingIp, FloatingIp, listPlugs, type Plugs } from './plugs.ts';
import { toServerId, uuidOf } from './servers.ts';
import { type Named, toDescription } from './tags.ts';

/** Begins the names of those that stay; no machine is called so. */
const prefix = 'address-';
export const isStable = ({ name }: Named): boolean => name.startsWith(prefix);

/** @param outside network that floating IPs come from; undefined: machines get none */
export function createAddresses(
  api: OpenStackApi,
  deployment: string,
  outside: (signal: AbortSignal) => Promise<string | undefined>,
): StableAddresses {
  const own = ({ floatingIps, ports }: Plugs): StableAddress[] =>
    floatingIps
      .filter(({ named }) => named.tags.deployment === deployment && isStable(named))
      .map(({ floatingIp: { id, floating_ip_address: address, port_id: at }, named }) => {
        const machine = ports.find(({ port }) => port.id === at)?.port.device_id;
        return { ...named, id, address, heldBy: machine ? toServerId(machine) : undefined };
      })
      .sort((a, b) => (a.id < b.id ? -1 : 1));
  const list = async (signal: AbortSignal): Promise<StableAddress[]> => own(await listPlugs(api, signal));

  return {
    available: async (signal) => (await outside(signal)) !== undefined,
    list,
    async reserve({ name, tags }, signal) {
      if (!isStable({ name, tags })) throw new ConpaasError('internal', `${name} is no name of an address.`);
      const present = (await list(signal)).find((one) => one.name === name);
      if (present) return present;
      const network = await outside(signal);
      if (network === undefined) throw new ConpaasError('cloud_failed', 'No router of the network leads outside.');
      const body = { floatingip: { floating_network_id: network, description: toDescription({ name, tags }) } };
      const request = { service: 'network', method: 'POST', path: '/floatingips', body } as const;
      const { floatingip } = await api.call(request, z.object({ floatingip: FloatingIp }), signal);
      return { name, tags, id: floatingip.id, address: floatingip.floating_ip_address, heldBy: undefined };
    },
    async assign(id, machine, signal) {
      const plugs = await listPlugs(api, signal);
      const present = own(plugs).find((one) => one.id === id);
      if (!present) throw new ConpaasError('not_found', `There is no address ${id}.`);
      if (present.heldBy === machine) return;
      const port = plugs.ports.find((one) => one.port.device_id === uuidOf(machine))?.port.id;
      if (port === undefined) {
        throw new ConpaasError('conflict', `The machine ${machine} is not plugged in here.`, { retry: true });
      }
      // A port has one at a time. Its own goes; another that stays only leaves it.
      for (const { floatingIp, named } of plugs.floatingIps) {
        if (floatingIp.port_id !== port) continue;
        if (isStable(named)) await plug(floatingIp.id, null, signal);
        else await destroyFloatingIp(api, floatingIp.id, signal);
      }
      await plug(id, port, signal);
    },
    async release(id, signal) {
      if ((await list(signal)).some((one) => one.id === id)) await destroyFloatingIp(api, id, signal);
    },
  };

  async function plug(id: string, port: string | null, signal: AbortSignal): Promise<void> {
    const body = { floatingip: { port_id: port } };
    await api.call({ service: 'network', method: 'PUT', path: `/floatingips/${id}`, body }, nothing, signal);
  }
}
