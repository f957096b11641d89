/**
 * Makes the cloud's VMs what the inventory says: every step is idempotent and driven by records, so that a crash at any
 * point leaves nothing behind that the next sweep does not find by its tag.
 */
import type { Cloud } from '../core/clouds/cloud.ts';
import { ConpaasError, toFailure } from '../core/contract/errors.ts';
import type { HostProcess } from '../core/contract/host.ts';
import type { ApplicationId, VmId } from '../core/contract/ids.ts';
import type { Program } from '../core/contract/release.ts';
import { noSuchCloud } from './cloud-keeper.ts';
import { MachineSweep, type MachineSweepOptions } from './machine-sweep.ts';
import { Orders, type OrdersOptions } from './orders.ts';
import type { Runtimes } from './runtimes.ts';
import type { VmRecord } from './store.ts';
import type { MemberRole, OwnPrograms } from './upgrade/index.ts';

export interface MachinesOptions extends OrdersOptions, MachineSweepOptions {
  /** Where the machine of a slot must be; undefined: anywhere. */
  zoneOf?(application: ApplicationId, slot: string): string | undefined;
  /** What new processes run; absent: what their host was made with. */
  readonly ownPrograms?: OwnPrograms | undefined;
  /** Absent: all machines have processors like this director's. */
  readonly runtimes?: Pick<Runtimes, 'otherNode'> | undefined;
}

export class Machines {
  readonly #options: MachinesOptions;
  readonly #orders: Orders;
  readonly #sweep: MachineSweep;

  constructor(options: MachinesOptions) {
    this.#options = options;
    this.#orders = new Orders({ ...options, isFollowed: (vm) => this.isFollowed(vm) });
    this.#sweep = new MachineSweep({
      ...options,
      destroy: (vm, signal) => this.destroy(vm, signal),
      comesUp: (vm) => this.#comesUp(vm),
    });
  }

  /**
   * Makes sure that the VM of a slot exists with an agent and, where an epoch is given, a manager. Answers when the
   * cloud has taken the request and its record says so.
   */
  async ensure(
    request: {
      application: ApplicationId;
      slot: string;
      cloud: string;
      operation: string;
      managers: readonly number[];
    },
    signal: AbortSignal,
  ): Promise<VmRecord> {
    const { inventory } = this.#options;
    await this.#makeRoom(request.application, request.slot, signal);
    // In the same instant in which its record begins: from now on that cloud is in use.
    const { kind } = this.#cloud(request.cloud);
    const vm = await inventory.ensureVm(request.application, request.slot, request.cloud, request.operation);
    vm.cloudKind = kind;
    const same = vm.managers.join() === request.managers.join();
    if (vm.cloudId !== undefined && same) return vm;
    await this.#choosePrograms(vm, request.managers.length > 0);
    vm.managers = [...request.managers];
    const processes = await this.#orders.processes(vm);
    const cloud = this.#cloud(vm.cloud);
    if (vm.cloudId === undefined) {
      if (vm.state === 'failed')
        await inventory.saveVm(Object.assign(vm, { state: 'creating' as const, cause: undefined }));
      const tags = { deployment: this.#options.deployment, application: request.application, operation: vm.operation };
      const how = cloud.lists === 'set' ? { processes } : { processes: [], follow: this.#orders.hostBootstrap(vm) };
      const zone = this.#options.zoneOf?.(request.application, request.slot);
      const made = await cloud.createVm({ name: vm.id, tags, zone, ...how }, signal).catch(async (error: unknown) => {
        await this.#notMade(vm, causeOf(error));
        throw error;
      });
      this.#refuseGivenUp(vm);
      vm.cloudId = made.id;
      vm.address = made.address;
      vm.publicAddress = made.publicAddress;
      vm.forwarded = made.forwarded;
      Object.assign(vm, await this.#options.prices.of(vm.cloud, made.size ?? vm.size, signal));
      if (made.state === 'running') await this.#comesUp(vm);
      if (vm.agentPort !== undefined) vm.state = 'joined';
    } else if (cloud.lists === 'set') {
      await cloud.setProcesses(vm.cloudId as VmId, processes, signal);
    }
    // Where lists are followed, the record is what its host is told.
    await inventory.saveVm(vm);
    return vm;
  }

  /** A process that is new on its machine runs what the director came with. */
  async #choosePrograms(vm: VmRecord, manages: boolean): Promise<void> {
    const { ownPrograms } = this.#options;
    if (!ownPrograms) return;
    const isNew = vm.cloudId === undefined;
    const manager = async () =>
      isNew ? ownPrograms.of('manager') : ownPrograms.complete('manager', await this.otherNode(vm));
    vm.programs = {
      ...vm.programs,
      ...(isNew && { agent: await ownPrograms.of('agent') }),
      ...(isNew && this.replacesHost(vm) && { host: await ownPrograms.of('host') }),
      ...(manages && vm.managers.length === 0 && { manager: await manager() }),
    };
  }

  /** SHA-256 of the Node of a machine whose processors are others than this director's; undefined: it is the same one. */
  async otherNode(vm: Pick<VmRecord, 'cloud'>): Promise<string | undefined> {
    return this.#options.runtimes?.otherNode(this.#options.clouds.get(vm.cloud)?.architecture);
  }

  /** Whether the host of a machine can be replaced: it has one of its own. */
  replacesHost(vm: Pick<VmRecord, 'cloud'>): boolean {
    const cloud = this.#options.clouds.get(vm.cloud);
    return cloud?.lists === 'followed' || cloud?.replaceHost !== undefined;
  }

  /** From now on the process of a machine should run that; its host makes it so. */
  async setProgram(vm: VmRecord, role: MemberRole, program: Program, signal: AbortSignal): Promise<void> {
    const before = vm.programs?.[role];
    const isOther = before?.release !== program.release;
    vm.programs = { ...vm.programs, [role]: program, ...(before && isOther && { [`${role}Before`]: before }) };
    await this.#options.inventory.saveVm(vm);
    const cloud = this.#cloud(vm.cloud);
    if (cloud.lists !== 'set' || vm.cloudId === undefined) return;
    if (role === 'host') {
      // It does not know the director: what came of it is noted here.
      const host = await cloud.replaceHost?.(vm.cloudId as VmId, program, signal);
      if (host) await this.#options.inventory.saveVm(Object.assign(vm, { told: { ...vm.told, host } }));
      return;
    }
    await cloud.setProcesses(vm.cloudId as VmId, await this.#orders.processes(vm), signal);
  }

  /**
   * What the cloud has made meanwhile is nobody's any more, and the next sweep's.
   * @throws ConpaasError cancelled
   */
  #refuseGivenUp(vm: VmRecord): void {
    if (this.#options.inventory.vm(vm.id) === vm && vm.state !== 'destroying') return;
    throw new ConpaasError('cancelled', 'The machine was given up while the cloud was making it.');
  }

  /** Whether the host of a machine follows its list here. */
  isFollowed(vm: VmRecord): boolean {
    return this.#options.clouds.get(vm.cloud)?.lists === 'followed';
  }

  /** What a machine should run; its tokens live from now on, unless they were used. */
  async orders(vm: VmRecord): Promise<HostProcess[]> {
    const processes = await this.#orders.processes(vm);
    await this.#orders.startTokens(vm);
    return processes;
  }

  /**
   * For the start of the director: who waited for the answer to these requests waited for one that died. Each is asked
   * for again by whoever wants its machine, under the same name, so that a cloud which has made it makes no second.
   */
  async forgetRequests(): Promise<void> {
    for (const vm of this.#options.inventory.vms()) {
      if (vm.state === 'creating' && vm.cloudId === undefined) await this.#notMade(vm, 'the request was broken off');
    }
  }

  /** The record says that its machine is not being created any more: managers ask again for what has failed. */
  async #notMade(vm: VmRecord, cause: string): Promise<void> {
    const { inventory, log } = this.#options;
    // It may have been given up meanwhile.
    if (inventory.vm(vm.id) !== vm || vm.state === 'destroying') return;
    await inventory
      .saveVm(Object.assign(vm, { state: 'failed' as const, cause }))
      .catch((error: unknown) => log(`that ${vm.id} was not made was not kept: ${String(error)}`));
  }

  /**
   * A machine that the cloud no longer has makes room for another in its slot. Should the cloud have been wrong, the
   * sweep finds the old one by its tag: it then belongs to nothing. One that never came up is destroyed first.
   */
  async #makeRoom(application: ApplicationId, slot: string, signal: AbortSignal): Promise<void> {
    const { inventory } = this.#options;
    const lost = inventory.vms(application).find((vm) => vm.slot === slot);
    if (!lost) return;
    if (lost.state === 'failed' && lost.cloudId !== undefined) return this.destroy(lost, signal);
    const newest = inventory.application(application)?.epoch ?? 0;
    // Of the newest manager only its replacement says that it has gone.
    const isFree = lost.managers.every((epoch) => epoch < newest);
    if (lost.state === 'gone' && isFree) await inventory.deleteVm(lost.id);
  }

  /** Destroys a VM and forgets it. Idempotent. */
  async destroy(vm: VmRecord, signal: AbortSignal): Promise<void> {
    const { inventory } = this.#options;
    if (vm.state !== 'destroying') await inventory.saveVm(Object.assign(vm, { state: 'destroying' as const }));
    const cloud = this.#cloud(vm.cloud);
    // A request that was under way when we crashed may have made a VM that its record does not know yet.
    const id = vm.cloudId ?? (await cloud.listVms(signal)).find(({ name }) => name === vm.id)?.id;
    if (id !== undefined) await cloud.destroyVm(id as VmId, signal);
    await inventory.deleteVm(vm.id);
  }

  /**
   * Compares the clouds with the inventory, see `MachineSweep.run`.
   * @returns names of the machines that belonged to nothing
   */
  sweep(signal: AbortSignal): Promise<{ destroyed: string[] }> {
    return this.#sweep.run(signal);
  }

  /** Its tokens live from now on. */
  async #comesUp(vm: VmRecord): Promise<void> {
    vm.state = 'running';
    await this.#orders.startTokens(vm);
  }

  #cloud(name: string): Cloud {
    const cloud = this.#options.clouds.get(name);
    if (!cloud) {
      throw new ConpaasError('not_found', noSuchCloud(name, [...this.#options.clouds.keys()]));
    }
    return cloud;
  }
}

/** A short text of why a cloud call failed, for a VM's record. */
export function causeOf(error: unknown): string {
  return toFailure(error).message;
}
