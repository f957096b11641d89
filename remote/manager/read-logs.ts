/** Logs in batches and their search: asked of the agents that run the nodes, and passed on as they come. */
import type { LogSource } from '../core/contract/logs.ts';
import type { AgentClient } from './agents.ts';
import type { Manager } from './manager.ts';

interface Request {
  readonly sources: readonly LogSource[];
}

/**
 * One stream of each agent that has some of the sources, as one. At most one item of each is waiting here, so whoever
 * takes slowly slows the agents. Sources whose agent is away are passed over: the caller asks again.
 */
export async function* ofAgents<T>(
  manager: Pick<Manager, 'desired' | 'observed' | 'agents'>,
  request: Request,
  open: (client: AgentClient, sources: LogSource[]) => AsyncIterable<T>,
): AsyncIterable<T> {
  const perMachine = new Map<AgentClient, LogSource[]>();
  const { state } = manager.desired;
  const slots = new Map<string, string>(state.nodes.map(({ id, slot }) => [id, slot]));
  for (const source of request.sources) {
    const slot = slots.get(source.node);
    const vm = slot === undefined ? undefined : manager.observed.vmOfSlot(slot);
    if (!vm || !manager.agents.acknowledged.has(vm.id)) continue;
    const client = manager.agents.client(vm.id);
    const sources = perMachine.get(client);
    if (sources) sources.push(source);
    else perMachine.set(client, [source]);
  }
  yield* asTheyCome([...perMachine].map(([client, sources]) => open(client, sources)));
}

/** Items of several streams as they come. The failure of one is the failure of all. */
async function* asTheyCome<T>(streams: readonly AsyncIterable<T>[]): AsyncIterable<T> {
  type Head = { readonly stream: AsyncIterator<T>; readonly result: IteratorResult<T> };
  const next = (stream: AsyncIterator<T>): Promise<Head> => stream.next().then((result) => ({ stream, result }));
  const iterators = streams.map((stream) => stream[Symbol.asyncIterator]());
  const waiting = new Map(iterators.map((stream) => [stream, next(stream)]));
  try {
    while (waiting.size > 0) {
      const { stream, result } = await Promise.race(waiting.values());
      waiting.delete(stream);
      if (result.done) continue;
      yield result.value;
      // At the end of the map: a stream that always has something does not keep the others waiting.
      waiting.set(stream, next(stream));
    }
  } finally {
    for (const stream of iterators) void stream.return?.();
    for (const head of waiting.values()) head.catch(() => undefined); // nobody reads them any more
  }
}
