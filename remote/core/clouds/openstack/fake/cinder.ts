/** For tests: a fake Cinder. */
import { z } from 'zod';
import { type Answered, type Asked, checked, fault, links, notFound, pageOf, uuid } from './exchange.ts';

export interface FakeVolume {
  readonly id: string;
  readonly [property: string]: unknown;
  status: string;
  /** As it is told: not before it is attached. */
  attachments: { server_id: string; device: string }[];
  /** As Nova knows it, at once. */
  attachedTo: { server_id: string; device: string }[];
  /** When what it is doing is done, milliseconds of the monotonic clock. */
  doneAt: number;
}

export interface FakeCinder {
  answer(asked: Asked): Answered | undefined;
  readonly volumes: Map<string, FakeVolume>;
  /** GB that a project may have. */
  quota: number;
  attach(volume: string, server: string, device: string): void;
  detach(volume: string): void;
  /** Its machine has ended. */
  free(volume: string): void;
}

/** How long a volume takes to be attached or detached, milliseconds. */
const workMs = 20;

const Create = z.strictObject({
  volume: z.strictObject({
    name: z.string(),
    size: z.number().int().positive(),
    metadata: z.record(z.string().max(255), z.string().max(255)),
    availability_zone: z.string().optional(),
  }),
});

/** @param most things a page */
export function fakeCinder(project: string, most: number): FakeCinder {
  const volumes = new Map<string, FakeVolume>();

  function find(id: string): FakeVolume {
    const found = volumes.get(id);
    if (found) return found;
    throw notFound(`Volume ${id} could not be found.`);
  }

  const free = (volume: FakeVolume): void => {
    Object.assign(volume, { status: 'available', attachments: [], attachedTo: [] });
  };

  function settle(): void {
    for (const volume of volumes.values()) {
      if (performance.now() < volume.doneAt) continue;
      if (volume.status === 'reserved') Object.assign(volume, { status: 'in-use', attachments: volume.attachedTo });
      if (volume.status === 'detaching') free(volume);
    }
  }

  const lost = (marker: string) => notFound(`Volume ${marker} could not be found.`);

  const fake: FakeCinder = {
    volumes,
    quota: 1000,
    attach(id, server, device) {
      const attachedTo = [{ server_id: server, device }];
      Object.assign(find(id), { status: 'reserved', attachedTo, doneAt: performance.now() + workMs });
    },
    detach(id) {
      Object.assign(find(id), { status: 'detaching', doneAt: performance.now() + workMs });
    },
    free: (id) => free(find(id)),
    answer(asked) {
      settle();
      const { method, body, query } = asked;
      const prefix = `/v3/${project}`;
      if (!asked.path.startsWith(prefix)) return undefined;
      const path = asked.path.slice(prefix.length);
      if (method === 'GET' && path === '/os-availability-zone') {
        return { status: 200, body: { availabilityZoneInfo: [{ zoneName: 'nova', zoneState: { available: true } }] } };
      }
      const id = /^\/volumes\/([^/]+)$/.exec(path)?.[1];
      if (method === 'GET' && path === '/limits') {
        const used = [...volumes.values()].reduce((sum, { size }) => sum + Number(size), 0);
        const absolute = { maxTotalVolumes: 10, totalVolumesUsed: volumes.size, maxTotalVolumeGigabytes: fake.quota };
        return { status: 200, body: { limits: { rate: [], absolute: { ...absolute, totalGigabytesUsed: used } } } };
      }
      if (method === 'GET' && path === '/volumes/detail') {
        const wanted = JSON.parse(query.get('metadata') ?? '{}') as Record<string, string>;
        const fits = ({ metadata }: FakeVolume): boolean =>
          Object.entries(wanted).every(([key, value]) => (metadata as Record<string, string>)[key] === value);
        const { page, next } = pageOf([...volumes.values()].filter(fits), asked, most, lost);
        return { status: 200, body: { volumes: page, ...links('volumes', asked, next) } };
      }
      if (method === 'POST' && path === '/volumes') {
        const { volume: given } = checked(Create, body);
        if (given.size > fake.quota) {
          const message = `VolumeSizeExceedsAvailableQuota: Requested volume or snapshot exceeds allowed gigabytes quota. Requested ${given.size}G, quota is ${fake.quota}G and 0G has been consumed.`;
          throw fault(413, 'overLimit', message, { 'retry-after': '0' });
        }
        const created = new Date().toISOString().replace('Z', '000');
        const volume: FakeVolume = {
          id: uuid(),
          status: 'available',
          attachments: [],
          attachedTo: [],
          doneAt: 0,
          availability_zone: 'nova',
          created_at: created,
          bootable: 'false',
          encrypted: false,
          volume_type: '__DEFAULT__',
          ...given,
        };
        volumes.set(volume.id, volume);
        return { status: 202, body: { volume: { ...volume, status: 'creating' } } };
      }
      if (method === 'DELETE' && id !== undefined) {
        if (find(id).status !== 'available') {
          const message =
            'Invalid volume: Volume status must be available or error or error_restoring or error_extending or error_managing and must not be migrating, attached, belong to a group, have snapshots, awaiting a transfer, or be disassociated from snapshots after volume transfer.';
          throw fault(400, 'badRequest', message);
        }
        volumes.delete(id);
        return { status: 202 };
      }
      return undefined;
    },
  };
  return fake;
}
