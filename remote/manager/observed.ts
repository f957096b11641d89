/** What is: VMs as the director tells, nodes as their agents tell. In memory only; it is read anew after a restart. */
import type { NodeObservation, VmInfo } from '../core/contract/application.ts';
import type { NodeId, VmId } from '../core/contract/ids.ts';
import type { VolumeInfo } from '../core/contract/volumes.ts';
import { Changed } from '../core/events/index.ts';

export class Observed {
  readonly changed = new Changed();
  #vms: readonly VmInfo[] | undefined;
  #volumes: readonly VolumeInfo[] | undefined;
  readonly #nodes = new Map<VmId, readonly NodeObservation[]>();
  /** Ports that were last told, by node, and on which VM: they end with it. */
  readonly #ports = new Map<NodeId, { readonly vm: VmId; readonly ports: NodeObservation['ports'] }>();

  /** undefined until the director has told. */
  get vms(): readonly VmInfo[] | undefined {
    return this.#vms;
  }

  /** undefined until the director has told. */
  get volumes(): readonly VolumeInfo[] | undefined {
    return this.#volumes;
  }

  setVolumes(volumes: readonly VolumeInfo[]): void {
    this.#volumes = volumes;
    this.changed.notify();
  }

  setVms(vms: readonly VmInfo[]): void {
    this.#vms = vms;
    const isThere = (id: VmId): boolean => vms.some((vm) => vm.id === id && vm.state !== 'gone');
    for (const id of this.#nodes.keys()) if (!vms.some((vm) => vm.id === id)) this.#nodes.delete(id);
    for (const [node, { vm }] of this.#ports) if (!isThere(vm)) this.#ports.delete(node);
    this.changed.notify();
  }

  /** The nodes of a VM, or undefined while its agent is not connected. */
  nodesOf(vm: VmId): readonly NodeObservation[] | undefined {
    return this.#nodes.get(vm);
  }

  setNodes(vm: VmId, nodes: readonly NodeObservation[] | undefined): void {
    if (nodes) this.#nodes.set(vm, nodes);
    else this.#nodes.delete(vm);
    for (const { node, ports } of nodes ?? []) if (Object.keys(ports).length > 0) this.#ports.set(node, { vm, ports });
    this.changed.notify();
  }

  node(id: NodeId): NodeObservation | undefined {
    for (const nodes of this.#nodes.values()) {
      const found = nodes.find(({ node }) => node === id);
      if (found) return found;
    }
    return undefined;
  }

  /** Ports of a node as its agent has last told them, also while it is away; empty where it never has. */
  portsOf(id: NodeId): NodeObservation['ports'] {
    return this.#ports.get(id)?.ports ?? {};
  }

  vmOfSlot(slot: string): VmInfo | undefined {
    return this.#vms?.find((vm) => vm.slot === slot && vm.state !== 'destroying');
  }
}
