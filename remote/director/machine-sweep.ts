/** Compares clouds with the inventory, now and then: what was lost, what belongs to nothing, what has come up or failed. */
import { type Cloud, type CloudVm, patienceOf } from '../core/clouds/cloud.ts';
import type { ApplicationId, DeploymentId, VmId } from '../core/contract/ids.ts';
import { patienceHere } from '../core/supervisor/patience.ts';
import type { Inventory } from './inventory.ts';
import { lateCause } from './late.ts';
import type { Prices } from './prices.ts';
import type { VmRecord } from './store.ts';

/** Lists of clouds may not tell of a machine for so long after it was made, milliseconds. */
const lagMs = 120_000;
/** A machine that is stopped is started again after so long, milliseconds: by the second sweep that finds it so. */
const startAfterMs = 50_000 * patienceHere();
/** On record of a machine that should run and does not. */
const stoppedCause = 'its machine had stopped';

export interface MachineSweepOptions {
  readonly deployment: DeploymentId;
  readonly inventory: Inventory;
  readonly clouds: ReadonlyMap<string, Cloud>;
  readonly prices: Prices;
  /** Where machines of a cloud reach us. */
  directorAt(cloud: string): { readonly host: string; readonly port: number };
  /** Until then what belongs to nothing here stays, milliseconds since the epoch: after a restoration. */
  readonly orphansStayUntil?: number | undefined;
  log(line: string): void;
}

/** What a sweep has others do. */
interface Doers {
  /** Destroys a machine and forgets it. */
  destroy(vm: VmRecord, signal: AbortSignal): Promise<void>;
  /** A machine runs from now on. */
  comesUp(vm: VmRecord): Promise<void>;
}

export class MachineSweep {
  readonly #options: MachineSweepOptions & Doers;
  /** Young machines that the last sweep has not found. */
  readonly #missed = new Set<VmId>();
  /** Machines that should run and are stopped: since when we know, by the monotonic clock. */
  readonly #stopped = new Map<VmId, number>();
  /** Names of machines that users were told of. */
  readonly #told = new Set<string>();

  constructor(options: MachineSweepOptions & Doers) {
    this.#options = options;
  }

  /**
   * Compares the clouds with the inventory: destroys what carries our tag and belongs to nothing, finishes what was
   * being destroyed, marks what has vanished. Touches nothing without our deployment's tag. What cannot be done for one
   * machine or cloud holds up no other.
   * @throws ConpaasError the first failure, once all else is done
   */
  async run(signal: AbortSignal): Promise<{ destroyed: string[] }> {
    const { clouds, deployment, inventory } = this.#options;
    const destroyed: string[] = [];
    const failures: unknown[] = [];
    for (const ids of [this.#missed, this.#stopped]) {
      for (const id of ids.keys()) if (!inventory.vm(id)) ids.delete(id);
    }
    const attempt = async (work: () => Promise<void>): Promise<void> => {
      try {
        await work();
      } catch (error) {
        signal.throwIfAborted();
        failures.push(error);
      }
    };
    for (const [name, cloud] of clouds) {
      await attempt(async () => {
        const found = (await cloud.listVms(signal)).filter(
          ({ tags, state }) => tags.deployment === deployment && state !== 'gone',
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
        for (const record of inventory.vms().filter((vm) => vm.cloud === name)) {
          await attempt(() => this.#settle(record, cloud, found, signal));
          await attempt(() => this.#startAgain(record, cloud, found, signal));
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
  async #settle(record: VmRecord, cloud: Cloud, found: readonly CloudVm[], signal: AbortSignal): Promise<void> {
    const { inventory, destroy } = this.#options;
    if (record.state === 'destroying') return destroy(record, signal);
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
    const lags = cloud.tellsAtOnce !== true;
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
   * A machine that somebody stopped, or that ended with the computer below it, is started again: its application is meant to
   * run. Not at once: where all of a deployment is being stopped, we soon are.
   */
  async #startAgain(record: VmRecord, cloud: Cloud, found: readonly CloudVm[], signal: AbortSignal): Promise<void> {
    const { inventory } = this.#options;
    const state = found.find(({ id }) => id === record.cloudId)?.state;
    if (state !== 'stopped' || ['destroying', 'gone', 'failed'].includes(record.state)) {
      this.#stopped.delete(record.id);
      if (state === 'running' && record.cause === stoppedCause)
        await inventory.saveVm(Object.assign(record, { cause: undefined }));
      return;
    }
    const since = this.#stopped.get(record.id) ?? performance.now();
    this.#stopped.set(record.id, since);
    if (performance.now() - since < startAfterMs) return;
    if (record.cause !== stoppedCause) {
      await inventory.saveVm(Object.assign(record, { cause: stoppedCause }));
      const what = cloud.startVm ? ' It is started again.' : '';
      inventory.notice('warning', `A machine had stopped (${record.address ?? record.id}).${what}`, record.application);
    }
    await cloud.startVm?.(record.cloudId as VmId, signal);
  }

  /**
   * A machine that took its time to start: its tokens live from when the cloud reports it running. One that does not come
   * up has failed. Its address outside is another one after each stop.
   */
  async #follow(cloud: string, found: readonly CloudVm[]): Promise<void> {
    const { inventory, comesUp } = this.#options;
    for (const record of inventory.vms().filter((one) => one.cloud === cloud)) {
      const vm = found.find(({ id }) => id === record.cloudId);
      const isNew = record.state === 'creating';
      if (vm?.state === 'failed') await this.#failed(record, vm.cause ?? 'it did not start');
      if (vm?.state !== 'running') continue;
      if (!isNew && record.publicAddress === vm.publicAddress) continue;
      record.address ??= vm.address;
      record.publicAddress = vm.publicAddress;
      record.forwarded = vm.forwarded;
      if (isNew) await comesUp(record);
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
}
