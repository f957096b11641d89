/** For tests: a fake Nova: servers that come, go, and are records only. */
import { z } from 'zod';
import type { FakeCinder } from './cinder.ts';
import {
  type Answered,
  type Asked,
  checked,
  fault,
  hexId,
  links,
  notFound,
  pageOf,
  timestamp,
  uuid,
} from './exchange.ts';
import { type FakeImage, snapshotOf } from './glance.ts';
import type { FakeNeutron } from './neutron.ts';

export interface FakeServer {
  readonly id: string;
  readonly name: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly tags: readonly string[];
  readonly created: string;
  readonly flavor: FakeFlavor;
  readonly userData: string;
  readonly configDrive: boolean;
  readonly port: string;
  readonly fromVolume: boolean;
  /** Id of what its disk was made of. */
  readonly image: string | undefined;
  status: string;
  fault?: { code: number; created: string; message: string };
  /** When what it is doing is done, milliseconds of the monotonic clock. */
  doneAt: number;
  next: string;
}

export interface FakeFlavor {
  readonly id: string;
  readonly name: string;
  readonly vcpus: number;
  readonly ram: number;
  readonly disk: number;
}

export interface FakeNova {
  answer(asked: Asked): Answered | undefined;
  readonly servers: Map<string, FakeServer>;
  readonly quota: { instances: number };
  /** Highest microversion, e.g. `2.93`. */
  highest: string;
  /** Whether the scheduler finds a host. */
  room: boolean;
  /** Whether the policy lets the project make servers. */
  allowed: boolean;
}

const fakeFlavors: readonly FakeFlavor[] = [
  { id: '1', name: 'm1.tiny', vcpus: 1, ram: 512, disk: 1 },
  { id: '2', name: 'm1.small', vcpus: 1, ram: 2048, disk: 20 },
  { id: '3', name: 'm1.medium', vcpus: 2, ram: 4096, disk: 40 },
  { id: '4', name: 'b1.small', vcpus: 1, ram: 2048, disk: 0 },
];

const Create = z.strictObject({
  server: z.strictObject({
    name: z.string().min(1).max(255),
    flavorRef: z.string(),
    imageRef: z.string().optional(),
    networks: z.array(z.strictObject({ port: z.string() })),
    metadata: z.record(z.string().regex(/^[a-zA-Z0-9-_:. ]{1,255}$/), z.string().max(255)),
    tags: z.array(z.string().regex(/^[^,/]{1,60}$/)),
    user_data: z.base64(),
    config_drive: z.boolean(),
    availability_zone: z.string().optional(),
    block_device_mapping_v2: z.array(z.looseObject({ uuid: z.string(), volume_size: z.number() })).optional(),
  }),
});

const CreateImage = z.strictObject({
  createImage: z.strictObject({
    name: z.string().min(1).max(255),
    metadata: z.record(z.string().regex(/^[a-zA-Z0-9-_:. ]{1,255}$/), z.string().max(255)),
  }),
});

const lost = (marker: string) => fault(400, 'badRequest', `marker [${marker}] not found`);
/** How long a machine takes to come up, and to go, milliseconds. */
const workMs = 20;
const number = (version: string): number => Number(version.split('.')[1]);

/** @param most things a page */
export function fakeNova(
  neutron: FakeNeutron,
  cinder: FakeCinder,
  { images, project }: { readonly images: FakeImage[]; readonly project: string },
  most: number,
): FakeNova {
  const servers = new Map<string, FakeServer>();

  function settle(): void {
    for (const server of servers.values()) {
      if (server.next === '' || performance.now() < server.doneAt) continue;
      if (server.next === 'DELETED') {
        servers.delete(server.id);
        neutron.unbind(server.id);
        for (const volume of cinder.volumes.values()) {
          if (volume.attachedTo.some(({ server_id }) => server_id === server.id)) cinder.free(volume.id);
        }
        continue;
      }
      server.status = server.next;
      server.next = '';
      if (server.status === 'ERROR') neutron.unbind(server.id);
    }
  }

  function begin(server: FakeServer, next: string): void {
    server.next = next;
    server.doneAt = performance.now() + workMs;
  }

  function find(id: string): FakeServer {
    const found = servers.get(id);
    if (found) return found;
    throw notFound(`Instance ${id} could not be found.`);
  }

  function create(body: unknown): Answered {
    const { server: given } = checked(Create, body);
    if (!fake.allowed) {
      throw fault(403, 'forbidden', "Policy doesn't allow os_compute_api:servers:create to be performed.");
    }
    if (servers.size >= fake.quota.instances) {
      const { instances } = fake.quota;
      const message = `Quota exceeded for instances: Requested 1, but already used ${instances} of ${instances} instances`;
      throw fault(403, 'forbidden', message);
    }
    const flavor = fakeFlavors.find(({ id }) => id === given.flavorRef);
    if (!flavor) throw fault(400, 'badRequest', `Flavor ${given.flavorRef} could not be found.`);
    const port = given.networks[0]?.port ?? '';
    const bound = neutron.things.ports.get(port);
    if (!bound) throw fault(400, 'badRequest', `Port ${port} not found.`);
    if (bound['device_id'] !== '') throw fault(409, 'conflictingRequest', `Port ${port} is still in use.`);
    const id = uuid();
    const server: FakeServer = {
      id,
      name: given.name,
      metadata: given.metadata,
      tags: given.tags,
      created: timestamp(),
      flavor,
      userData: Buffer.from(given.user_data, 'base64').toString(),
      configDrive: given.config_drive,
      port,
      fromVolume: given.imageRef === undefined,
      image: given.imageRef ?? given.block_device_mapping_v2?.[0]?.uuid,
      status: 'BUILD',
      doneAt: 0,
      next: '',
    };
    servers.set(id, server);
    neutron.bind(port, id);
    begin(server, fake.room ? 'ACTIVE' : 'ERROR');
    if (!fake.room) {
      const message = 'No valid host was found. There are not enough hosts available.';
      server.fault = { code: 500, created: timestamp(), message };
    }
    return {
      status: 202,
      body: { server: { id, links: [], 'OS-DCF:diskConfig': 'MANUAL', security_groups: [], adminPass: hexId() } },
    };
  }

  function act(server: FakeServer, body: unknown): Answered {
    const [action] = Object.keys((body ?? {}) as object);
    const refuse = (word: string): never => {
      const state = server.status === 'ACTIVE' ? 'active' : 'stopped';
      throw fault(409, 'conflictingRequest', `Cannot '${word}' instance ${server.id} while it is in vm_state ${state}`);
    };
    if (action !== 'os-getConsoleOutput' && server.next !== '') {
      const message =
        'Unexpected API Error. Please report this at http://bugs.launchpad.net/nova/ and attach the Nova API log if possible.';
      throw fault(500, 'computeFault', message);
    }
    if (action === 'os-stop') {
      if (server.status !== 'ACTIVE') refuse('stop');
      begin(server, 'SHUTOFF');
    } else if (action === 'os-start') {
      if (server.status !== 'SHUTOFF') refuse('start');
      begin(server, 'ACTIVE');
    } else if (action === 'reboot') {
      if (server.status !== 'ACTIVE') refuse('reboot');
    } else if (action === 'os-getConsoleOutput') {
      if (server.status !== 'ACTIVE') throw fault(409, 'conflictingRequest', `Instance ${server.id} is not ready`);
      return { status: 200, body: { output: `console of ${server.name}\n` } };
    } else if (action === 'createImage') {
      const { name, metadata } = checked(CreateImage, body).createImage;
      const made = snapshotOf(name, { ...metadata, owner: project, min_disk: server.flavor.disk });
      images.push(made);
      return { status: 202, body: { image_id: made.id } };
    } else return { status: 400, body: { badRequest: { code: 400, message: `There is no such action: ${action}` } } };
    return { status: 202 };
  }

  function attachments(server: FakeServer, asked: Asked, volume: string | undefined): Answered | undefined {
    const all = [...cinder.volumes.values()].flatMap(({ id, attachedTo }) =>
      attachedTo
        .filter(({ server_id }) => server_id === server.id)
        .map(({ device }) => ({ id, volumeId: id, serverId: server.id, device })),
    );
    if (asked.method === 'GET') return { status: 200, body: { volumeAttachments: all } };
    if (asked.method === 'POST') {
      const Body = z.strictObject({ volumeAttachment: z.strictObject({ volumeId: z.string() }) });
      const { volumeId } = checked(Body, asked.body).volumeAttachment;
      const found = cinder.volumes.get(volumeId);
      if (!found) throw notFound(`Volume ${volumeId} could not be found.`);
      if (found.status !== 'available') {
        const message = `Invalid volume: volume ${volumeId} is already attached to instances: ${found.attachedTo[0]?.server_id}`;
        throw fault(400, 'badRequest', message);
      }
      const device = `/dev/vd${'bcdefgh'[all.length]}`;
      cinder.attach(volumeId, server.id, device);
      const made = { id: volumeId, volumeId, serverId: server.id, device };
      return { status: 200, body: { volumeAttachment: made } };
    }
    if (asked.method !== 'DELETE' || volume === undefined) return undefined;
    if (!all.some(({ volumeId }) => volumeId === volume)) throw notFound(`volume_id not found: ${volume}`);
    if (cinder.volumes.get(volume)?.status !== 'in-use') {
      const message =
        "Invalid volume: Invalid input received: Invalid volume: Unable to detach volume. Volume status must be 'in-use' and attach_status must be 'attached' to detach. (HTTP 400)";
      throw fault(400, 'badRequest', message);
    }
    cinder.detach(volume);
    return { status: 202 };
  }

  /** As at microversion 2.52: the flavor is told whole (2.47), tags too (2.26). */
  function shown(server: FakeServer): object {
    const { id, name, metadata, tags, created, flavor, status, fault: failed, next } = server;
    const port = neutron.things.ports.get(server.port);
    const entry = (addr: unknown, type: string) => ({ addr, version: 4, 'OS-EXT-IPS:type': type });
    const fixed = (port?.['fixed_ips'] ?? []) as { ip_address: string }[];
    const floating = [...neutron.things.floatingips.values()].filter((one) => one['port_id'] === server.port);
    const addresses =
      status === 'BUILD' || !port
        ? {}
        : {
            private: [
              ...fixed.map(({ ip_address }) => entry(ip_address, 'fixed')),
              ...floating.map((one) => entry(one['floating_ip_address'], 'floating')),
            ],
          };
    const { name: original_name, vcpus, ram, disk } = flavor;
    return {
      id,
      name,
      status,
      metadata,
      tags,
      created,
      updated: created,
      addresses,
      flavor: { original_name, vcpus, ram, disk, ephemeral: 0, swap: 0, extra_specs: {} },
      config_drive: server.configDrive ? 'True' : '',
      // One that is being built does not look as if it were being removed.
      'OS-EXT-STS:task_state': next === 'DELETED' && status !== 'BUILD' ? 'deleting' : null,
      'OS-EXT-STS:vm_state': status.toLowerCase(),
      'OS-EXT-AZ:availability_zone': status === 'BUILD' ? '' : 'nova',
      ...(failed && status === 'ERROR' ? { fault: failed } : {}),
    };
  }

  function answer(asked: Asked): Answered | undefined {
    const { method, path, query, body } = asked;
    const [, id = '', part, volume] =
      /^\/v2\.1\/servers\/([^/]+)(?:\/(action|os-volume_attachments)(?:\/([^/]+))?)?$/.exec(path) ?? [];
    if (method === 'GET' && path === '/v2.1/servers/detail') {
      const wanted = query.get('tags')?.split(',') ?? [];
      const fitting = [...servers.values()].filter(({ tags }) => wanted.every((tag) => tags.includes(tag)));
      const { page, next } = pageOf(fitting.reverse(), asked, most, lost);
      return { status: 200, body: { servers: page.map(shown), ...links('servers', asked, next) } };
    }
    if (method === 'POST' && path === '/v2.1/servers') return create(body);
    if (method === 'GET' && path === '/v2.1/flavors/detail') {
      const { page, next } = pageOf(fakeFlavors, asked, most, lost);
      const more = { 'OS-FLV-EXT-DATA:ephemeral': 0, 'os-flavor-access:is_public': true, rxtx_factor: 1, swap: '' };
      return {
        status: 200,
        body: { flavors: page.map((one) => ({ ...one, ...more })), ...links('flavors', asked, next) },
      };
    }
    if (method === 'GET' && path === '/v2.1/limits') {
      const absolute = { maxTotalInstances: fake.quota.instances, totalInstancesUsed: servers.size, maxTotalCores: -1 };
      return { status: 200, body: { limits: { rate: [], absolute: { ...absolute, totalCoresUsed: servers.size } } } };
    }
    if (method === 'GET' && path === '/v2.1/os-availability-zone') {
      const zone = { zoneName: 'nova', zoneState: { available: true }, hosts: null };
      return { status: 200, body: { availabilityZoneInfo: [zone] } };
    }
    if (id === '' || id === 'detail') return undefined;
    const server = find(id);
    if (part === 'os-volume_attachments') return attachments(server, asked, volume);
    if (part === 'action' && method === 'POST') return act(server, body);
    if (part === undefined && method === 'GET') return { status: 200, body: { server: shown(server) } };
    if (part === undefined && method === 'DELETE') {
      begin(server, 'DELETED');
      return { status: 204 };
    }
    return undefined;
  }

  const fake: FakeNova = {
    servers,
    quota: { instances: 50 },
    highest: '2.93',
    room: true,
    allowed: true,
    answer(asked) {
      settle();
      const version = /^compute (\d+\.\d+)$/.exec(String(asked.headers['openstack-api-version']))?.[1] ?? '2.1';
      if (number(version) > number(fake.highest)) {
        const message = `Version ${version} is not supported by the API. Minimum is 2.1 and maximum is ${fake.highest}.`;
        throw fault(406, 'computeFault', message);
      }
      if (number(version) < 52 && JSON.stringify(asked.body ?? {}).includes('"tags"')) {
        const message = "Additional properties are not allowed ('tags' was unexpected)";
        throw fault(400, 'badRequest', `Invalid input for field/attribute server. ${message}`);
      }
      const answered = answer(asked);
      const headers = { 'openstack-api-version': `compute ${version}`, vary: 'OpenStack-API-Version' };
      return answered && { ...answered, headers };
    },
  };
  return fake;
}
