/**
 * An agent: runs the engines of one application on one VM and obeys that application's newest manager alone. Engines
 * never notice that it ends: the next one adopts them.
 */
import { chmod, mkdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import { agentMethods } from '../core/contract/agent.ts';
import { ConpaasError } from '../core/contract/errors.ts';
import type { Call, MethodTable } from '../core/contract/method.ts';
import { type AgentBootstrap, authorize, identifyPeer } from '../core/identity/index.ts';
import { openMembership } from '../core/process/index.ts';
import { serve } from '../core/rpc/index.ts';
import type { ServiceAgent } from '../core/service/agent.ts';
import type { ServiceSpec } from '../core/service/spec.ts';
import { createBlobs } from './blobs.ts';
import { agentHandlers } from './handlers.ts';
import { Nodes } from './nodes.ts';
import { createPorts } from './ports.ts';
import { createSampler } from './sampler.ts';
import { openStore, type Store } from './store.ts';

export interface AgentOptions {
  /** Directory of the agent, made 0700: journal, identity, nodes, code, blobs, and the records in `supervisor`. */
  readonly home: string;
  readonly bootstrap: AgentBootstrap;
  readonly specs: Readonly<Record<string, ServiceSpec>>;
  readonly services: Readonly<Record<string, ServiceAgent>>;
  /** Product version, for people. */
  readonly product: string;
  readonly signal: AbortSignal;
  log(line: string): void;
}

export interface Agent extends AsyncDisposable {
  readonly port: number;
}

const preferredPort = 5555;

/**
 * Starts an agent and works until it is disposed of. Nodes of its journal are taken up at once, whether or not director
 * and manager are there; it resolves when it has joined and serves.
 */
export async function startAgent(options: AgentOptions): Promise<Agent> {
  const { bootstrap, specs, log } = options;
  const { deployment, application, vm, address } = bootstrap;
  await mkdir(options.home, { recursive: true, mode: 0o700 });
  await chmod(options.home, 0o700);
  // Nothing below may be reached through a link, see core/supervisor/log-directory.ts.
  const home = await realpath(options.home);
  const stopping = new AbortController();
  const signal = AbortSignal.any([options.signal, stopping.signal]);
  await using stack = new AsyncDisposableStack();

  const store = stack.use(openStore(path.join(home, 'agent.db')));
  const newest = createEpoch(store, log);
  let revoked: ReadonlySet<string> = new Set(store.revoked());
  const setRevoked = async (serials: readonly string[]): Promise<void> => {
    revoked = new Set(serials);
    await store.setRevoked(serials);
  };

  const membership = stack.use(openMembership({ home, bootstrap, signal, log }));
  const nodes = stack.use(
    new Nodes({
      home,
      address,
      store,
      ports: createPorts(store, address),
      blobs: createBlobs(path.join(home, 'blobs'), () => membership.director),
      services: options.services,
      specs,
      log,
    }),
  );

  const sampler = createSampler({
    nodes: () =>
      nodes.all().map((runner) => ({
        node: runner.node,
        directories: runner.directories,
        type: runner.assignment.type,
        role: runner.assignment.role,
        pids: () => runner.pids(),
        measure: (measuring) => runner.measure(measuring),
      })),
    specs,
    signal,
    log,
  });
  const typeMethods: MethodTable = Object.assign({}, ...Object.values(specs).map((spec) => spec.agentMethods));
  const table: MethodTable = { ...typeMethods, ...agentMethods };
  const server = stack.use(
    await serve<MethodTable>({
      role: 'agent',
      product: options.product,
      table,
      handlers: agentHandlers(
        {
          vm,
          startedAt: Date.now(),
          nodes,
          sampler,
          refuseSuperseded: newest.refuseSuperseded,
          setRevoked,
          renewCertificate: membership.renewNow,
          directorPlace: membership.place,
        },
        table,
      ),
      listen: { host: address, port: preferredPort, fallback: true },
      tls: { credentials: undefined },
      identify: (peer) => identifyPeer({ ...peer, deployment, revoked }),
      authorize(request) {
        authorize({ role: 'agent', deployment, application, newestEpoch: newest.get }, request);
        if (request.identity?.kind === 'manager' && newest.raise(request.identity.epoch)) nodes.changed.notify();
      },
      spool: path.join(home, 'spool'),
      log,
    }),
  );
  stack.defer(() => stopping.abort(new Error('the agent is ending')));
  await nodes.resume();
  void sampler.run(signal);

  await membership.join(server, async (greeting) => {
    if (greeting.epoch !== undefined && newest.raise(greeting.epoch)) nodes.changed.notify();
    await setRevoked(greeting.revoked);
  });
  log(`serving ${application} on ${address}:${server.port}`);
  const { port } = server;
  const parts = stack.move();
  return { port, [Symbol.asyncDispose]: () => parts.disposeAsync() };
}

/** The newest manager that was ever seen: in memory for every call, in the journal for ever. */
function createEpoch(store: Store, log: (line: string) => void) {
  let newest = store.epoch();
  return {
    get: () => (newest > 0 ? newest : undefined),
    /** True when it is news. What that manager then orders is journaled after it. */
    raise(epoch: number): boolean {
      if (epoch <= newest) return false;
      newest = epoch;
      store.raiseEpoch(epoch).catch((error: unknown) => log(`the journal cannot be written: ${String(error)}`));
      return true;
    },
    /** For calls that go on while a newer manager comes. */
    refuseSuperseded(call: Call): void {
      if (call.caller?.kind !== 'manager' || call.caller.epoch >= newest) return;
      throw new ConpaasError('superseded', `A newer manager (epoch ${newest}) has taken over this application.`);
    },
  };
}
