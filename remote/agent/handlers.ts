/** What an agent answers to its manager. */
import { type AgentMethods, agentMethods } from '../core/contract/agent.ts';
import { ConpaasError } from '../core/contract/errors.ts';
import type { Call, Handlers, Method, MethodTable, UploadedFile } from '../core/contract/method.ts';
import { latest } from '../core/events/index.ts';
import { createMeter, directorySize } from '../core/metrics/index.ts';
import type { DirectorPlace } from '../core/process/index.ts';
import type { ServerOptions } from '../core/rpc/index.ts';
import { nodeLogs } from './logs.ts';
import type { Nodes } from './nodes.ts';
import { readLogs, searchLogs } from './read-logs.ts';
import type { Sampler } from './sampler.ts';

export interface AgentWorld {
  readonly vm: string;
  readonly startedAt: number;
  readonly nodes: Nodes;
  readonly sampler: Sampler;
  /** @throws ConpaasError superseded when the caller is no longer the newest manager */
  refuseSuperseded(call: Call): void;
  setRevoked(serials: readonly string[]): Promise<void>;
  /** Gets a fresh certificate from the director. */
  renewCertificate(): Promise<void>;
  readonly directorPlace: DirectorPlace;
}

/** Handlers of the agent's own methods and of those that service types add. */
export function agentHandlers(world: AgentWorld, table: MethodTable): ServerOptions<MethodTable>['handlers'] {
  const handlers: Record<string, unknown> = { ...ownHandlers(world) };
  for (const [name, method] of Object.entries(table)) {
    if (!Object.hasOwn(agentMethods, name)) handlers[name] = serviceHandler(world, name, method);
  }
  return handlers as ServerOptions<MethodTable>['handlers'];
}

function ownHandlers(world: AgentWorld): Omit<Handlers<AgentMethods>, 'hello'> {
  const { nodes } = world;
  const meter = createMeter();

  return {
    check_agent_process: async () => ({ vm: world.vm, startedAt: world.startedAt, nodes: nodes.all().length }),
    async set_nodes(params, call) {
      await nodes.assign(params.nodes, params.keep, () => world.refuseSuperseded(call));
      return {};
    },
    async *watch_nodes(_params, call) {
      for await (const observations of latest(nodes.changed, () => nodes.observations(), call.signal)) {
        world.refuseSuperseded(call);
        yield observations;
      }
    },
    get_logs: (params, call) => nodeLogs(nodes, params, call.signal),
    read_logs: (params, call) => readLogs(nodes, params, call.signal),
    search_logs: (params, call) => searchLogs(nodes, params, call.signal),
    async get_metrics() {
      const runners = nodes.all();
      const use = meter.measure(Object.fromEntries(runners.map((runner) => [runner.node, runner.pids()])));
      return Promise.all(
        runners.map(async ({ node, directories }) => ({
          node,
          cpu: use[node]?.cpu ?? 0,
          memory: use[node]?.memory ?? 0,
          // Walking through every file is the sampler's business, now and then; only a new node waits for it.
          disk: world.sampler.disk(node, directories) ?? (await sizeOf(directories)),
        })),
      );
    },
    async *dry_run_script({ node, script, network }, call) {
      world.refuseSuperseded(call);
      yield* nodes.get(node).dryRun(script, network, call.signal);
    },
    async open_terminal({ node, columns, rows }, open, call) {
      world.refuseSuperseded(call);
      await nodes.get(node).terminals.run(open, { columns, rows }, call.signal);
    },
    async renew_certificate() {
      await world.renewCertificate();
      return {};
    },
    get_samples: async ({ after, limit }) => world.sampler.samples(after, limit),
    async follow_director({ director, epoch }) {
      if (await world.directorPlace.move({ ...director, epoch })) return {};
      throw new ConpaasError('superseded', 'That director was replaced by a newer one.');
    },
    async set_revocations(params) {
      await world.setRevoked(params.revoked);
      return {};
    },
  };
}

/** A method of a service type goes to the node that its params name. */
function serviceHandler(world: AgentWorld, name: string, method: Method): unknown {
  const run = (params: unknown, call: Call, body: UploadedFile | undefined): Promise<unknown> => {
    const fields = params as Record<string, unknown>;
    world.refuseSuperseded(call);
    if (typeof fields['node'] !== 'string') throw new ConpaasError('invalid_request', `${name} needs a node.`);
    return world.nodes.get(fields['node']).handle(name, fields, call, body);
  };
  if (method.kind === 'upload')
    return async (params: unknown, body: UploadedFile, call: Call) => run(params, call, body);
  return async (params: unknown, call: Call) => run(params, call, undefined);
}

async function sizeOf(directories: readonly string[]): Promise<number> {
  const sizes = await Promise.all(directories.map((directory) => directorySize(directory)));
  return sizes.reduce((sum, size) => sum + size, 0);
}
