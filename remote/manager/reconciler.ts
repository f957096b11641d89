/** Makes it so: runs `plan` after each change and carries out its actions, each of them idempotent. */
import { setTimeout as delay } from 'node:timers/promises';
import { toFailure } from '../core/contract/errors.ts';
import { newId, OperationId } from '../core/contract/ids.ts';
import type { Changed } from '../core/events/index.ts';
import type { DirectorClient } from '../core/process/index.ts';
import type { Agents } from './agents.ts';
import { type Action, plan } from './plan.ts';
import type { World } from './views.ts';

export interface ReconcilerOptions {
  readonly agents: Agents;
  readonly director: DirectorClient;
  readonly ownSlot: string;
  /** Everything that may change the outcome of `plan`. */
  readonly triggers: readonly Changed[];
  /** The world now; undefined while it is not known well enough to act. */
  world(): World | undefined;
  onSuperseded(): void;
  /** Why machines cannot be had, for operations that wait for them; undefined: all is well. */
  onMachineFailure(failure: ReturnType<typeof toFailure> | undefined): void;
  readonly signal: AbortSignal;
  log(line: string): void;
}

/** Runs until `signal` aborts. */
export async function reconcile(options: ReconcilerOptions): Promise<void> {
  const { signal, triggers, log } = options;
  const running = new Set<string>();
  let pause = 0;
  while (!signal.aborted) {
    const seen = triggers.map((trigger) => trigger.generation);
    const world = options.world();
    const actions = world
      ? plan({ ...world, acknowledged: options.agents.acknowledged, ownSlot: options.ownSlot })
      : [];
    const wake = new AbortController();
    for (const action of actions) {
      // One action per target at a time; when it has ended, the plan is made again.
      const target = targetOf(action);
      if (running.has(target)) continue;
      running.add(target);
      void perform(options, action)
        .then(
          () => {
            pause = 0;
          },
          (error: unknown) => {
            const failure = toFailure(error);
            if (failure.code === 'superseded') return options.onSuperseded();
            pause = Math.min(Math.max(pause * 2, 100), 5000);
            if (!signal.aborted)
              log(`${action.kind}: ${failure.message}${failure.code === 'internal' ? ` ${String(error)}` : ''}`);
          },
        )
        .finally(() => {
          running.delete(target);
          setTimeout(() => options.triggers[0]?.notify(), pause).unref();
        });
    }
    const any = AbortSignal.any([signal, wake.signal]);
    await Promise.race(triggers.map((trigger, index) => trigger.next(seen[index] ?? 0, any))).catch(() => undefined);
    wake.abort();
    // Many changes come together (ten agents connecting): let them, the plan looks at the whole anyway.
    await delay(2, undefined, { signal }).catch(() => undefined);
  }
}

async function perform(
  { agents, director, signal, onMachineFailure }: ReconcilerOptions,
  action: Action,
): Promise<void> {
  switch (action.kind) {
    case 'create_vms': {
      const operation = OperationId.parse(newId('op'));
      const cloud = action.cloud === undefined ? {} : { cloud: action.cloud };
      try {
        await director.call(
          'create_vms',
          { operation, slots: [...action.slots], ...cloud },
          { signal, timeoutMs: 120_000 },
        );
        onMachineFailure(undefined);
      } catch (error) {
        onMachineFailure(toFailure(error));
        throw error;
      }
      return;
    }
    case 'destroy_vms':
      await director.call('destroy_vms', { vms: [...action.vms] }, { signal, timeoutMs: 120_000 });
      return;
    case 'set_nodes':
      await agents
        .client(action.vm)
        .call('set_nodes', { nodes: [...action.nodes], keep: [...action.keep] }, { signal, timeoutMs: 15_000 });
      agents.acknowledge(action.vm, action.hash);
      return;
  }
}

function targetOf(action: Action): string {
  switch (action.kind) {
    case 'create_vms':
      return `create ${action.cloud ?? ''}`;
    case 'destroy_vms':
      return 'destroy';
    case 'set_nodes':
      return action.vm;
  }
}
