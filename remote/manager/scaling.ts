/** Adding and removing nodes as operations: the state is changed, then the world is waited for. */
import { toFailure } from '../core/contract/errors.ts';
import type { NodeId } from '../core/contract/ids.ts';
import type { OperationKind, StepContext } from '../core/operations/index.ts';
import type { Manager } from './manager.ts';
import { addNodes, checkCounts, chooseRemoval, findService } from './nodes.ts';
import { viewOf } from './views.ts';
import { volumeSizes } from './volume-sizes.ts';
import { isSettled, until } from './waits.ts';

export interface AddParams {
  readonly service: string;
  readonly nodes: Record<string, number>;
}
export interface RemoveParams {
  readonly service: string;
  readonly ids: readonly string[];
  /** Nodes to add first, per role. */
  readonly replace: Record<string, number>;
}

/** How long a node may drain before it is removed all the same, in milliseconds. */
const drainMs = 30_000;

/** E.g. "2 backend nodes", "1 web, 2 backend nodes". */
const listed = (counts: Readonly<Record<string, number>>): string => {
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const each = Object.entries(counts).map(([role, count]) => `${count} ${role}`);
  return `${each.join(', ')} ${total === 1 ? 'node' : 'nodes'}`;
};

export function addNodesKind(manager: Manager): OperationKind<AddParams> {
  return {
    kind: 'add_nodes',
    title: ({ service, nodes }) => `Add ${listed(nodes)} to ${manager.serviceName(service)}`,
    target: ({ service }) => ({ application: manager.application, service: manager.serviceName(service) }),
    deadlineMs: 10 * 60_000,
    queue: () => 'application',
    steps: () => [
      {
        name: 'change',
        title: 'Decide where they run',
        run: ({ id, params, signal }) => add(manager, params.service, params.nodes, id, 'checked', signal),
      },
      {
        name: 'start',
        title: 'Start the nodes',
        run: async (context) => waitForAdded(manager, context),
      },
    ],
  };
}

/** Adds the nodes of an operation, once. Those that come for others may be one too many for the time of the change. */
async function add(
  manager: Manager,
  service: string,
  counts: Readonly<Record<string, number>>,
  operation: string,
  limit: 'checked' | 'for others',
  signal: AbortSignal,
): Promise<void> {
  const volumeGb = await volumeSizes(manager, [findService(manager.desired.state, service).type], signal);
  await manager.desired.change((state) => {
    if (state.nodes.some((node) => node.operation === operation)) return;
    const own = findService(state, service);
    const spec = manager.specs[own.type];
    if (spec && limit === 'checked') checkCounts(spec, state, own, counts);
    addNodes(state, own, counts, { operation, now: Date.now(), volumeGb });
  });
}

async function waitForAdded(manager: Manager, context: StepContext<unknown>): Promise<void> {
  const added = (): NodeId[] =>
    manager.desired.state.nodes.filter(({ operation }) => operation === context.id).map(({ id }) => id);
  await until(manager, (world) => added().every((id) => isSettled(world, id) || !isRunning(manager, id)), {
    signal: context.signal,
    nodes: added(),
    progress: (world) => {
      const ready = added().filter((id) => isSettled(world, id)).length;
      context.update(ready / Math.max(1, added().length), `${ready} of ${added().length} take part`);
    },
  });
}

function isRunning(manager: Manager, id: NodeId): boolean {
  const { state } = manager.desired;
  const node = state.nodes.find((one) => one.id === id);
  return state.services.find((service) => service.id === node?.service)?.running ?? false;
}

export function removeNodesKind(manager: Manager): OperationKind<RemoveParams> {
  return {
    ...replaceNodesKind(manager),
    kind: 'remove_nodes',
    title: ({ service, ids }) => `Remove ${ids.join(', ')} from ${manager.serviceName(service)}`,
  };
}

/** Nodes whose places fresh ones take first. */
export function replaceNodesKind(manager: Manager): OperationKind<RemoveParams> {
  return {
    kind: 'replace_node',
    title: ({ service, ids }) => `Replace ${ids.join(', ')} of ${manager.serviceName(service)}`,
    target: ({ service }) => ({ application: manager.application, service: manager.serviceName(service) }),
    deadlineMs: 10 * 60_000,
    queue: () => 'application',
    steps: ({ replace }) => [
      ...(Object.keys(replace).length === 0
        ? []
        : [
            {
              name: 'replace',
              title: `Start ${listed(replace)} in its place`,
              run: async (context: StepContext<RemoveParams>) => {
                await add(manager, context.params.service, replace, context.id, 'for others', context.signal);
                await waitForAdded(manager, context);
              },
            },
          ]),
      {
        name: 'drain',
        title: 'Drain and remove',
        run: async (context) => drainAndRemove(manager, context.params.ids as NodeId[], context),
      },
    ],
  };
}

/** Nodes to remove, checked against the state as it is when they are asked for. */
export function removalParams(
  manager: Manager,
  request: { service: string; nodes?: Record<string, number> | undefined; ids?: string[] | undefined },
): RemoveParams {
  const { state } = manager.desired;
  const service = findService(state, request.service);
  const spec = manager.specs[service.type];
  if (!spec) return { service: service.id, ids: [], replace: {} };
  const { remove, replace } = chooseRemoval(spec, state, service, request);
  return { service: service.id, ids: remove.map(({ id }) => id), replace };
}

/** Drains nodes, removes them, and waits until their machines are gone. Cancelling while draining puts them back. */
export async function drainAndRemove(
  manager: Manager,
  ids: readonly NodeId[],
  context: Pick<StepContext<unknown>, 'signal' | 'update' | 'log'>,
): Promise<void> {
  const { desired } = manager;
  const setPhase = (phase: 'wanted' | 'draining') =>
    desired.change((state) => {
      for (const node of state.nodes) if (ids.includes(node.id)) node.phase = phase;
    });
  await setPhase('draining');
  const limit = AbortSignal.timeout(drainMs);
  try {
    await until(
      manager,
      (world) =>
        ids.every((id) => {
          const node = world.state.nodes.find((one) => one.id === id);
          const service = world.state.services.find((one) => one.id === node?.service);
          const type = service && world.types[service.type];
          if (!node || !service?.running || !type) return true;
          const view = viewOf(world, service);
          const own = view.nodes.find(({ desired: one }) => one.id === id);
          return own === undefined || own.observed?.state !== 'running' || type.drained(view, own);
        }),
      { signal: AbortSignal.any([context.signal, limit]) },
    );
  } catch (error) {
    if (context.signal.aborted) {
      // A manager that is ending goes on in its next life; a cancel puts the nodes back.
      if (toFailure(error).code !== 'interrupted') await setPhase('wanted');
      throw error;
    }
    if (!limit.aborted) throw error;
    context.log(`still busy after ${drainMs / 1000} s: removed all the same`);
  }
  await manager.logShipping.last(ids, context.signal);
  await desired.change((state) => {
    state.nodes = state.nodes.filter((node) => !ids.includes(node.id));
  });
  await until(
    manager,
    (world) => {
      const slots = new Set(world.state.nodes.map(({ slot }) => slot));
      const gone = ids.every((id) => world.node(id) === undefined);
      const unused = world.vms.filter(({ slot }) => slot !== undefined && slot !== manager.ownSlot && !slots.has(slot));
      context.update(undefined, gone ? 'destroying the machines' : 'stopping the engines');
      return gone && unused.length === 0;
    },
    { signal: context.signal },
  );
}
