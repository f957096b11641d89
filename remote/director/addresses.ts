/**
 * Addresses that stay: an application has one where its cloud has them, on the machine that its manager names. The cloud's
 * own list is the record: an address carries its application's tag, and its name is made of the application's id.
 */
import type { Cloud, StableAddresses } from '../core/clouds/cloud.ts';
import { ConpaasError } from '../core/contract/errors.ts';
import type { ApplicationId, DeploymentId } from '../core/contract/ids.ts';
import type { Inventory } from './inventory.ts';
import type { VmRecord } from './store.ts';

export interface AddressKeeperOptions {
  readonly deployment: DeploymentId;
  readonly inventory: Inventory;
  readonly clouds: ReadonlyMap<string, Cloud>;
  /** Until then what belongs to nothing here stays, milliseconds since the epoch: after a restoration. */
  readonly orphansStayUntil?: number | undefined;
  log(line: string): void;
}

export class AddressKeeper {
  readonly #options: AddressKeeperOptions;

  constructor(options: AddressKeeperOptions) {
    this.#options = options;
  }

  /**
   * Has a machine be reached at the address of its application, which is reserved where there is none yet.
   * @returns the address; undefined: the machine's cloud has none
   * @throws ConpaasError conflict: the machine is not there yet; what the cloud says, as that a quota is used up
   */
  async hold(application: ApplicationId, vm: VmRecord, signal: AbortSignal): Promise<string | undefined> {
    const { deployment, inventory } = this.#options;
    await this.#releaseWhere(application, (cloud) => cloud !== vm.cloud, signal);
    const addresses = this.#options.clouds.get(vm.cloud)?.addresses;
    if (!addresses || !(await addresses.available(signal))) return undefined;
    if (vm.cloudId === undefined) throw new ConpaasError('conflict', 'The machine is not there yet.', { retry: true });
    const tags = { deployment, application, operation: vm.operation };
    const { id, address } = await addresses.reserve({ name: `address-${application}`, tags }, signal);
    await addresses.assign(id, vm.cloudId, signal);
    if (vm.publicAddress !== address) await inventory.saveVm(Object.assign(vm, { publicAddress: address }));
    return address;
  }

  /** Gives back what an application has, at all clouds. */
  async release(application: ApplicationId, signal: AbortSignal): Promise<void> {
    await this.#releaseWhere(application, () => true, signal);
  }

  /** Gives back what no application has. @throws ConpaasError the first failure, once all else is done */
  async sweep(signal: AbortSignal): Promise<void> {
    const { inventory, orphansStayUntil = 0, log } = this.#options;
    const failures: unknown[] = [];
    for (const cloud of this.#options.clouds.keys()) {
      try {
        for (const { id, address, tags } of await this.#listed(cloud, signal)) {
          if (inventory.application(tags.application as ApplicationId) || Date.now() < orphansStayUntil) continue;
          log(`sweep: giving back the address ${address} of ${tags.application}: no application has it`);
          await this.#at(cloud)?.release(id, signal);
        }
      } catch (error) {
        failures.push(error);
      }
      signal.throwIfAborted();
    }
    if (failures.length > 0) throw failures[0];
  }

  async #releaseWhere(
    application: ApplicationId,
    isMeant: (cloud: string) => boolean,
    signal: AbortSignal,
  ): Promise<void> {
    for (const cloud of [...this.#options.clouds.keys()].filter(isMeant)) {
      for (const { id, tags } of await this.#listed(cloud, signal)) {
        if (tags.application === application) await this.#at(cloud)?.release(id, signal);
      }
    }
  }

  #at(cloud: string): StableAddresses | undefined {
    return this.#options.clouds.get(cloud)?.addresses;
  }

  async #listed(cloud: string, signal: AbortSignal): ReturnType<StableAddresses['list']> {
    const addresses = this.#at(cloud);
    if (!addresses || !(await addresses.available(signal))) return [];
    const { deployment } = this.#options;
    return (await addresses.list(signal)).filter(({ tags }) => tags.deployment === deployment);
  }
}
