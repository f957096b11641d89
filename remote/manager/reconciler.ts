/** Makes it so: runs `plan` after each change and carries out its actions, each of them idempotent. */
import { setTimeout as delay } from 'node:timers/promises';
import { toFailure } from '../core/contract/errors.ts';
import { newId, OperationId } from '../core/contract/ids.ts';
import type { Changed } from '../core/events/index.ts';
import type { ServiceSpec } from '../core/service/spec.ts';
import type { Agents } from './agents.ts';
import type { DirectorClient } from './director-client.ts';
import { type Action, plan } from './plan.ts';
import type { World } from './views.ts';

export interface ReconcilerOptions {
  readonly agents: Agents;
  readonly director: DirectorClient;
  readonly ownSlot: string;
  readonly specs: Readonly<Record<string, ServiceSpec>>;
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

/** A failed action is tried again after a pause that grows from the first to the longest of these, in milliseconds. */
const pauses = { first: 100, longest: 5000, longestWhenAway: 500 } as const;

/** Runs until `signal` aborts. */
export async function reconcile(options: ReconcilerOptions): Promise<void> {
  const { signal, triggers, log } = options;
  /** Targets of actions that are being carried out, or whose last one has failed a moment ago. */
  const busy = new Set<string>();
  const failed = new Map<string, number>();
  const lacking = new Set<string>();
  const start = async (action: Action, target: string): Promise<void> => {
    let pause = 0;
    try {
      await perform(options, action);
      failed.delete(target);
      if (lacking.delete(target)) options.onMachineFailure(undefined);
    } catch (error) {
      if (signal.aborted) return;
      const failure = toFailure(error);
      if (failure.code === 'superseded') return options.onSuperseded();
      log(`${action.kind}: ${failure.message}${failure.code === 'internal' ? ` ${String(error)}` : ''}`);
      // Whoever is away for a moment has refused nothing.
      const away = failure.code === 'unreachable' || failure.code === 'interrupted';
      if ((action.kind === 'create_vms' || action.kind === 'attach_volumes') && !away && failure.retry !== true) {
        lacking.add(target);
        options.onMachineFailure(failure);
      }
      pause = Math.min((failed.get(target) ?? pauses.first / 2) * 2, pauses[away ? 'longestWhenAway' : 'longest']);
      failed.set(target, pause);
    }
    await delay(pause, undefined, { signal, ref: false }).catch(() => undefined);
    busy.delete(target);
    triggers[0]?.notify();
  };
  while (!signal.aborted) {
    const seen = triggers.map((trigger) => trigger.generation);
    const world = options.world();
    const actions = world
      ? plan({ ...world, acknowledged: options.agents.acknowledged, ownSlot: options.ownSlot, specs: options.specs })
      : [];
    for (const target of [...lacking]) {
      // What nobody wants any more is not lacking.
      if (!world || actions.some((action) => targetOf(action) === target)) continue;
      lacking.delete(target);
      options.onMachineFailure(undefined);
    }
    for (const action of actions) {
      // One action per target at a time; when it has ended, the plan is made again.
      const target = targetOf(action);
      if (busy.has(target)) continue;
      busy.add(target);
      void start(action, target);
    }
    const wake = new AbortController();
    const any = AbortSignal.any([signal, wake.signal]);
    await Promise.race(triggers.map((trigger, index) => trigger.next(seen[index] ?? 0, any))).catch(() => undefined);
    wake.abort();
    // Many changes come together (ten agents connecting): let them, the plan looks at the whole anyway.
    await delay(2, undefined, { signal }).catch(() => undefined);
  }
}

async function perform({ agents, director, signal }: ReconcilerOptions, action: Action): Promise<void> {
  switch (action.kind) {
    case 'create_vms': {
      const operation = OperationId.parse(newId('op'));
      const cloud = action.cloud === undefined ? {} : { cloud: action.cloud };
      const params = { operation, slots: [...action.slots], ...cloud };
      await director.call('create_vms', params, { signal, timeoutMs: 120_000 });
      return;
    }
    case 'destroy_vms':
      await director.call('destroy_vms', { vms: [...action.vms] }, { signal, timeoutMs: 120_000 });
      return;
    case 'attach_volumes': {
      const operation = OperationId.parse(newId('op'));
      const params = { operation, vm: action.vm, volumes: [...action.volumes] };
      await director.call('attach_volumes', params, { signal, timeoutMs: 240_000 });
      return;
    }
    case 'destroy_volumes':
      await director.call('destroy_volumes', { names: [...action.names] }, { signal, timeoutMs: 240_000 });
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
    case 'attach_volumes':
      return `volumes ${action.vm}`;
    case 'destroy_volumes':
      return 'destroy volumes';
    case 'set_nodes':
      return action.vm;
  }
}
