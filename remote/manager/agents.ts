/** Connections to the agents: one watch each, kept up as long as the VM is there. */
import { setTimeout as delay } from 'node:timers/promises';
import { agentMethods } from '../core/contract/agent.ts';
import type { VmInfo } from '../core/contract/application.ts';
import { ConpaasError, toFailure } from '../core/contract/errors.ts';
import type { ApplicationId, DeploymentId, NodeId, VmId } from '../core/contract/ids.ts';
import type { MethodTable } from '../core/contract/method.ts';
import type { Credentials } from '../core/identity/index.ts';
import type { KnownPlace } from '../core/process/index.ts';
import { type Client, connect } from '../core/rpc/index.ts';
import type { AgentCaller } from '../core/service/manager.ts';
import type { Desired } from './desired.ts';
import type { Observed } from './observed.ts';

export type AgentClient = Client<typeof agentMethods>;

interface Link {
  readonly client: AgentClient;
  readonly place: string;
  readonly stop: AbortController;
}

export interface AgentsOptions {
  readonly deployment: DeploymentId;
  readonly application: ApplicationId;
  readonly observed: Observed;
  readonly desired: Desired;
  /** Methods that service types add. */
  readonly methods: MethodTable;
  credentials(): Credentials;
  /** Where the director has moved to; undefined: it has not. */
  directorPlace(): KnownPlace | undefined;
  onSuperseded(): void;
  log(line: string): void;
}

export class Agents implements AsyncDisposable {
  readonly #options: AgentsOptions;
  readonly #links = new Map<VmId, Link>();
  /** Hash of the node list that each connected agent has acknowledged (empty: none yet). */
  readonly #acknowledged = new Map<VmId, string>();

  constructor(options: AgentsOptions) {
    this.#options = options;
  }

  get acknowledged(): ReadonlyMap<VmId, string> {
    return this.#acknowledged;
  }

  /** Connects to what has joined, forgets what has gone. Level-triggered. */
  follow(vms: readonly VmInfo[]): void {
    for (const [id, link] of this.#links) {
      const vm = vms.find((one) => one.id === id);
      if (!vm || place(vm) !== link.place) this.#drop(id, link);
    }
    for (const vm of vms) {
      const where = place(vm);
      if (where === undefined || this.#links.has(vm.id) || vm.address === undefined || vm.agentPort === undefined)
        continue;
      const { deployment, application, credentials } = this.#options;
      const client = connect(
        { ...agentMethods, ...this.#options.methods },
        {
          address: { host: vm.address, port: vm.agentPort },
          expect: { kind: 'agent', deployment, application, vm: vm.id },
          credentials,
          roots: () => credentials().roots,
        },
      ) as AgentClient;
      const link: Link = { client, place: where, stop: new AbortController() };
      this.#links.set(vm.id, link);
      void this.#watch(vm.id, link);
    }
  }

  /** @throws ConpaasError unreachable */
  client(vm: VmId): AgentClient {
    const link = this.#links.get(vm);
    if (!link) throw new ConpaasError('unreachable', 'The agent of that machine is not connected.', { retry: true });
    return link.client;
  }

  /** Clients of all connected agents. */
  all(): [VmId, AgentClient][] {
    return [...this.#links].map(([id, { client }]) => [id, client]);
  }

  /** Whether each answers, has all its nodes from us, and which release it runs. */
  check(signal: AbortSignal): Promise<{ vm: VmId; connected: boolean; release?: string | undefined }[]> {
    return Promise.all(
      [...this.#links].map(async ([vm, { client }]) => {
        const connected = Boolean(this.#acknowledged.get(vm));
        try {
          const { release } = await client.call('hello', {}, { signal, timeoutMs: 5000 });
          return { vm, connected, release };
        } catch (error) {
          if (signal.aborted) throw error;
          return { vm, connected: false };
        }
      }),
    );
  }

  /** Tells all that are connected where the director is; the others are told when they come. */
  async tellDirector(): Promise<void> {
    await Promise.all([...this.#links.values()].map(({ client, stop }) => this.#tellDirector(client, stop.signal)));
  }

  async #tellDirector(client: AgentClient, signal: AbortSignal): Promise<void> {
    const place = this.#options.directorPlace();
    if (!place) return;
    const { epoch, host, port } = place;
    const told = client.call('follow_director', { director: { host, port }, epoch }, { signal, timeoutMs: 5000 });
    await told.catch((error: unknown) => {
      // One that is away now is told when it is connected again.
      if (!signal.aborted) this.#options.log(`where the director is was not told: ${toFailure(error).message}`);
    });
  }

  acknowledge(vm: VmId, hash: string): void {
    if (this.#acknowledged.has(vm)) this.#acknowledged.set(vm, hash);
  }

  /** Calls of service types to the agent that runs a node. */
  caller(): AgentCaller {
    const of = (node: NodeId): AgentClient => {
      const slot = this.#options.desired.state.nodes.find(({ id }) => id === node)?.slot;
      const vm = slot === undefined ? undefined : this.#options.observed.vmOfSlot(slot);
      if (!vm) throw new ConpaasError('not_found', `There is no node ${node}.`);
      return this.client(vm.id);
    };
    return {
      call: (node, method, params, signal) => of(node).callAny(method, { ...params, node }, { signal }),
      upload: (node, method, params, file, signal) => of(node).uploadAny(method, { ...params, node }, file, { signal }),
      download: (node, method, params, signal) => of(node).downloadAny(method, { ...params, node }, { signal }),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const [id, link] of this.#links) this.#drop(id, link);
  }

  async #watch(vm: VmId, link: Link): Promise<void> {
    const { observed, log } = this.#options;
    const { signal } = link.stop;
    for (let pause = 50; !signal.aborted; pause = Math.min(pause * 2, 2000)) {
      let isNew = true;
      try {
        for await (const nodes of link.client.stream('watch_nodes', {}, { signal })) {
          pause = 50;
          if (isNew) void this.#tellDirector(link.client, signal);
          isNew = false;
          if (!this.#acknowledged.has(vm)) this.#acknowledged.set(vm, '');
          observed.setNodes(vm, nodes);
        }
      } catch (error) {
        if (signal.aborted) return;
        const failure = toFailure(error);
        if (failure.code === 'superseded') return this.#options.onSuperseded();
        if (failure.code !== 'unreachable') log(`agent ${vm}: ${failure.code}: ${failure.message}`);
      }
      if (signal.aborted) return;
      this.#acknowledged.delete(vm);
      observed.setNodes(vm, undefined);
      await delay(pause, undefined, { signal }).catch(() => undefined);
    }
  }

  #drop(id: VmId, link: Link): void {
    link.stop.abort(new Error('no longer followed'));
    this.#links.delete(id);
    this.#acknowledged.delete(id);
    void link.client[Symbol.asyncDispose]();
  }
}

function place(vm: VmInfo): string | undefined {
  if (vm.state !== 'joined' || vm.address === undefined || vm.agentPort === undefined) return undefined;
  return `${vm.address}:${vm.agentPort}`;
}
