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
  const plan = planManifest(current, manifest, specs, existing?.name ?? name);

  const vms = existing ? inventory.vms(existing.id) : [];
  const manager = vms.find(({ managers }) => managers.length > 0);
  const home = existing?.cloud ?? director.defaultCloud;
  const costOf = async (placement?: Placement) => {
    const { added, freed } = planMachines(current, manifest, specs, manager?.slot ?? firstSlot, placement);
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
