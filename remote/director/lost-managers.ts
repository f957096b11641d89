/**
 * Managers whose machine has vanished are replaced without being asked to: nobody else looks after their application, and
 * nothing is lost by it, for what a manager knows is stored here.
 */

import type { ApplicationId } from '../core/contract/ids.ts';
import type { Operations } from '../core/operations/index.ts';
import { losesData } from '../core/service/lost-data.ts';
import type { ServiceSpec } from '../core/service/spec.ts';
import { DesiredState } from '../core/service/state.ts';
import type { ApplicationParams } from './application-operations.ts';
import type { Inventory } from './inventory.ts';
import type { ApplicationRecord, VmRecord } from './store.ts';

interface Parts {
  readonly inventory: Inventory;
  readonly operations: Pick<Operations, 'list' | 'start'>;
}

/** Between attempts, milliseconds; each pause is twice as long as the one before. */
const pauses = { first: 60_000, longest: 3_600_000 } as const;

export class LostManagers {
  readonly #parts: Parts;
  /** Of applications whose manager is being replaced: when it may be tried again. */
  readonly #attempts = new Map<ApplicationId, { readonly again: number; readonly pause: number }>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Begins to replace those whose machines have vanished, or did not come up when that was tried before. */
  async replace(now: number = Date.now()): Promise<void> {
    const { inventory, operations } = this.#parts;
    const busy = new Set(
      operations.list().flatMap(({ state, target }) => (state === 'running' ? (target.application ?? []) : [])),
    );
    for (const record of inventory.applications()) {
      const { id, name, deleting } = record;
      if (deleting || busy.has(id)) continue;
      if (!this.#isLost(record)) {
        this.#attempts.delete(id);
        continue;
      }
      const before = this.#attempts.get(id);
      if (before && now < before.again) continue;
      const pause = before ? Math.min(before.pause * 2, pauses.longest) : pauses.first;
      this.#attempts.set(id, { again: now + pause, pause });
      await operations.start<ApplicationParams>(
        'replace_manager',
        { application: id, name },
        { requestedBy: 'director' },
      );
    }
  }

  #isLost({ id, epoch }: ApplicationRecord): boolean {
    const vm = this.#parts.inventory.vms(id).find(({ managers }) => managers.includes(epoch));
    return vm?.state === 'gone' || (vm?.state === 'failed' && this.#attempts.has(id));
  }
}

/**
 * Where a new manager goes whose machine has vanished: into its slot, with all nodes of it, where no data was lost with
 * it; else beside, and what to do about the data is the user's decision.
 */
export function slotOfLost(
  lost: Pick<VmRecord, 'slot'> | undefined,
  document: unknown,
  specs: Readonly<Record<string, ServiceSpec>>,
): string | undefined {
  if (lost?.slot === undefined) return undefined;
  // An application that has never had a state has no nodes.
  const state = document === undefined ? undefined : DesiredState.safeParse(document).data;
  if (document !== undefined && !state) return undefined;
  const typeOf = (service: string) => state?.services.find(({ id }) => id === service)?.type;
  const isLost = state?.nodes.some((node) => node.slot === lost.slot && losesData(specs, typeOf(node.service), node));
  return isLost ? undefined : lost.slot;
}
