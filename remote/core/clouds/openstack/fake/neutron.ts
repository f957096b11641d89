/** For tests: a fake Neutron: networks, ports, floating IPs, security groups. */
import { z } from 'zod';
import { type Answered, type Asked, links, neutronError, pageOf, type Refused, timestamp, uuid } from './exchange.ts';

type Thing = { readonly id: string } & Record<string, unknown>;

const collections = {
  networks: { one: 'network', error: 'NetworkNotFound' },
  ports: { one: 'port', error: 'PortNotFound' },
  routers: { one: 'router', error: 'RouterNotFound' },
  floatingips: { one: 'floatingip', error: 'FloatingIPNotFound' },
  'security-groups': { one: 'security_group', error: 'SecurityGroupNotFound' },
  'security-group-rules': { one: 'security_group_rule', error: 'SecurityGroupRuleNotFound' },
} as const;
type Collection = keyof typeof collections;

/** What we may say when we make one; anything else is refused, as Neutron does. */
const bodies: Partial<Record<Collection, z.ZodType<Record<string, unknown>>>> = {
  ports: z.strictObject({
    name: z.string(),
    description: z.string().max(255),
    network_id: z.string(),
    security_groups: z.array(z.string()),
  }),
  floatingips: z.strictObject({
    floating_network_id: z.string(),
    port_id: z.string().optional(),
    description: z.string().max(255),
  }),
  'security-groups': z.strictObject({ name: z.string(), description: z.string().max(255) }),
  'security-group-rules': z.strictObject({
    security_group_id: z.string(),
    direction: z.enum(['ingress', 'egress']),
    ethertype: z.enum(['IPv4', 'IPv6']),
    protocol: z.string().optional(),
    port_range_min: z.number().optional(),
    port_range_max: z.number().optional(),
    remote_group_id: z.string().optional(),
  }),
};

/** What we may change of a floating IP. */
const Plugged = z.strictObject({ floatingip: z.strictObject({ port_id: z.string().nullable() }) });

function missing(kind: Collection, id: string): Refused {
  const { error } = collections[kind];
  const text = kind === 'security-groups' ? `Security group ${id} does not exist` : `${id} could not be found.`;
  return neutronError(404, error, text);
}

export interface FakeNeutron {
  answer(asked: Asked): Answered | undefined;
  readonly things: Readonly<Record<Collection, Map<string, Thing>>>;
  /** Things of a kind that a project may have. */
  readonly quotas: { floatingip: number; port: number; security_group: number };
  /** What Nova does: gives the port to a machine. @throws as Nova says it where it has one */
  bind(port: string, server: string): void;
  /** Its machine has ended. */
  unbind(server: string): void;
}

/** @param most things a page */
export function fakeNeutron(project: string, most: number): FakeNeutron {
  const things: Record<Collection, Map<string, Thing>> = {
    networks: new Map(),
    ports: new Map(),
    routers: new Map(),
    floatingips: new Map(),
    'security-groups': new Map(),
    'security-group-rules': new Map(),
  };
  const quotas = { floatingip: 50, port: 100, security_group: 10 };
  let addresses = 10;

  function add(kind: Collection, fields: Record<string, unknown>): Thing {
    const at = timestamp();
    const thing = { id: uuid(), created_at: at, updated_at: at, revision_number: 0, tags: [], ...owned(), ...fields };
    things[kind].set(thing.id, thing);
    return thing;
  }
  const owned = () => ({ project_id: project, tenant_id: project });

  function find(kind: Collection, id: string): Thing {
    const found = things[kind].get(id);
    if (found) return found;
    throw missing(kind, id);
  }

  function withinQuota(kind: Collection): void {
    const resource = collections[kind].one;
    const limit = (quotas as Readonly<Record<string, number>>)[resource];
    if (limit === undefined || things[kind].size < limit) return;
    throw neutronError(409, 'OverQuota', `Quota exceeded for resources: ['${resource}'].`);
  }

  const makers: Partial<Record<Collection, (fields: Record<string, unknown>) => Thing>> = {
    ports({ network_id: network, security_groups: groups, ...fields }) {
      find('networks', String(network));
      for (const group of groups as string[]) find('security-groups', group);
      addresses += 1;
      const fixed = [{ subnet_id: 'subnet', ip_address: `10.99.1.${addresses}` }];
      const device = { device_id: '', device_owner: '', status: 'DOWN', admin_state_up: true };
      const address = { mac_address: `fa:16:3e:00:00:${addresses.toString(16).padStart(2, '0')}`, fixed_ips: fixed };
      return add('ports', { network_id: network, security_groups: groups, ...device, ...address, ...fields });
    },
    floatingips({ floating_network_id: network, port_id: port, ...fields }) {
      find('networks', String(network));
      if (port !== undefined) find('ports', String(port));
      addresses += 1;
      const address = {
        floating_ip_address: `203.0.113.${addresses}`,
        fixed_ip_address: '10.99.1.1',
        router_id: uuid(),
      };
      const plugged = { floating_network_id: network, port_id: port ?? null, status: 'DOWN' };
      return add('floatingips', { ...plugged, ...address, ...fields });
    },
    'security-groups'(fields) {
      const group = add('security-groups', { ...fields, stateful: true });
      for (const ethertype of ['IPv4', 'IPv6'])
        addRule({ security_group_id: group.id, direction: 'egress', ethertype });
      return withRules(group);
    },
    'security-group-rules'(fields) {
      const group = find('security-groups', String(fields['security_group_id']));
      const same = [...things['security-group-rules'].values()].find((rule) =>
        Object.keys(noRule).every((key) => (rule[key] ?? null) === (fields[key] ?? null)),
      );
      if (same) {
        const message = `Security group rule already exists. Rule id is ${same.id}.`;
        throw neutronError(409, 'SecurityGroupRuleExists', message);
      }
      return addRule({ ...fields, security_group_id: group.id });
    },
  };
  const noRule = {
    security_group_id: null,
    direction: null,
    ethertype: null,
    protocol: null,
    port_range_min: null,
    port_range_max: null,
    remote_group_id: null,
    remote_ip_prefix: null,
  };
  const addRule = (fields: Record<string, unknown>): Thing => add('security-group-rules', { ...noRule, ...fields });
  const withRules = (group: Thing): Thing => ({
    ...group,
    security_group_rules: [...things['security-group-rules'].values()].filter(
      (rule) => rule['security_group_id'] === group.id,
    ),
  });

  function remove(kind: Collection, id: string): void {
    find(kind, id);
    if (kind === 'security-groups') {
      const used = [...things.ports.values()].some((port) => (port['security_groups'] as string[]).includes(id));
      if (used) throw neutronError(409, 'SecurityGroupInUse', `Security Group ${id} in use.`);
      for (const rule of withRules(find(kind, id))['security_group_rules'] as Thing[]) {
        things['security-group-rules'].delete(rule.id);
      }
    }
    if (kind === 'ports') {
      for (const floating of things.floatingips.values()) if (floating['port_id'] === id) floating['port_id'] = null;
    }
    things[kind].delete(id);
  }

  /** https://docs.openstack.org/api-ref/network/v2/#update-floating-ip */
  function plug(id: string, body: unknown): Answered {
    const floating = find('floatingips', id);
    const { port_id: port } = Plugged.parse(body).floatingip;
    if (port !== null) {
      find('ports', port);
      const other = [...things.floatingips.values()].find((one) => one !== floating && one['port_id'] === port);
      if (other) {
        const message = `Cannot associate floating IP ${floating['floating_ip_address']} with port ${port}: it has one.`;
        throw neutronError(409, 'FloatingIPPortAlreadyAssociated', message);
      }
    }
    floating['port_id'] = port;
    return { status: 200, body: { floatingip: floating } };
  }

  function list(kind: Collection, asked: Asked): Answered {
    const wanted = [...asked.query].filter(([key]) => !['limit', 'marker'].includes(key));
    const fitting = [...things[kind].values()].filter((thing) =>
      wanted.every(([key, value]) => String(thing[key]) === value),
    );
    const { page, next } = pageOf(fitting, asked, most, (marker) => missing(kind, marker));
    const key = `${collections[kind].one}s`;
    const shown = kind === 'security-groups' ? page.map(withRules) : page;
    return { status: 200, body: { [key]: shown, ...links(key, asked, next) } };
  }

  function quotaDetails(): Answered {
    const detail = (kind: Collection, limit: number) => ({ limit, used: things[kind].size, reserved: 0 });
    const quota = {
      floatingip: detail('floatingips', quotas.floatingip),
      port: detail('ports', quotas.port),
      security_group: detail('security-groups', quotas.security_group),
      network: { limit: -1, used: things.networks.size, reserved: 0 },
    };
    return { status: 200, body: { quota } };
  }

  return {
    things,
    quotas,
    bind(port, server) {
      const found = find('ports', port);
      found['device_id'] = server;
      found['device_owner'] = 'compute:nova';
      found['status'] = 'ACTIVE';
    },
    unbind(server) {
      for (const port of things.ports.values()) {
        if (port['device_id'] === server) Object.assign(port, { device_id: '', device_owner: '', status: 'DOWN' });
      }
    },
    answer(asked) {
      const { method, path, body } = asked;
      if (path === `/v2.0/quotas/${project}/details.json`) return quotaDetails();
      const [, kind, id] = /^\/v2\.0\/([a-z-]+)(?:\/([^/]+))?$/.exec(path) ?? [];
      if (kind === undefined || !(kind in collections)) return undefined;
      const collection = kind as Collection;
      const { one } = collections[collection];
      if (method === 'GET' && id === undefined) return list(collection, asked);
      if (method === 'GET' && id !== undefined) return { status: 200, body: { [one]: find(collection, id) } };
      if (method === 'DELETE' && id !== undefined) {
        remove(collection, id);
        return { status: 204 };
      }
      if (method === 'PUT' && collection === 'floatingips' && id !== undefined) return plug(id, body);
      const [schema, make] = [bodies[collection], makers[collection]];
      if (method !== 'POST' || id !== undefined || !schema || !make) return undefined;
      const parsed = z.strictObject({ [one]: schema }).safeParse(body);
      if (!parsed.success) {
        const message = `Unrecognized attribute(s) '${parsed.error.issues[0]?.path.join('.')}'`;
        throw neutronError(400, 'HTTPBadRequest', message);
      }
      withinQuota(collection);
      return { status: 201, body: { [one]: make(parsed.data[one] as Record<string, unknown>) } };
    },
  };
}
