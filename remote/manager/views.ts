/** Desired and observed, put together for one service: what its `describeNodes` may look at. Pure. */
import type { NodeObservation, VmInfo } from '../core/contract/application.ts';
import type { NodeId, VmId } from '../core/contract/ids.ts';
import type { VolumeInfo } from '../core/contract/volumes.ts';
import type { NodeView, ServiceManager, ServiceView } from '../core/service/manager.ts';
import type { DesiredNode, DesiredService, DesiredState } from '../core/service/state.ts';
import type { ServiceWeb } from '../core/web/index.ts';

export interface World {
  readonly state: DesiredState;
  readonly vms: readonly VmInfo[];
  /** undefined: not known yet, or nobody cares. */
  readonly volumes?: readonly VolumeInfo[] | undefined;
  node(id: NodeId): NodeObservation | undefined;
  /** Whether the agent of a machine is connected. */
  isConnected(vm: VmId): boolean;
  /** Ports that the agent of a node has last told; empty where it never has. */
  ports(id: NodeId): Readonly<Record<string, number>>;
  readonly secrets: Readonly<Record<string, string>>;
  readonly types: Readonly<Record<string, ServiceManager>>;
  /** Certificates of a service's domains; undefined: not known yet. */
  web?(service: DesiredService): ServiceWeb | undefined;
  /** Of the first service with domains, where the cloud has one. */
  readonly stableAddress?: string | undefined;
}

/** One service with its nodes, secrets and environment. */
export function viewOf(world: World, service: DesiredService): ServiceView {
  const bare = bareView(world, service);
  const environment: Record<string, string> = {};
  for (const name of service.needs) {
    const needed = world.state.services.find((other) => other.name === name);
    const type = needed && world.types[needed.type];
    if (needed && type) Object.assign(environment, type.provides(bareView(world, needed)) ?? {});
  }
  for (const name of service.secrets) {
    const value = world.secrets[name];
    if (value !== undefined) environment[name] = value;
  }
  return { ...bare, environment: { ...environment, ...service.environment } };
}

/** The service whose users the address that stays leads to: the first that runs and has domains. */
export function addressedService({ state }: Pick<World, 'state'>): DesiredService | undefined {
  return state.services.find(({ running, domains }) => running && domains.length > 0);
}

/** Whether everything that a service needs is running, so that its own nodes may be started. */
export function needsAreMet(world: World, service: DesiredService): boolean {
  return service.needs.every((name) => {
    const needed = world.state.services.find((other) => other.name === name);
    if (!needed?.running) return true;
    const nodes = world.state.nodes.filter((node) => node.service === needed.id);
    return nodes.some((node) => world.node(node.id)?.state === 'running');
  });
}

/**
 * Whether it can be said what a service gets from the running ones that it needs. It cannot for a moment, where the
 * manager has just started and an agent has not told yet: what runs must not be told meanwhile that it gets nothing.
 */
export function needsAreKnown(world: World, service: DesiredService): boolean {
  return service.needs.every((name) => {
    const needed = world.state.services.find((other) => other.name === name);
    const type = needed && world.types[needed.type];
    return !needed?.running || !type || type.provides(bareView(world, needed)) !== undefined;
  });
}

function bareView(world: World, service: DesiredService): ServiceView {
  const nodes = world.state.nodes
    .filter((node) => node.service === service.id)
    .map((desired): NodeView => {
      const vm = world.vms.find(({ slot, state }) => slot === desired.slot && state !== 'gone');
      const { address, forwarded } = vm ?? {};
      return { desired, address, forwarded, observed: world.node(desired.id), ports: world.ports(desired.id) };
    });
  return {
    ...{ service, state: world.state, nodes, secrets: world.secrets, environment: {} },
    web: world.web?.(service),
    stableAddress: addressedService(world)?.id === service.id ? world.stableAddress : undefined,
  };
}

/** Why a fresh node cannot take the place of this one; undefined: it can. */
export function irreplaceable(world: World, service: DesiredService, node: DesiredNode): string | undefined {
  const view = viewOf(world, service);
  const own = view.nodes.find(({ desired }) => desired.id === node.id);
  return own && world.types[service.type]?.irreplaceable?.(view, own);
}
