/** What applying a manifest would do, and what that would cost. Nothing happens. */
import type { Cloud } from '../core/clouds/cloud.ts';
import { cloudKind } from '../core/clouds/kinds.ts';
import { ConpaasError } from '../core/contract/errors.ts';
import type { Plan } from '../core/contract/plan.ts';
import { type Manifest, planMachines, planManifest, suggest } from '../core/manifest/index.ts';
import type { Placement } from '../core/service/placement.ts';
import { DesiredState } from '../core/service/state.ts';
import { firstSlot } from './application-operations.ts';
import { type CloudKeeper, noSuchCloud } from './cloud-keeper.ts';
import type { Director } from './director.ts';
import { costChange } from './prices.ts';
import type { StateStore } from './states.ts';
import type { ApplicationRecord } from './store.ts';
import { hoursPerMonth } from './volumes.ts';

/**
 * The plan comes from the state that is stored here, which is what the manager goes by.
 * @param application its name, or its id; one that there is not is a new one, on the cloud that is said here
 */
export async function planFor(
  director: Director,
  manifest: Manifest,
  { name, cloud: wanted }: { readonly name: string; readonly cloud?: string | undefined },
  signal: AbortSignal,
): Promise<Plan> {
  const { inventory, states, specs, prices, clouds } = director;
  const existing = inventory.applications().find((record) => record.name === name || record.id === name);
  const stored = existing && states.get(existing.id);
  const state = stored && DesiredState.safeParse(stored.document);
  if (state && !state.success)
    throw new ConpaasError('conflict', `What is stored of "${name}" is of another version. Update the director.`);
  const current = state && existing && { ...state.data, name: existing.name };
  const home = homeOf(director, existing, wanted);
  refuseApart(manifest, home, director, existing);
  const planned = planManifest(current, manifest, specs, existing?.name ?? name, clouds.size > 1 ? home : undefined);
  const isHere = (one: string): boolean => cloudKind(clouds.get(one)?.kind ?? '')?.onComputer === true;
  const apart = apartWarnings(manifest, current, home, (one, other) => isHere(one) && isHere(other));
  const plan = { ...planned, warnings: [...planned.warnings, ...apart] };

  const vms = existing ? inventory.vms(existing.id) : [];
  const manager = vms.find(({ managers }) => managers.length > 0);
  const costOf = async (placement?: Placement) => {
    const places = planMachines(current, manifest, specs, { slot: manager?.slot ?? firstSlot, cloud: home }, placement);
    const machines = manager ? places.added : [undefined, ...places.added];
    const disks = await Promise.all(
      places.volumes.map(({ cloud, sizeGb }) => volumePrice(clouds.get(cloud ?? home), sizeGb, signal)),
    );
    const kept = existing ? director.volumes.list(existing.id) : [];
    return costChange(
      {
        added: await Promise.all(machines.map((cloud) => prices.of(cloud ?? home, undefined, signal))),
        freed: places.freed.map((slot) => vms.find((vm) => vm.slot === slot) ?? {}),
      },
      {
        added: disks.filter((disk) => disk !== undefined),
        freed: places.freedVolumes.flatMap((freed) => kept.find((volume) => volume.name === freed) ?? []),
      },
    );
  };
  const cost = await costOf();
  if (existing) return { ...plan, exists: true, cost };
  const placements = { packed: await costOf('packed'), spread: await costOf('spread') };
  return { ...plan, exists: false, cost, placements };
}

/**
 * The cloud of an application: where it is, or where a new one is to be.
 * @param wanted as the user says; undefined: as it is, or the default one
 * @throws ConpaasError not_found; conflict: it is on another one
 */
export function homeOf(
  { clouds, defaultCloud }: Pick<Director, 'clouds' | 'defaultCloud'>,
  existing: Pick<ApplicationRecord, 'name' | 'cloud'> | undefined,
  wanted: string | undefined,
): string {
  if (wanted !== undefined && !clouds.has(wanted)) {
    throw new ConpaasError('not_found', noSuchCloud(wanted, [...clouds.keys()]));
  }
  if (existing && wanted !== undefined && existing.cloud !== wanted) {
    throw new ConpaasError(
      'conflict',
      `${existing.name} is on the cloud ${existing.cloud}. Move it with: conpaas move ${JSON.stringify(existing.name)} --to ${wanted}`,
    );
  }
  return existing?.cloud ?? wanted ?? defaultCloud;
}

/** @throws ConpaasError not_found: it names a cloud that this director does not have */
export function refuseUnknownClouds({ Services }: Manifest, clouds: ReadonlyMap<string, unknown>): void {
  const known = [...clouds.keys()];
  for (const { ServiceName, Cloud } of Services) {
    if (Cloud === undefined || clouds.has(Cloud)) continue;
    const meant = suggest(Cloud, known);
    throw new ConpaasError(
      'not_found',
      `${ServiceName} is to be on the cloud "${Cloud}", which this director does not have. It has: ${known.join(', ')}.${
        meant === undefined ? '' : ` Did you mean "${meant}"?`
      }`,
    );
  }
}

/** The cloud of each service of a manifest: what it says, what is so already, or the application's. Pure. */
function cloudsOf({ Services }: Manifest, current: DesiredState | undefined, home: string): Map<string, string> {
  const before = (name: string): string | undefined => current?.services.find((one) => one.name === name)?.cloud;
  return new Map(Services.map(({ ServiceName: name, Cloud }) => [name, Cloud ?? before(name) ?? home]));
}

/**
 * A manager dials the agents of all its services, so these must be where it reaches them.
 * @param home the cloud of the application
 * @throws ConpaasError conflict: machines of two of its clouds would never reach each other
 */
export function refuseApart(
  manifest: Manifest,
  home: string,
  {
    cloudKeeper,
    states,
  }: { readonly cloudKeeper: Pick<CloudKeeper, 'areConnected'>; readonly states: Pick<StateStore, 'get'> },
  existing: Pick<ApplicationRecord, 'id'> | undefined,
): void {
  const state = existing && DesiredState.safeParse(states.get(existing.id)?.document);
  for (const [service, cloud] of cloudsOf(manifest, state?.data, home)) {
    if (cloudKeeper.areConnected(cloud, home)) continue;
    throw new ConpaasError(
      'conflict',
      `${service} is to be on ${cloud}, and the application on ${home}: machines of these two clouds do not reach each other. Put all of it on one of them, or connect their networks and say so: conpaas director cloud add ${cloud} --connected`,
    );
  }
}

/** Services that need one another on different clouds: nothing here connects these. Pure. */
export function apartWarnings(
  manifest: Manifest,
  current: DesiredState | undefined,
  home: string,
  /** Whether nothing has to connect them: both are on one computer. */
  areTogether: (one: string, other: string) => boolean = () => false,
): string[] {
  const all = cloudsOf(manifest, current, home);
  const cloudOf = (name: string): string =>
    all.get(name) ?? current?.services.find((service) => service.name === name)?.cloud ?? home;
  const warnings = manifest.Services.flatMap(({ ServiceName, Needs }) =>
    Needs.filter((name) => {
      const [one, other] = [cloudOf(name), cloudOf(ServiceName)];
      return one !== other && !areTogether(one, other);
    }).map(
      (name) =>
        `${ServiceName} is on ${cloudOf(ServiceName)} and needs ${name}, which is on ${cloudOf(name)}: machines of these clouds must reach each other by their addresses there. ConPaaS does not connect them.`,
    ),
  );
  const moved = (current?.services ?? []).filter(
    (service) => all.has(service.name) && all.get(service.name) !== (service.cloud ?? home),
  );
  return [
    ...warnings,
    ...moved.map(
      ({ name }) =>
        `Nodes that ${name} has stay where they are: only further ones are made on ${String(all.get(name))}.`,
    ),
  ];
}

/**
 * What a volume costs on a cloud, if that has volumes. Where it does not answer, the price is not known.
 * @returns undefined: data stays on the machine's own disk
 */
async function volumePrice(
  cloud: Cloud | undefined,
  sizeGb: number,
  signal: AbortSignal,
): Promise<{ pricePerHour?: number } | undefined> {
  const { volumes } = cloud ?? {};
  try {
    if (!volumes || !(await volumes.available(signal))) return undefined;
    const price = await volumes.pricePerGbMonth?.(signal);
    return price === undefined ? {} : { pricePerHour: (price * sizeGb) / hoursPerMonth };
  } catch (error) {
    if (signal.aborted || !(error instanceof ConpaasError)) throw error;
    return {};
  }
}
