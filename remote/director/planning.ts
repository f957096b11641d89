/** What applying a manifest would do, and what that would cost. Nothing happens. */
import { ConpaasError } from '../core/contract/errors.ts';
import type { Plan } from '../core/contract/plan.ts';
import { type Manifest, planMachines, planManifest } from '../core/manifest/index.ts';
import type { Placement } from '../core/service/placement.ts';
import { DesiredState } from '../core/service/state.ts';
import { firstSlot } from './application-operations.ts';
import type { Director } from './director.ts';
import { costChange } from './prices.ts';

/**
 * The plan comes from the state that is stored here, which is what the manager goes by.
 * @param name of the application, or its id; one that there is not is a new one
 */
export async function planFor(
  director: Director,
  manifest: Manifest,
  name: string,
  signal: AbortSignal,
): Promise<Plan> {
  const { inventory, states, specs, prices } = director;
  const existing = inventory.applications().find((record) => record.name === name || record.id === name);
  const stored = existing && states.get(existing.id);
  const state = stored && DesiredState.safeParse(stored.document);
  if (state && !state.success)
    throw new ConpaasError('conflict', `What is stored of "${name}" is of another version. Update the director.`);
  const current = state && existing && { ...state.data, name: existing.name };
  const planned = planManifest(current, manifest, specs, existing?.name ?? name);
  const plan = {
    ...planned,
    warnings: [...planned.warnings, ...apartWarnings(manifest, current, existing?.cloud ?? director.defaultCloud)],
  };

  const vms = existing ? inventory.vms(existing.id) : [];
  const manager = vms.find(({ managers }) => managers.length > 0);
  const home = existing?.cloud ?? director.defaultCloud;
  const costOf = async (placement?: Placement) => {
    const { added, freed } = planMachines(
      current,
      manifest,
      specs,
      { slot: manager?.slot ?? firstSlot, cloud: home },
      placement,
    );
    const clouds = manager ? added : [undefined, ...added];
    return costChange(
      await Promise.all(clouds.map((cloud) => prices.of(cloud ?? home, undefined, signal))),
      freed.map((slot) => vms.find((vm) => vm.slot === slot) ?? {}),
    );
  };
  const cost = await costOf();
  if (existing) return { ...plan, exists: true, cost };
  const placements = { packed: await costOf('packed'), spread: await costOf('spread') };
  return { ...plan, exists: false, cost, placements };
}

/** @throws ConpaasError not_found: it names a cloud that this director does not have */
export function refuseUnknownClouds({ Services }: Manifest, clouds: ReadonlyMap<string, unknown>): void {
  for (const { ServiceName, Cloud } of Services) {
    if (Cloud === undefined || clouds.has(Cloud)) continue;
    throw new ConpaasError(
      'not_found',
      `${ServiceName} is to be on the cloud "${Cloud}", which this director does not have. It has: ${[...clouds.keys()].join(', ')}.`,
    );
  }
}

/** Services that need one another on different clouds: nothing here connects these. Pure. */
export function apartWarnings({ Services }: Manifest, current: DesiredState | undefined, home: string): string[] {
  const cloudOf = (name: string): string =>
    Services.find(({ ServiceName }) => ServiceName === name)?.Cloud ??
    current?.services.find((service) => service.name === name)?.cloud ??
    home;
  return Services.flatMap(({ ServiceName, Needs }) =>
    Needs.filter((name) => cloudOf(name) !== cloudOf(ServiceName)).map(
      (name) =>
        `${ServiceName} is on ${cloudOf(ServiceName)} and needs ${name}, which is on ${cloudOf(name)}: machines of these clouds must reach each other by their addresses there. ConPaaS does not connect them.`,
    ),
  );
}
