/** One security group a deployment. OpenNebula's rules know networks and addresses, but no groups. */
import { z } from 'zod';
import { createOnce } from '../machines/create-once.ts';
import { providerPorts } from '../machines/ports.ts';
import { type OpenNebulaApi, whose } from './api.ts';
import { isInUse, isNotFound } from './errors.ts';
import type { OpenNebulaOptions } from './settings.ts';
import { fromAttributes, type Named, toAttributes } from './tags.ts';
import { toTemplate } from './template.ts';
import { element } from './xml.ts';

const Group = z.looseObject({ ID: z.string(), TEMPLATE: element({}) });

/** Groups of any deployment of our user. */
export async function listGroups(
  api: OpenNebulaApi,
  signal: AbortSignal,
): Promise<readonly { readonly id: string; readonly named: Named }[]> {
  const pool = { method: 'one.secgrouppool.info', items: 'SECURITY_GROUP', whose: whose.mine };
  return (await api.pool(pool, Group, signal)).flatMap(({ ID, TEMPLATE }) => {
    const named = fromAttributes(TEMPLATE);
    return named ? [{ id: ID, named }] : [];
  });
}

/**
 * The deployment's group for machines of a network: what is in that network, and from elsewhere the few ports that people
 * and the desktop need.
 * @param networks ids
 * @returns its id
 */
export async function ensureGroup(
  api: OpenNebulaApi,
  { deployment, credentials, further }: OpenNebulaOptions,
  networks: readonly string[],
  signal: AbortSignal,
): Promise<string> {
  const name = `conpaas-${deployment}-${networks.join('-') || 'any'}${further ? '-further' : ''}`;
  const made = (id: string) => ({ id, createdAt: 0 });
  const { id } = await createOnce({
    key: ['opennebula', credentials.endpoint, name].join('/'),
    list: async () =>
      (await listGroups(api, signal))
        .filter(({ named }) => named.tags.deployment === deployment && named.name === name)
        .map((one) => made(one.id)),
    async create() {
      const template = toTemplate({
        NAME: name,
        ...toAttributes(name, { deployment, application: '', operation: '' }),
        RULE: [
          { PROTOCOL: 'ALL', RULE_TYPE: 'outbound' },
          { PROTOCOL: 'TCP', RULE_TYPE: 'inbound', RANGE: providerPorts(further).join(',') },
          ...networks.map((network) => ({ PROTOCOL: 'ALL', RULE_TYPE: 'inbound', NETWORK_ID: network })),
        ],
      });
      return made(await api.call('one.secgroup.allocate', [template], { repeatable: false }, signal));
    },
    destroy: (other) => destroyGroup(api, other, signal),
  });
  return id;
}

/** @throws Refusal where it is in use or gone */
export async function destroyGroup(api: OpenNebulaApi, id: string, signal: AbortSignal): Promise<void> {
  const passes = (error: unknown): boolean => isInUse(error) || isNotFound(error);
  await api.call('one.secgroup.delete', [Number(id)], { repeatable: true, passes }, signal);
}
