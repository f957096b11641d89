/** Waiting for the world to become what was asked, and telling early and clearly when it will not. */
import { ConpaasError, type Failure } from '../core/contract/errors.ts';
import type { NodeId } from '../core/contract/ids.ts';
import { patienceHere } from '../core/supervisor/patience.ts';
import type { Manager } from './manager.ts';
import { assign } from './plan.ts';
import { viewOf, type World } from './views.ts';

/** Failures that trying again does not mend: reported at once. Others get `graceMs`, as the agent tries again. */
const final = new Set<Failure['code']>([
  'missing_package',
  'port_in_use',
  'bad_archive',
  'script_failed',
  'health_check_failed',
  'disk_full',
  'sandbox_unavailable',
  'checksum_mismatch',
]);
const graceMs = 6000;
/** For a page that is late on one node and served by others: it is the machine that is slow, and its agent tries again. */
const latePageMs = 120_000;

/**
 * Resolves when `test` holds; looks again after each change of desired or observed state.
 * @param nodes throw what is wrong with these nodes (in what they were told last), instead of waiting for the deadline
 * @param machines throw as well where one of them runs and nobody comes from it
 * @throws ConpaasError the failure of a node, or that machines cannot be had
 */
export async function until(
  manager: Manager,
  test: (world: World) => boolean,
  options: {
    signal: AbortSignal;
    nodes?: readonly NodeId[];
    machines?: boolean;
    progress?: (world: World) => void;
  },
): Promise<void> {
  const { desired, observed, secrets } = manager;
  const firstSeen = new Map<string, number>();
  for (;;) {
    const triggers = [desired.changed, observed.changed, secrets.changed, manager.machineChanged];
    const seen = triggers.map((trigger) => trigger.generation);
    const world = manager.world();
    if (world) {
      options.progress?.(world);
      if (test(world)) return;
      const failure =
        failureOf(world, options.nodes ?? [], firstSeen) ??
        manager.machineFailure ??
        (options.machines ? lateMachine(world) : undefined);
      if (failure) throw ConpaasError.of(failure);
    }
    const stop = new AbortController();
    const any = AbortSignal.any([options.signal, stop.signal]);
    const look = AbortSignal.timeout(1000);
    try {
      await Promise.race([
        ...triggers.map((trigger, index) => trigger.next(seen[index] ?? 0, any)),
        // A failure becomes final by age, without any change.
        new Promise<void>((resolve) => look.addEventListener('abort', () => resolve(), { once: true })),
      ]);
    } finally {
      stop.abort();
    }
  }
}

/** Whether a node runs what it was told last, and takes its part. */
export function isSettled(world: World, id: NodeId, assigned = assign(world)): boolean {
  const node = world.state.nodes.find((one) => one.id === id);
  const service = world.state.services.find((one) => one.id === node?.service);
  const type = service && world.types[service.type];
  if (!node || !service || !type) return false;
  const wanted = assigned.get(id);
  const observed = world.node(id);
  if (!wanted || !observed || observed.applied !== wanted.hash) return false;
  if (!service.running) return observed.state === 'stopped';
  if (observed.state !== 'running') return false;
  const view = viewOf(world, service);
  const own = view.nodes.find(({ desired }) => desired.id === id);
  return own !== undefined && type.inService(view, own);
}

/** The director says of a machine that runs why nobody has come from it, once it has waited long enough. Pure. */
function lateMachine({ state, vms }: Pick<World, 'state' | 'vms'>): Failure | undefined {
  const late = vms.find(
    (vm) => vm.state === 'running' && vm.cause !== undefined && state.nodes.some(({ slot }) => slot === vm.slot),
  );
  if (!late) return undefined;
  return {
    code: 'cloud_failed',
    message: `The machine ${late.address ?? late.id}: ${String(late.cause)}.`,
    retry: true,
  };
}

/**
 * What is wrong with the first of these nodes that will not become well by itself. Pure.
 * @param firstSeen when each failure was seen for the first time; kept by this
 */
export function failureOf(
  world: World,
  nodes: readonly NodeId[],
  firstSeen: Map<string, number>,
  now = Date.now(),
): Failure | undefined {
  const assignments = assign(world);
  for (const id of nodes) {
    const observed = world.node(id);
    const wanted = assignments.get(id);
    if (!observed?.failure || !wanted || observed.attempted !== wanted.hash) continue;
    const key = `${id} ${wanted.hash}`;
    const since = firstSeen.get(key) ?? now;
    firstSeen.set(key, since);
    if (now - since < graceOf(world, id, observed.failure)) continue;
    return { ...observed.failure, message: `${id}: ${observed.failure.message}` };
  }
  return undefined;
}

/** How long its agent may go on trying, in milliseconds. */
function graceOf(world: World, id: NodeId, { code, retry }: Failure): number {
  if (!final.has(code)) return graceMs * patienceHere();
  const isLate = code === 'health_check_failed' && retry === true;
  return isLate && isServedElsewhere(world, id) ? latePageMs * patienceHere() : 0;
}

/** Whether another node serves what this one should. */
function isServedElsewhere({ state, node: observed }: World, id: NodeId): boolean {
  const own = state.nodes.find((one) => one.id === id);
  return state.nodes.some(
    ({ id: other, service, role, version }) =>
      other !== id &&
      service === own?.service &&
      role === own.role &&
      version === own.version &&
      observed(other)?.state === 'running',
  );
}
