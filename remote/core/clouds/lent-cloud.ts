/**
 * A cloud whose driver is known later, or becomes another: when credentials are lent, or others in their place. Calls that
 * are under way end with the driver that they began with.
 */
import { ConpaasError } from '../contract/errors.ts';
import type { Cloud, CloudVolumes, StableAddresses } from './cloud.ts';

export interface LentCloud extends Cloud {
  /** From now on calls go to this driver. It is disposed once nothing uses it any more. */
  use(driver: Cloud): void;
}

interface Current {
  readonly driver: Cloud;
  calls: number;
  replaced: boolean;
}

/**
 * @param kind of the drivers
 * @param problem what is said while there is none: what to do about it
 */
export function createLentCloud(kind: string, problem: () => string): LentCloud {
  let current: Current | undefined;

  /** Its end is nobody's concern: what it was used for has ended. */
  const end = async ({ driver }: Current): Promise<void> => {
    await Promise.resolve(driver[Symbol.asyncDispose]()).catch(() => undefined);
  };

  async function during<T>(work: (driver: Cloud) => Promise<T>): Promise<T> {
    const used = current;
    if (!used) throw new ConpaasError('cloud_failed', problem(), { retry: true });
    used.calls += 1;
    try {
      return await work(used.driver);
    } finally {
      used.calls -= 1;
      if (used.replaced && used.calls === 0) void end(used);
    }
  }

  const volumesOf = (driver: Cloud): CloudVolumes => {
    if (driver.volumes) return driver.volumes;
    throw new ConpaasError('cloud_failed', 'This cloud has no volumes.');
  };

  const addressesOf = (driver: Cloud): StableAddresses => {
    if (driver.addresses) return driver.addresses;
    throw new ConpaasError('cloud_failed', 'This cloud has no addresses of its own.');
  };

  return {
    kind,
    addresses: {
      available: (signal) => during(async (driver) => (await driver.addresses?.available(signal)) ?? false),
      list: (signal) => during(async (driver) => (await driver.addresses?.list(signal)) ?? []),
      reserve: (request, signal) => during((driver) => addressesOf(driver).reserve(request, signal)),
      assign: (address, vm, signal) => during((driver) => addressesOf(driver).assign(address, vm, signal)),
      release: (address, signal) => during((driver) => addressesOf(driver).release(address, signal)),
    },
    volumes: {
      available: (signal) => during(async (driver) => (await driver.volumes?.available(signal)) ?? false),
      create: (request, vm, signal) => during((driver) => volumesOf(driver).create(request, vm, signal)),
      list: (signal) => during(async (driver) => (await driver.volumes?.list(signal)) ?? []),
      attach: (volume, vm, signal) => during((driver) => volumesOf(driver).attach(volume, vm, signal)),
      detach: (volume, signal) => during((driver) => volumesOf(driver).detach(volume, signal)),
      destroy: (volume, signal) => during((driver) => volumesOf(driver).destroy(volume, signal)),
      pricePerGbMonth: (signal) => during(async (driver) => driver.volumes?.pricePerGbMonth?.(signal)),
    },
    /** Where credentials are needed, nobody but the desktop has a way into machines. */
    get lists() {
      return current?.driver.lists ?? 'followed';
    },
    get architecture() {
      return current?.driver.architecture;
    },
    get tellsAtOnce() {
      return current?.driver.tellsAtOnce;
    },
    use(driver) {
      const before = current;
      current = { driver, calls: 0, replaced: false };
      if (!before) return;
      before.replaced = true;
      if (before.calls === 0) void end(before);
    },
    check: (signal) => during((driver) => driver.check(signal)),
    createVm: (request, signal) => during((driver) => driver.createVm(request, signal)),
    listVms: (signal) => during((driver) => driver.listVms(signal)),
    destroyVm: (id, signal) => during((driver) => driver.destroyVm(id, signal)),
    setProcesses: (id, processes, signal) => during((driver) => driver.setProcesses(id, processes, signal)),
    install: (id, release, signal) => during((driver) => driver.install(id, release, signal)),
    offers: (signal) => during((driver) => driver.offers(signal)),
    quotas: (signal) => during(async (driver) => (await driver.quotas?.(signal)) ?? []),
    contact: (id, signal) => during((driver) => driver.contact(id, signal)),
    power: (on, signal) => during((driver) => driver.power(on, signal)),
    startVm: (id, signal) => during(async (driver) => driver.startVm?.(id, signal)),
    wake: (signal) => during((driver) => driver.wake(signal)),
    tagged: (signal) => during((driver) => driver.tagged(signal)),
    removeTagged: (thing, signal) => during((driver) => driver.removeTagged(thing, signal)),
    deployments: (signal) => during((driver) => driver.deployments(signal)),
    retire: (signal) => during((driver) => driver.retire(signal)),
    async [Symbol.asyncDispose]() {
      await current?.driver[Symbol.asyncDispose]();
    },
  };
}
