/** Prices of machines, as their clouds offer them; asked again after an hour. */
import type { Cloud, Offer } from '../core/clouds/cloud.ts';
import type { Cost, CostChange } from '../core/contract/cost.ts';
import { toFailure } from '../core/contract/errors.ts';
import type { VmRecord } from './store.ts';

const keptMs = 3_600_000;

/** What a VM record says of its price; `pricePerHour` is undefined where nobody knows it. */
export type Price = Pick<VmRecord, 'size' | 'pricePerHour' | 'pricedAt'>;

export class Prices {
  readonly #clouds: ReadonlyMap<string, Cloud>;
  readonly #log: (line: string) => void;
  readonly #offers = new Map<string, { until: number; offers: Promise<readonly Offer[]> }>();

  constructor(clouds: ReadonlyMap<string, Cloud>, log: (line: string) => void) {
    this.#clouds = clouds;
    this.#log = log;
  }

  /** @param size name of an offer; undefined: the one that the cloud gives when none is asked for */
  async of(cloud: string, size: string | undefined, signal: AbortSignal): Promise<Price> {
    const offers = await this.#ask(cloud, signal);
    const offer =
      size === undefined
        ? (offers.find((one) => one.default) ?? (offers.length === 1 ? offers[0] : undefined))
        : offers.find(({ name }) => name === size);
    return {
      size: size ?? offer?.name,
      pricePerHour: offer?.pricePerHour,
      pricedAt: offer?.pricePerHour === undefined ? undefined : offer.pricedAt,
    };
  }

  /** An empty list where the cloud does not answer: the price is unknown then, and asked for at the next sweep. */
  #ask(name: string, signal: AbortSignal): Promise<readonly Offer[]> {
    const known = this.#offers.get(name);
    if (known && known.until > Date.now()) return known.offers;
    const cloud = this.#clouds.get(name);
    if (!cloud) return Promise.resolve([]);
    const offers = cloud.offers(signal).catch((error: unknown) => {
      this.#log(`prices of ${name}: ${toFailure(error).message}`);
      this.#offers.delete(name);
      return [];
    });
    this.#offers.set(name, { until: Date.now() + keptMs, offers });
    return offers;
  }
}

type Priced = Pick<VmRecord, 'pricePerHour' | 'pricedAt'>;

/** What machines and volumes cost together. */
export function costOf(vms: Iterable<Priced>, volumes: Iterable<Priced> = []): Cost {
  let perHour: number | undefined;
  let machines = 0;
  let unknown = 0;
  let pricedAt: number | undefined;
  for (const vm of vms) {
    machines += 1;
    if (vm.pricePerHour === undefined) {
      unknown += 1;
      continue;
    }
    perHour = (perHour ?? 0) + vm.pricePerHour;
    if (vm.pricedAt !== undefined) pricedAt = Math.min(pricedAt ?? vm.pricedAt, vm.pricedAt);
  }
  for (const { pricePerHour } of volumes) {
    if (pricePerHour === undefined) unknown += 1;
    else perHour = (perHour ?? 0) + pricePerHour;
  }
  // No machine costs nothing; that is known.
  return { perHour: machines === 0 ? 0 : perHour, machines, unknown, pricedAt };
}

export interface Change {
  readonly added: readonly Priced[];
  readonly freed: readonly Priced[];
}

const sumOf = (vms: readonly Priced[], volumes: readonly Priced[]): Cost => {
  const [machines, disks] = [costOf(vms), costOf(volumes)];
  return {
    ...{ machines: machines.machines, unknown: machines.unknown + disks.unknown, pricedAt: machines.pricedAt },
    perHour: (machines.perHour ?? 0) + (disks.perHour ?? 0),
  };
};

/** What a change of machines and volumes costs: nothing is told where a part of it is not known. */
export function costChange(machines: Change, volumes: Change = { added: [], freed: [] }): CostChange {
  const more = sumOf(machines.added, volumes.added);
  const less = sumOf(machines.freed, volumes.freed);
  const unknown = more.unknown + less.unknown;
  const dates = [more.pricedAt, less.pricedAt].filter((date) => date !== undefined);
  return {
    perHour: unknown > 0 ? undefined : (more.perHour ?? 0) - (less.perHour ?? 0),
    added: more.machines,
    freed: less.machines,
    unknown,
    pricedAt: dates.length === 0 ? undefined : Math.min(...dates),
  };
}
