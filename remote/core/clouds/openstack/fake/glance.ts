/** For tests: a fake Glance, with images as clouds have them. */
import { type Answered, type Asked, pageOf, Refused, timestamp, uuid } from './exchange.ts';

export interface FakeImage {
  readonly id: string;
  readonly name: string;
  readonly [property: string]: unknown;
}

const image = (name: string, day: string, more: Readonly<Record<string, unknown>> = {}): FakeImage => ({
  id: uuid(),
  name,
  status: 'active',
  visibility: 'public',
  protected: false,
  owner: 'f'.repeat(32),
  container_format: 'bare',
  disk_format: 'qcow2',
  size: 300_000_000,
  virtual_size: null,
  min_disk: 0,
  min_ram: 0,
  os_hidden: false,
  tags: [],
  created_at: `${day}T10:00:00Z`,
  updated_at: `${day}T10:00:00Z`,
  ...more,
});

export function fakeImages(): FakeImage[] {
  return [
    image('cirros-0.6.2', '2024-01-01'),
    image('Debian 11 bullseye', '2026-03-01', { os_distro: 'debian', os_version: '11' }),
    image('debian-12-genericcloud-amd64-20250101', '2025-01-01', { architecture: 'x86_64' }),
    image('Debian 12 bookworm', '2026-02-01', { os_distro: 'debian', os_version: '12', architecture: 'x86_64' }),
    image('Debian 12 bookworm (arm64)', '2026-02-02', {
      os_distro: 'debian',
      os_version: '12',
      architecture: 'aarch64',
    }),
    image('Debian 12 withdrawn', '2026-03-02', { os_distro: 'debian', os_version: '12', os_hidden: true }),
    image('debian-testing-daily', '2026-03-03', { os_distro: 'debian', os_version: 'sid' }),
    image('Ubuntu 22.04 LTS', '2026-03-01'),
    image('Ubuntu 24.04.1 LTS', '2026-01-15'),
    image('Ubuntu 24.10', '2026-02-15'),
  ];
}

/** How long an image takes to be written, milliseconds. */
const workMs = 20;

/** What Nova has made of a machine: begins `queued`, and is `active` when it is written. */
export function snapshotOf(name: string, more: Readonly<Record<string, unknown>>): FakeImage {
  const writtenAt = performance.now() + workMs;
  // It says of itself what the image says that the machine was made of.
  const inherited = { os_distro: 'debian', os_version: '12', architecture: 'x86_64' };
  const made = { ...image(name, '', { visibility: 'private', ...inherited, ...more }), created_at: timestamp() };
  return Object.defineProperty(made, 'status', {
    enumerable: true,
    get: () => (performance.now() < writtenAt ? 'queued' : 'active'),
  });
}

/** Pages of Glance are linked by a path. @param most things a page */
export function fakeGlance(images: FakeImage[], most: number) {
  return (asked: Asked): Answered | undefined => {
    const [, id] = /^\/v2\/images\/([0-9a-f-]+)$/.exec(asked.path) ?? [];
    if (asked.method === 'DELETE' && id !== undefined) {
      const at = images.findIndex((one) => one.id === id);
      if (at < 0) throw new Refused(404, `<html><body>Failed to find image ${id} to delete</body></html>`);
      if (images[at]?.['visibility'] === 'public') {
        throw new Refused(403, '<html><body>You are not authorized to complete delete_image action.</body></html>');
      }
      images.splice(at, 1);
      return { status: 204 };
    }
    if (asked.method !== 'GET' || asked.path !== '/v2/images') return undefined;
    const wanted = [...asked.query].filter(([key]) => !['limit', 'marker'].includes(key));
    const fitting = images.filter((one) => wanted.every(([key, value]) => one[key] === value));
    const { page, next } = pageOf(
      fitting,
      asked,
      most,
      (marker) => new Refused(404, `<html><body>Image ${marker} could not be found</body></html>`),
    );
    const more = next === undefined ? {} : { next: `/v2/images?${next}` };
    return { status: 200, body: { images: page, ...more, first: '/v2/images', schema: '/v2/schemas/images' } };
  };
}
