/**
 * Makes the cloud's VMs what the inventory says: every step is idempotent and driven by records, so that a crash at any
 * point leaves nothing behind that the next sweep does not find by its tag.
 */
import { createHmac } from 'node:crypto';
import { type Cloud, type CloudVm, patienceOf } from '../core/clouds/cloud.ts';
import { ConpaasError, toFailure } from '../core/contract/errors.ts';
import type { HostProcess } from '../core/contract/host.ts';
import type { Identity } from '../core/contract/identity.ts';
import type { ApplicationId, DeploymentId, VmId } from '../core/contract/ids.ts';
import type { HostBootstrap } from '../core/contract/machine-host.ts';
import type { Program } from '../core/contract/release.ts';
import { type AgentBootstrap, hashToken, type ManagerBootstrap } from '../core/identity/index.ts';
import type { Journal } from '../core/journal/index.ts';
import { patienceHere } from '../core/supervisor/patience.ts';
import { noSuchCloud } from './cloud-keeper.ts';
import type { Inventory } from './inventory.ts';
import { lateCause } from './late.ts';
import type { Prices } from './prices.ts';
import { findToken, saveToken, type VmRecord } from './store.ts';
import type { MemberRole, OwnPrograms } from './upgrade/index.ts';

/** Join tokens live this long from the moment the driver reports the VM running, in milliseconds. */
const tokenLifeMs = 15 * 60_000 * patienceHere();
/** Lists of clouds may not tell of a machine for so long after it was made, milliseconds. */
const lagMs = 120_000;

export interface MachinesOptions {
  readonly deployment: DeploymentId;
  readonly inventory: Inventory;
  readonly journal: Journal;
  readonly clouds: ReadonlyMap<string, Cloud>;
  readonly prices: Prices;
  /** Where the machine of a slot must be; undefined: anywhere. */
  zoneOf?(application: ApplicationId, slot: string): string | undefined;
  /** Where machines of a cloud reach us. */
  directorAt(cloud: string): { readonly host: string; readonly port: number };
  /** That new machines trust, PEM. */
  roots(): readonly string[];
  /** Key that join tokens are derived from, so that a repeated createVm carries the same token. */
  readonly tokenKey: Buffer;
  /** What new processes run; absent: what their host was made with. */
  readonly ownPrograms?: OwnPrograms | undefined;
  /** Until then what belongs to nothing here stays, milliseconds since the epoch: after a restoration. */
  readonly orphansStayUntil?: number | undefined;
  log(line: string): void;
}

export class Machines {
  readonly #options: MachinesOptions;
  /** Young machines that the last sweep has not found. */
  readonly #missed = new Set<VmId>();
  /** Names of machines that users were told of. */
  readonly #told = new Set<string>();

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
    await this.#makeRoom(request.application, request.slot, signal);
    // In the same instant in which its record begins: from now on that cloud is in use.
    const { kind } = this.#cloud(request.cloud);
    const vm = await inventory.ensureVm(request.application, request.slot, request.cloud, request.operation);
    vm.cloudKind = kind;
    const same = vm.managers.join() === request.managers.join();
    if (vm.cloudId !== undefined && same) return vm;
    await this.#choosePrograms(vm, request.managers.length > 0);
    vm.managers = [...request.managers];
    const processes = await this.#processes(vm);
    const cloud = this.#cloud(vm.cloud);
    if (vm.cloudId === undefined) {
      if (vm.state === 'failed')
        await inventory.saveVm(Object.assign(vm, { state: 'creating' as const, cause: undefined }));
      const tags = { deployment: this.#options.deployment, application: request.application, operation: vm.operation };
      const how = cloud.lists === 'set' ? { processes } : { processes: [], follow: this.#hostBootstrap(vm) };
      const zone = this.#options.zoneOf?.(request.application, request.slot);
      const made = await cloud.createVm({ name: vm.id, tags, zone, ...how }, signal).catch(async (error: unknown) => {
        await this.#notMade(vm, causeOf(error));
        throw error;
      });
      this.#refuseGivenUp(vm);
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

  /** A process that is new on its machine runs what the director came with. */
  async #choosePrograms(vm: VmRecord, manages: boolean): Promise<void> {
    const { ownPrograms } = this.#options;
    if (!ownPrograms) return;
    const isNew = vm.cloudId === undefined;
    const manager = () => (isNew ? ownPrograms.of('manager') : ownPrograms.complete('manager'));
    vm.programs = {
      ...vm.programs,
      ...(isNew && { agent: await ownPrograms.of('agent') }),
      ...(isNew && this.replacesHost(vm) && { host: await ownPrograms.of('host') }),
      ...(manages && vm.managers.length === 0 && { manager: await manager() }),
    };
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
    await cloud.setProcesses(vm.cloudId as VmId, await this.#processes(vm), signal);
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
    this.#missed.delete(vm.id);
    await inventory.deleteVm(vm.id);
  }

  /**
   * Compares the clouds with the inventory: destroys what carries our tag and belongs to nothing, finishes what was
   * being destroyed, marks what has vanished. Touches nothing without our deployment's tag. What cannot be done for one
   * machine or cloud holds up no other.
   * @throws ConpaasError the first failure, once all else is done
   */
  async sweep(signal: AbortSignal): Promise<{ destroyed: string[] }> {
    const destroyed: string[] = [];
    const failures: unknown[] = [];
    const attempt = async (work: () => Promise<void>): Promise<void> => {
      try {
        await work();
      } catch (error) {
        signal.throwIfAborted();
        failures.push(error);
      }
    };
    for (const [name, cloud] of this.#options.clouds) {
      await attempt(async () => {
        const found = (await cloud.listVms(signal)).filter(
          ({ tags, state }) => tags.deployment === this.#options.deployment && state !== 'gone',
        );
        for (const vm of this.#toDestroy(found)) {
          await attempt(async () => {
            await this.#destroyOrphan(cloud, vm, signal);
            destroyed.push(vm.name);
          });
        }
        await this.#follow(name, found);
        await this.#tellLate(name, cloud, signal);
        await this.#reprice(name, signal);
        for (const record of this.#options.inventory.vms().filter((vm) => vm.cloud === name)) {
          await attempt(() => this.#settle(record, found, signal));
        }
      });
    }
    if (failures.length > 0) throw failures[0];
    return { destroyed };
  }

  /** What belongs to nothing here, once nobody can know it any more. */
  #toDestroy(found: readonly CloudVm[]): readonly CloudVm[] {
    const { orphansStayUntil = 0, inventory } = this.#options;
    const orphans = found.filter((one) => this.#isOrphan(one));
    if (Date.now() >= orphansStayUntil) return orphans;
    for (const { name } of orphans) {
      if (this.#told.has(name)) continue;
      this.#told.add(name);
      const until = new Date(orphansStayUntil).toISOString();
      inventory.notice(
        'warning',
        `The machine ${name} is not in the backup that this director was restored from. It will be destroyed after ${until}.`,
      );
    }
    return [];
  }

  /** The director's own machine carries no application. */
  #isOrphan({ name, tags }: CloudVm): boolean {
    const { inventory } = this.#options;
    if (tags.application === '') return false;
    return !inventory.vm(name as VmId) || !inventory.application(tags.application as ApplicationId);
  }

  async #destroyOrphan(cloud: Cloud, vm: CloudVm, signal: AbortSignal): Promise<void> {
    const { inventory, log } = this.#options;
    log(`sweep: destroying ${vm.name} of ${vm.tags.application}: nothing here belongs to it`);
    await cloud.destroyVm(vm.id, signal);
    if (inventory.vm(vm.name as VmId)) await inventory.deleteVm(vm.name as VmId);
  }

  /** One record, as the cloud tells of its machine. */
  async #settle(record: VmRecord, found: readonly CloudVm[], signal: AbortSignal): Promise<void> {
    const { inventory } = this.#options;
    if (record.state === 'destroying') return this.destroy(record, signal);
    if (record.cloudId === undefined) return;
    if (found.some((vm) => vm.id === record.cloudId)) {
      this.#missed.delete(record.id);
      // The cloud has been wrong about it.
      if (record.state !== 'gone') return;
      const state = record.agentPort === undefined ? 'running' : 'joined';
      return inventory.saveVm(Object.assign(record, { state, cause: undefined }));
    }
    if (record.state === 'gone') return;
    // Of a young one, once is not enough.
    const lags = this.#cloud(record.cloud).tellsAtOnce !== true;
    const isYoung = lags && Date.now() - record.createdAt < lagMs;
    if (isYoung && !this.#missed.has(record.id)) {
      this.#missed.add(record.id);
      return;
    }
    this.#missed.delete(record.id);
    await inventory.saveVm(Object.assign(record, { state: 'gone', cause: 'the cloud no longer has it' }));
    inventory.notice('warning', `A machine has vanished (${record.address ?? record.id}).`, record.application);
  }

  /**
   * A machine that took its time to start: its tokens live from when the cloud reports it running. One that does not come
   * up has failed. Its address outside is another one after each stop.
   */
  async #follow(cloud: string, found: readonly CloudVm[]): Promise<void> {
    const { inventory } = this.#options;
    for (const record of inventory.vms().filter((one) => one.cloud === cloud)) {
      const vm = found.find(({ id }) => id === record.cloudId);
      const isNew = record.state === 'creating';
      if (vm?.state === 'failed') await this.#failed(record, vm.cause ?? 'it did not start');
      if (vm?.state !== 'running') continue;
      if (!isNew && record.publicAddress === vm.publicAddress) continue;
      record.address ??= vm.address;
      record.publicAddress = vm.publicAddress;
      if (isNew) await this.#running(record);
      await inventory.saveVm(record);
    }
  }

  /** Who waits for such a machine is told, instead of waiting on. */
  async #tellLate(name: string, cloud: Cloud, signal: AbortSignal): Promise<void> {
    const { inventory, directorAt } = this.#options;
    for (const record of inventory.vms().filter((vm) => vm.cloud === name && vm.cause === undefined)) {
      const late = (patience: number) => lateCause(record, directorAt(name), { now: Date.now(), patience });
      // Few are, so the cloud is seldom asked.
      if (late(1) === undefined) continue;
      const cause = late(await patienceOf(cloud, signal));
      if (cause === undefined) continue;
      await inventory.saveVm(Object.assign(record, { cause }));
      inventory.notice('warning', `A machine (${record.address ?? record.id}): ${cause}.`, record.application);
    }
  }

  /** One that nobody has joined from makes room for another; on one that has worked there may be data. */
  async #failed(record: VmRecord, cause: string): Promise<void> {
    const { inventory } = this.#options;
    if (record.state === 'failed' || record.state === 'destroying' || record.cause === cause) return;
    if (record.agentPort === undefined) Object.assign(record, { state: 'failed' as const });
    await inventory.saveVm(Object.assign(record, { cause }));
    inventory.notice('warning', `A machine has failed (${record.address ?? record.id}): ${cause}.`, record.application);
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
    if (!cloud) {
      throw new ConpaasError('not_found', noSuchCloud(name, [...this.#options.clouds.keys()]));
    }
    return cloud;
  }

  /** Control processes of a VM, each with its own token and so its own identity. */
  async #processes(vm: VmRecord): Promise<HostProcess[]> {
    await this.#saveTokens(vm, vm.state === 'creating' ? undefined : Date.now() + tokenLifeMs);
    const { deployment, directorAt, roots } = this.#options;
    const application = vm.application;
    if (application === undefined) throw new Error(`VM ${vm.id} belongs to no application`);
    const { host, port } = directorAt(vm.cloud);
    const common = { deployment, vm: vm.id, application, director: { host, port }, roots: [...roots()] };
    const agent: Omit<AgentBootstrap, 'address'> = { kind: 'agent', ...common, token: this.#token(vm.id, 'agent') };
    const processes: HostProcess[] = vm.managers.map((epoch) => {
      const manager: Omit<ManagerBootstrap, 'address'> = {
        kind: 'manager',
        ...common,
        epoch,
        token: this.#token(vm.id, `manager-${epoch}`),
      };
      return { name: `manager-${epoch}`, bundle: 'manager', bootstrap: manager, ...runs(vm.programs?.manager) };
    });
    return [...processes, { name: 'agent', bundle: 'agent', bootstrap: agent, ...runs(vm.programs?.agent) }];
  }

  /** Its token was saved with those of the processes. */
  #hostBootstrap(vm: VmRecord): HostBootstrap {
    const { deployment, directorAt, roots } = this.#options;
    const { host, port } = directorAt(vm.cloud);
    const token = this.#token(vm.id, 'host');
    return { kind: 'host', deployment, vm: vm.id, director: { host, port }, roots: [...roots()], token };
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

const runs = (program: Program | undefined): Pick<HostProcess, 'program'> => (program ? { program } : {});

/** A short text of why a cloud call failed, for a VM's record. */
export function causeOf(error: unknown): string {
  return toFailure(error).message;
}
