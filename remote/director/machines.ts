/**
 * Makes the cloud's VMs what the inventory says: every step is idempotent and driven by records, so that a crash at any
 * point leaves nothing behind that the next sweep does not find by its tag.
 */
import { createHmac } from 'node:crypto';
import type { Cloud, CloudVm } from '../core/clouds/cloud.ts';
import { toFailure } from '../core/contract/errors.ts';
import type { HostProcess } from '../core/contract/host.ts';
import type { Identity } from '../core/contract/identity.ts';
import type { ApplicationId, DeploymentId, VmId } from '../core/contract/ids.ts';
import type { HostBootstrap } from '../core/contract/machine-host.ts';
import { type AgentBootstrap, hashToken, type ManagerBootstrap } from '../core/identity/index.ts';
import type { Journal } from '../core/journal/index.ts';
import type { Inventory } from './inventory.ts';
import type { Prices } from './prices.ts';
import { findToken, saveToken, type VmRecord } from './store.ts';

/** Join tokens live this long from the moment the driver reports the VM running, in milliseconds. */
const tokenLifeMs = 15 * 60_000;

export interface MachinesOptions {
  readonly deployment: DeploymentId;
  readonly inventory: Inventory;
  readonly journal: Journal;
  readonly clouds: ReadonlyMap<string, Cloud>;
  readonly prices: Prices;
  readonly director: { readonly host: string; readonly port: number };
  /** That new machines trust, PEM. */
  roots(): readonly string[];
  /** Key that join tokens are derived from, so that a repeated createVm carries the same token. */
  readonly tokenKey: Buffer;
  log(line: string): void;
}

export class Machines {
  readonly #options: MachinesOptions;

  constructor(options: MachinesOptions) {
    this.#options = options;
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
    await this.#forgetVanished(request.application, request.slot);
    const vm = await inventory.ensureVm(request.application, request.slot, request.cloud, request.operation);
    const same = vm.managers.join() === request.managers.join();
    if (vm.cloudId !== undefined && same) return vm;
    vm.managers = [...request.managers];
    const processes = await this.#processes(vm);
    const cloud = this.#cloud(vm.cloud);
    if (vm.cloudId === undefined) {
      if (vm.state === 'failed')
        await inventory.saveVm(Object.assign(vm, { state: 'creating' as const, cause: undefined }));
      const tags = { deployment: this.#options.deployment, application: request.application, operation: vm.operation };
      const how = cloud.lists === 'set' ? { processes } : { processes: [], follow: this.#hostBootstrap(vm) };
      const made = await cloud.createVm({ name: vm.id, tags, ...how }, signal).catch(async (error: unknown) => {
        await this.#notMade(vm, causeOf(error));
        throw error;
      });
      vm.cloudId = made.id;
      vm.address = made.address;
      vm.publicAddress = made.publicAddress;
      Object.assign(vm, await this.#options.prices.of(vm.cloud, made.size ?? vm.size, signal));
      if (made.state === 'running') await this.#running(vm);
      if (vm.agentPort !== undefined) vm.state = 'joined';
    } else if (cloud.lists === 'set') {
      await cloud.setProcesses(vm.cloudId as VmId, processes, signal);
    }
    // Where lists are followed, the record is what its host is told.
    await inventory.saveVm(vm);
    return vm;
  }

  /** Whether the host of a machine follows its list here. */
  isFollowed(vm: VmRecord): boolean {
    return this.#options.clouds.get(vm.cloud)?.lists === 'followed';
  }

  /** What a machine should run; its tokens live from now on, unless they were used. */
  async orders(vm: VmRecord): Promise<HostProcess[]> {
    const processes = await this.#processes(vm);
    await this.#saveTokens(vm, Date.now() + tokenLifeMs);
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
    if (inventory.vm(vm.id) !== vm) return;
    await inventory
      .saveVm(Object.assign(vm, { state: 'failed' as const, cause }))
      .catch((error: unknown) => log(`that ${vm.id} was not made was not kept: ${String(error)}`));
  }

  /**
   * A machine that the cloud no longer has makes room for another in its slot. Should the cloud have been wrong, the
   * sweep finds the old one by its tag: it then belongs to nothing.
   */
  async #forgetVanished(application: ApplicationId, slot: string): Promise<void> {
    const { inventory } = this.#options;
    const lost = inventory
      .vms(application)
      .find((vm) => vm.slot === slot && vm.state === 'gone' && vm.managers.length === 0);
    if (lost) await inventory.deleteVm(lost.id);
  }

  /** Destroys a VM and forgets it. Idempotent. */
  async destroy(vm: VmRecord, signal: AbortSignal): Promise<void> {
    const { inventory } = this.#options;
    if (vm.state !== 'destroying') await inventory.saveVm({ ...vm, state: 'destroying' });
    const cloud = this.#cloud(vm.cloud);
    // A request that was under way when we crashed may have made a VM that its record does not know yet.
    const id = vm.cloudId ?? (await cloud.listVms(signal)).find(({ name }) => name === vm.id)?.id;
    if (id !== undefined) await cloud.destroyVm(id as VmId, signal);
    await inventory.deleteVm(vm.id);
  }

  /**
   * Compares the clouds with the inventory: destroys what carries our tag and belongs to nothing, finishes what was
   * being destroyed, marks what has vanished. Touches nothing without our deployment's tag.
   */
  async sweep(signal: AbortSignal): Promise<{ destroyed: string[] }> {
    const { inventory, deployment, log } = this.#options;
    const destroyed: string[] = [];
    for (const [name, cloud] of this.#options.clouds) {
      const found = await cloud.listVms(signal);
      for (const vm of found) {
        if (vm.tags.deployment !== deployment || vm.tags.application === '') continue;
        const record = inventory.vms().find(({ id }) => id === vm.name);
        const orphan = !record || !inventory.application(vm.tags.application as ApplicationId);
        if (orphan && vm.state !== 'gone') {
          log(`sweep: destroying ${vm.name} of ${vm.tags.application}: nothing here belongs to it`);
          await cloud.destroyVm(vm.id, signal);
          if (record) await inventory.deleteVm(record.id);
          destroyed.push(vm.name);
        }
      }
      await this.#follow(name, found);
      await this.#reprice(name, signal);
      for (const record of inventory.vms().filter((vm) => vm.cloud === name)) {
        if (record.state === 'destroying') await this.destroy(record, signal);
        else if (
          record.cloudId !== undefined &&
          !found.some((vm) => vm.id === record.cloudId) &&
          record.state !== 'gone'
        ) {
          await inventory.saveVm({ ...record, state: 'gone', cause: 'the cloud no longer has it' });
          inventory.notice('warning', `A machine has vanished (${record.address ?? record.id}).`, record.application);
        }
      }
    }
    return { destroyed };
  }

  /**
   * A machine that took its time to start: its tokens live from when the cloud reports it running. Its address outside is
   * another one after each stop.
   */
  async #follow(cloud: string, found: readonly CloudVm[]): Promise<void> {
    const { inventory } = this.#options;
    for (const record of inventory.vms().filter((one) => one.cloud === cloud)) {
      const vm = found.find(({ id }) => id === record.cloudId);
      if (vm?.state !== 'running') continue;
      const isNew = record.state === 'creating';
      if (!isNew && record.publicAddress === vm.publicAddress) continue;
      record.address ??= vm.address;
      record.publicAddress = vm.publicAddress;
      if (isNew) await this.#running(record);
      await inventory.saveVm(record);
    }
  }

  /** Prices change, and a cloud that did not answer when a VM was made may now. */
  async #reprice(cloud: string, signal: AbortSignal): Promise<void> {
    const { inventory, prices } = this.#options;
    for (const vm of inventory.vms().filter((one) => one.cloud === cloud)) {
      const price = await prices.of(cloud, vm.size, signal);
      // Unknown now does not make unknown what was known.
      if (price.pricePerHour === undefined) continue;
      if (vm.pricePerHour === price.pricePerHour && vm.pricedAt === price.pricedAt) continue;
      await inventory.saveVm(Object.assign(vm, price));
    }
  }

  async #running(vm: VmRecord): Promise<void> {
    const expiresAt = Date.now() + tokenLifeMs;
    vm.state = 'running';
    await this.#saveTokens(vm, expiresAt);
  }

  #cloud(name: string): Cloud {
    const cloud = this.#options.clouds.get(name);
    if (!cloud) throw new Error(`cloud ${name} is not configured`);
    return cloud;
  }

  /** Control processes of a VM, each with its own token and so its own identity. */
  async #processes(vm: VmRecord): Promise<HostProcess[]> {
    await this.#saveTokens(vm, vm.state === 'creating' ? undefined : Date.now() + tokenLifeMs);
    const { deployment, director, roots } = this.#options;
    const application = vm.application;
    if (application === undefined) throw new Error(`VM ${vm.id} belongs to no application`);
    const common = { deployment, vm: vm.id, application, director, roots: [...roots()] };
    const agent: Omit<AgentBootstrap, 'address'> = { kind: 'agent', ...common, token: this.#token(vm.id, 'agent') };
    const processes: HostProcess[] = vm.managers.map((epoch) => {
      const manager: Omit<ManagerBootstrap, 'address'> = {
        kind: 'manager',
        ...common,
        epoch,
        token: this.#token(vm.id, `manager-${epoch}`),
      };
      return { name: `manager-${epoch}`, bundle: 'manager', bootstrap: manager };
    });
    return [...processes, { name: 'agent', bundle: 'agent', bootstrap: agent }];
  }

  /** Its token was saved with those of the processes. */
  #hostBootstrap(vm: VmRecord): HostBootstrap {
    const { deployment, director, roots } = this.#options;
    const token = this.#token(vm.id, 'host');
    return { kind: 'host', deployment, vm: vm.id, director: { ...director }, roots: [...roots()], token };
  }

  #token(vm: string, process: string): string {
    return createHmac('sha256', this.#options.tokenKey).update(`${vm}/${process}`).digest('base64url');
  }

  async #saveTokens(vm: VmRecord, expiresAt: number | undefined): Promise<void> {
    const { deployment, journal } = this.#options;
    const application = vm.application;
    if (application === undefined) return;
    const tokens: [string, Identity][] = [
      [this.#token(vm.id, 'agent'), { kind: 'agent', deployment, application, vm: vm.id }],
      ...vm.managers.map((epoch): [string, Identity] => [
        this.#token(vm.id, `manager-${epoch}`),
        { kind: 'manager', deployment, application, epoch },
      ]),
    ];
    if (this.isFollowed(vm)) tokens.push([this.#token(vm.id, 'host'), { kind: 'host', deployment, vm: vm.id }]);
    await journal.write((db) => {
      for (const [token, identity] of tokens) {
        const before = findToken(db, hashToken(token));
        // A token that is bound to a key keeps its end; one that nobody has used yet starts its life anew.
        const end = before?.fingerprint === undefined ? (expiresAt ?? before?.expiresAt) : before.expiresAt;
        saveToken(db, hashToken(token), vm.id, { ...before, identity, expiresAt: end });
      }
    });
  }
}

/** A short text of why a cloud call failed, for a VM's record. */
export function causeOf(error: unknown): string {
  return toFailure(error).message;
}
