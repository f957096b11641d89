/** Which machines applying a manifest adds and frees. Pure: it places nodes as a manager would, and does nothing. */

import { needsOwnMachine, type Placement, placementOf, sharedSlot } from '../service/placement.ts';
import type { ServiceSpec } from '../service/spec.ts';
import type { DesiredNode, DesiredState } from '../service/state.ts';
import { volumeSize } from '../service/volume-size.ts';
import type { ServiceSpecs } from './schema.ts';
import type { Manifest, ManifestService } from './types.ts';

export interface MachinePlan {
  /** A cloud for each further machine; undefined: the application's own. */
  readonly added: readonly (string | undefined)[];
  /** Slots whose machines are given back. */
  readonly freed: readonly string[];
  /** One for each further node that holds data, where its cloud has volumes. */
  readonly volumes: readonly { readonly cloud: string | undefined; readonly sizeGb: number }[];
  /** Names of volumes that go with their nodes. */
  readonly freedVolumes: readonly string[];
}

type Place = Pick<DesiredNode, 'role' | 'slot' | 'phase'> &
  Partial<Pick<DesiredNode, 'id'>> & { readonly service: string };

/**
 * @param current undefined = nothing of the application is there yet
 * @param manager the machine that it lives on, which is neither added nor freed here, and its cloud
 * @param placement another than the manifest's, to compare
 */
export function planMachines(
  current: DesiredState | undefined,
  manifest: Manifest,
  specs: ServiceSpecs,
  { slot: managerSlot, cloud: home }: { readonly slot: string; readonly cloud?: string | undefined },
  placement: Placement = manifest.Placement ?? placementOf(current),
): MachinePlan {
  const added: (string | undefined)[] = [];
  const volumes: MachinePlan['volumes'][number][] = [];
  const staying = new Set<string>();
  const places: Place[] = [];
  const there = new Set([managerSlot, ...(current?.nodes.map(({ slot }) => slot) ?? [])]);
  for (const wanted of manifest.Services) {
    const spec = specs[wanted.Type];
    if (spec === undefined) throw new RangeError(`service type ${wanted.Type} is not registered`);
    const existing = current?.services.find(({ name, type }) => name === wanted.ServiceName && type === wanted.Type);
    const cloud = wanted.Cloud ?? existing?.cloud;
    const shared = placement === 'packed' ? sharedSlot(cloud, home, managerSlot) : undefined;
    const service = existing?.id ?? `new ${wanted.ServiceName}`;
    const here: Place[] = current?.nodes.filter((node) => node.service === existing?.id) ?? [];
    for (const [role, count] of Object.entries(countsOf(wanted, spec, existing !== undefined))) {
      const present = here.filter((node) => node.role === role && node.phase === 'wanted');
      for (let index = present.length; index < count; index++) {
        const own = needsOwnMachine(here, { service, role }, shared);
        if (own) added.push(cloud);
        const slot = own ? `new ${added.length}` : (shared ?? managerSlot);
        if (!own && !there.has(slot)) {
          added.push(cloud);
          there.add(slot);
        }
        here.push({ service, role, phase: 'wanted', slot });
        const sizeGb = volumeSize(spec, role, { ...existing?.configuration, ...wanted.Configuration });
        if (sizeGb > 0) volumes.push({ cloud, sizeGb });
      }
      // The newest go.
      for (const surplus of present.slice(count)) here.splice(here.indexOf(surplus), 1);
    }
    places.push(...here);
    for (const place of here) staying.add(nameOf(place));
  }
  const used = new Set([managerSlot, ...places.map(({ slot }) => slot)]);
  const before = new Set(current?.nodes.map(({ slot }) => slot));
  const freedVolumes = (current?.nodes ?? []).flatMap((node) =>
    node.volume && !staying.has(nameOf(node)) ? [node.volume.name] : [],
  );
  return { added, freed: [...before].filter((slot) => !used.has(slot)), volumes, freedVolumes };
}

const nameOf = (place: Partial<Pick<DesiredNode, 'id'>>): string => place.id ?? '';

/** Nodes asked for by role; a role that keeps what it has is not among them. */
function countsOf(wanted: ManifestService, spec: ServiceSpec, exists: boolean): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const [role, { count }] of Object.entries(spec.roles)) {
    const asked = wanted.StartupInstances?.[role] ?? (exists ? undefined : count);
    if (asked !== undefined) counts[role] = asked;
  }
  return counts;
}
