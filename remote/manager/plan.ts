/**
 * What to do so that what is becomes what should be. A pure function, called again after every change: it looks at the
 * whole, never at what just happened.
 */
import { createHash } from 'node:crypto';
import type { NodeAssignment } from '../core/contract/agent.ts';
import type { VmInfo } from '../core/contract/application.ts';
import { mostSlots } from '../core/contract/director-managers.ts';
import type { NodeId, VmId } from '../core/contract/ids.ts';
import { losesData } from '../core/service/lost-data.ts';
import type { ServiceSpec } from '../core/service/spec.ts';
import type { DesiredNode, DesiredService } from '../core/service/state.ts';
import { needsAreKnown, needsAreMet, viewOf, type World } from './views.ts';

export type Action =
  | { readonly kind: 'create_vms'; readonly slots: readonly string[]; readonly cloud: string | undefined }
  | { readonly kind: 'destroy_vms'; readonly vms: readonly VmId[] }
  | { readonly kind: 'attach_volumes'; readonly vm: VmId; readonly volumes: readonly WantedVolume[] }
  | { readonly kind: 'destroy_volumes'; readonly names: readonly string[] }
  | {
      readonly kind: 'set_nodes';
      readonly vm: VmId;
      readonly nodes: readonly NodeAssignment[];
      readonly keep: readonly NodeId[];
      readonly hash: string;
    };

export interface WantedVolume {
  readonly name: string;
  readonly node: NodeId;
  readonly sizeGb: number;
}

export interface PlanInput extends World {
  /** Hash of the list that the agent of a VM has acknowledged in this connection; absent: not connected. */
  readonly acknowledged: ReadonlyMap<VmId, string>;
  /** Slot of the VM that the manager itself lives on, which is never destroyed. */
  readonly ownSlot: string;
  readonly specs: Readonly<Record<string, ServiceSpec>>;
}

export function plan(input: PlanInput): Action[] {
  const { state, vms, acknowledged, ownSlot } = input;
  const actions: Action[] = [];

  const slots = new Set(state.nodes.map(({ slot }) => slot));
  // One that the cloud has refused is asked for again, and one that has vanished where nothing was lost with it.
  const serves = ({ state: vmState }: VmInfo, slot: string): boolean =>
    vmState !== 'failed' && !(vmState === 'gone' && slot !== ownSlot && isReplaceable(input, slot));
  const missing = [...slots].filter((slot) => !vms.some((vm) => vm.slot === slot && serves(vm, slot)));
  const byCloud = new Map<string | undefined, string[]>();
  for (const slot of missing) {
    const cloud = state.services.find(({ id }) => state.nodes.some((n) => n.slot === slot && n.service === id))?.cloud;
    byCloud.set(cloud, [...(byCloud.get(cloud) ?? []), slot]);
  }
  for (const [cloud, wanted] of byCloud) actions.push({ kind: 'create_vms', slots: wanted.slice(0, mostSlots), cloud });

  const unused = vms.filter(
    ({ slot, state: vmState }) =>
      slot !== undefined && slot !== ownSlot && !slots.has(slot) && vmState !== 'destroying',
  );
  if (unused.length > 0) actions.push({ kind: 'destroy_vms', vms: unused.map(({ id }) => id) });

  actions.push(...volumeActions(input));

  const assignments = assign(input);
  for (const vm of vms) {
    if (vm.slot === undefined || !acknowledged.has(vm.id)) continue;
    const here = state.nodes.filter((node) => node.slot === vm.slot);
    const nodes = here.flatMap((node) => assignments.get(node.id) ?? []);
    const keep = here.filter((node) => !assignments.has(node.id)).map(({ id }) => id);
    const hash = digest({ nodes: nodes.map((node) => [node.node, node.hash]), keep });
    if (acknowledged.get(vm.id) !== hash) actions.push({ kind: 'set_nodes', vm: vm.id, nodes, keep, hash });
  }
  return actions;
}

/** Volumes follow their nodes: to whatever machine has their slot, and away with them. */
function volumeActions({ state, vms, volumes, node: observed }: PlanInput): Action[] {
  if (volumes === undefined) return [];
  const actions: Action[] = [];
  for (const vm of vms) {
    if (vm.state !== 'running' && vm.state !== 'joined') continue;
    const lacking = state.nodes.flatMap(({ id, slot, volume }) => {
      if (slot !== vm.slot || !volume) return [];
      const known = volumes.find(({ name }) => name === volume.name);
      return known?.attachedTo === vm.id ? [] : [{ ...volume, node: id }];
    });
    if (lacking.length > 0) actions.push({ kind: 'attach_volumes', vm: vm.id, volumes: lacking });
  }
  const wanted = new Set(state.nodes.flatMap(({ volume }) => volume?.name ?? []));
  // Its engine ends first.
  const unused = volumes.filter(
    ({ name, node, state: now }) => !wanted.has(name) && now !== 'destroying' && observed(node) === undefined,
  );
  if (unused.length > 0) actions.push({ kind: 'destroy_volumes', names: unused.map(({ name }) => name) });
  return actions;
}

/**
 * Whether no data was lost with the machine of a slot; else its user decides what to do. That an application gets another
 * address holds up nothing: the one it had went with the machine.
 */
function isReplaceable({ state, specs }: PlanInput, slot: string): boolean {
  const typeOf = (id: string) => state.services.find((service) => service.id === id)?.type;
  return state.nodes.every((node) => node.slot !== slot || !losesData(specs, typeOf(node.service), node));
}

/** What each node should run now; nodes that cannot be told yet are left out. */
export function assign(world: World): ReadonlyMap<NodeId, NodeAssignment> {
  const assignments = new Map<NodeId, NodeAssignment>();
  for (const service of world.state.services) {
    const type = world.types[service.type];
    if (!type) continue;
    const described = type.describeNodes(viewOf(world, service));
    const known = needsAreKnown(world, service);
    const met = known && needsAreMet(world, service);
    for (const node of world.state.nodes.filter((one) => one.service === service.id)) {
      const configuration = described.get(node.id);
      const fresh = world.node(node.id)?.applied === undefined;
      if (service.running && !(configuration && (met || (known && !fresh)))) continue;
      assignments.set(node.id, assignment(node, service, configuration ?? {}, world.state.uncontained !== undefined));
    }
  }
  return assignments;
}

function assignment(
  node: DesiredNode,
  service: DesiredService,
  configuration: Readonly<Record<string, unknown>>,
  uncontained: boolean,
): NodeAssignment {
  const wanted = {
    node: node.id,
    service: service.name,
    type: service.type,
    role: node.role,
    running: service.running,
    restarts: node.restarts,
    ...(uncontained && { uncontained }),
    ...(node.volume && { volume: node.volume.name }),
    configuration: { ...configuration },
  };
  return { ...wanted, hash: digest(wanted) };
}

function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 24);
}
