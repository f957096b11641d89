/** Log lines of several agents as one stream, roughly in the order of their time. */
import type { LogLine } from '../core/contract/application.ts';
import { ConpaasError } from '../core/contract/errors.ts';
import type { NodeId } from '../core/contract/ids.ts';
import { mergeByTime } from '../core/events/index.ts';
import type { DesiredNode } from '../core/service/state.ts';
import { logNames } from './info.ts';
import type { Manager } from './manager.ts';
import { findService } from './nodes.ts';

export interface LogRequest {
  readonly service?: string | undefined;
  readonly node?: string | undefined;
  readonly log?: string | undefined;
  readonly follow: boolean;
  readonly since?: number | undefined;
  readonly tail?: number | undefined;
}

/**
 * Without `follow`: what is there, merged by time. With it: the same first, then each line as it comes, also of nodes that
 * are added meanwhile. Back-pressure
 * reaches the agents, as nothing is read ahead but one line each.
 * @throws ConpaasError not_found
 */
export async function* mergedLogs(manager: Manager, request: LogRequest, signal: AbortSignal): AsyncIterable<LogLine> {
  const { state } = manager.desired;
  const service = request.service === undefined ? undefined : findService(state, request.service);
  const nodes = state.nodes.filter(
    (node) =>
      (service === undefined || node.service === service.id) &&
      (request.node === undefined || node.id === request.node),
  );
  if (request.node !== undefined && nodes.length === 0) {
    throw new ConpaasError('not_found', `There is no node "${request.node}".`);
  }
  const { follow, log, since, tail } = request;
  // Roles have different logs: one that a node does not have is no error while another has it.
  const serviceOf = (node: DesiredNode) => manager.desired.state.services.find(({ id }) => id === node.service);
  const names = new Map(nodes.map((node) => [node, logNames(serviceOf(node), node, manager.specs)]));
  const having = nodes.filter((node) => log === undefined || names.get(node)?.includes(log));
  if (log !== undefined && having.length === 0) {
    const known = [...new Set([...names.values()].flat())].join(', ');
    throw new ConpaasError('not_found', `There is no log "${log}".${known && ` There are: ${known}.`}`);
  }
  const linesOf = (node: DesiredNode): AsyncIterable<LogLine> | undefined => {
    const vm = manager.observed.vmOfSlot(node.slot);
    if (!vm || !manager.agents.acknowledged.has(vm.id)) return undefined;
    const params = { node: node.id, follow, ...defined({ log, since, tail }) };
    const lines = manager.agents.client(vm.id).stream('get_logs', params, { signal });
    return follow ? untilRemoved(manager, node.id, lines) : lines;
  };
  const followed = new Set<NodeId>();
  const sources = having.flatMap((node) => {
    const lines = linesOf(node);
    if (lines) followed.add(node.id);
    return lines ? [lines] : [];
  });
  yield* mergeByTime(sources, follow, follow ? newcomers() : undefined);

  /** Nodes that are added while it is followed, or whose agent comes back: once they run something. */
  async function* newcomers(): AsyncIterable<AsyncIterable<LogLine>> {
    const { desired, observed } = manager;
    for (;;) {
      const seen = { desired: desired.changed.generation, observed: observed.changed.generation };
      for (const node of desired.state.nodes) {
        if (followed.has(node.id) || observed.node(node.id)?.applied === undefined) continue;
        if (service !== undefined && node.service !== service.id) continue;
        if (request.node !== undefined && node.id !== request.node) continue;
        if (log !== undefined && !logNames(serviceOf(node), node, manager.specs).includes(log)) continue;
        const lines = linesOf(node);
        if (!lines) continue;
        followed.add(node.id);
        yield lines;
      }
      const stop = new AbortController();
      const either = AbortSignal.any([signal, stop.signal]);
      try {
        await Promise.race([desired.changed.next(seen.desired, either), observed.changed.next(seen.observed, either)]);
      } finally {
        stop.abort();
      }
    }
  }
}

/** Lines of a node as long as it is wanted: the end of one that was removed is no failure of the others. */
async function* untilRemoved(manager: Manager, node: NodeId, lines: AsyncIterable<LogLine>): AsyncIterable<LogLine> {
  try {
    yield* lines;
  } catch (error) {
    if (manager.desired.state.nodes.some(({ id }) => id === node)) throw error;
  }
}

function defined<T extends object>(value: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as never;
}
