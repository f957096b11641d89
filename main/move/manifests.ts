/** The manifest of a moved application, as it is applied step by step. Pure. */
import type { Movable } from '../../remote/core/contract/moving.ts';

type Manifest = Movable['manifest'];

function changed(
  { manifest, services }: Pick<Movable, 'manifest' | 'services'>,
  name: string,
  change: (service: Movable['services'][number]) => Record<string, unknown>,
): Manifest {
  const written = Array.isArray(manifest['Services']) ? (manifest['Services'] as Record<string, unknown>[]) : [];
  return {
    ...manifest,
    Application: name,
    Services: written.map((one) => {
      const found = services.find((service) => service.name === one['ServiceName']);
      return found ? { ...one, ...change(found) } : one;
    }),
  };
}

/** All machines and code, but only databases run: nothing may use them before they have their data. */
export function databasesOnly(movable: Movable, name: string): Manifest {
  return changed(movable, name, ({ data, running }) => ({ Start: data && running ? 1 : 0 }));
}

/** All runs that did, but names of domains lead to the old application still. */
export function withoutDomains(movable: Movable, name: string): Manifest {
  return changed(movable, name, () => ({}));
}

/** As it was. */
export function whole(movable: Movable, name: string): Manifest {
  return changed(movable, name, ({ domains }) => (domains.length === 0 ? {} : { Domains: domains }));
}

/** Whether what was moved is what there is: manifest, code and domains. */
export function isSame(one: Movable, other: Movable): boolean {
  return JSON.stringify(whole(one, '')) === JSON.stringify(whole(other, ''));
}
