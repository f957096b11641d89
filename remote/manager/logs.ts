/** Log lines of several agents as one stream, roughly in the order of their time. */
import type { LogLine } from '../core/contract/application.ts';
import { ConpaasError } from '../core/contract/errors.ts';
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
 * Without `follow`: what is there, merged by time. With it: the same first, then each line as it comes. Back-pressure
 * reaches the agents, as nothing is read ahead but one line each.
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
  const sources = nodes.flatMap((node) => {
    const vm = manager.observed.vmOfSlot(node.slot);
    if (!vm || !manager.agents.acknowledged.has(vm.id)) return [];
    const params = { node: node.id, follow, ...defined({ log, since, tail }) };
    return [manager.agents.client(vm.id).stream('get_logs', params, { signal })[Symbol.asyncIterator]()];
  });
  yield* merge(sources, follow);
}

/** Merges by time what is at the head of each source; while following, a source with nothing to say holds nobody up. */
async function* merge(sources: readonly AsyncIterator<LogLine>[], follow: boolean): AsyncIterable<LogLine> {
  type Head = { readonly source: AsyncIterator<LogLine>; readonly result: IteratorResult<LogLine> };
  const next = (source: AsyncIterator<LogLine>): Promise<Head> => source.next().then((result) => ({ source, result }));
  const waiting = new Map(sources.map((source) => [source, next(source)]));
  const heads = new Map<AsyncIterator<LogLine>, LogLine>();
  try {
    while (waiting.size > 0 || heads.size > 0) {
      // Not following: wait for a head of every source, so that the order is by time.
      while (waiting.size > 0 && (!follow || heads.size === 0)) {
        const { source, result } = await Promise.race(waiting.values());
        waiting.delete(source);
        if (!result.done) heads.set(source, result.value);
      }
      const oldest = [...heads].sort(([, a], [, b]) => a.time - b.time)[0];
      if (!oldest) continue;
      const [source, line] = oldest;
      heads.delete(source);
      waiting.set(source, next(source));
      yield line;
    }
  } finally {
    for (const source of sources) void source.return?.();
  }
}

function defined<T extends object>(value: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as never;
}
