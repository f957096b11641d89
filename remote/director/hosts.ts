/**
 * What the hosts of machines follow, on clouds whose machines nobody can be told anything by the cloud's own means. The
 * record of a machine says what runs on it; a host that comes back is given the whole list again.
 */
import { ConpaasError } from '../core/contract/errors.ts';
import type { MachineOrders } from '../core/contract/hosts.ts';
import type { Identity } from '../core/contract/identity.ts';
import type { VmId } from '../core/contract/ids.ts';
import { Changed, latest, waitFor } from '../core/events/index.ts';
import type { Inventory } from './inventory.ts';
import type { Machines } from './machines.ts';
import type { VolumeKeeper } from './volumes.ts';

/** A host that has not renewed by then is away, milliseconds. */
const renewalMs = 60_000;

export class Hosts {
  readonly #inventory: Inventory;
  readonly #machines: Pick<Machines, 'isFollowed' | 'orders'>;
  readonly #volumes: Pick<VolumeKeeper, 'ofMachine'>;
  readonly #renewed = new Map<VmId, number>();
  readonly #changed = new Changed();
  readonly #asked = new Map<VmId, number>();

  constructor(
    inventory: Inventory,
    machines: Pick<Machines, 'isFollowed' | 'orders'>,
    volumes: Pick<VolumeKeeper, 'ofMachine'>,
  ) {
    this.#volumes = volumes;
    this.#inventory = inventory;
    this.#machines = machines;
  }

  /**
   * What the machine of a host should run, now and after each change.
   * @throws ConpaasError forbidden: the caller is no host of a machine that is to live
   */
  async *orders(caller: Identity | undefined, signal: AbortSignal): AsyncGenerator<MachineOrders> {
    if (caller?.kind !== 'host') throw new ConpaasError('forbidden', 'Only the host of a machine may ask this.');
    const { vm: id } = caller;
    let told: string | undefined;
    for await (const vm of latest(this.#inventory.changed, () => this.#inventory.vm(id), signal)) {
      if (!vm || vm.state === 'destroying') throw new ConpaasError('forbidden', 'This machine is being destroyed.');
      const renewals = this.#asked.get(id) ?? 0;
      const volumes = this.#volumes.ofMachine(id);
      const what = JSON.stringify([vm.managers, vm.programs, renewals, volumes]);
      if (what === told) continue;
      told = what;
      const host = vm.programs?.host;
      yield { processes: await this.#machines.orders(vm), volumes, renewals, ...(host && { host }) };
    }
  }

  /** A host has got a fresh certificate. */
  renewed(identity: Identity): void {
    if (identity.kind !== 'host') return;
    this.#renewed.set(identity.vm, (this.#renewed.get(identity.vm) ?? 0) + 1);
    this.#changed.notify();
  }

  /** Machines whose hosts follow their lists here. */
  followed(): VmId[] {
    const living = this.#inventory.vms().filter(({ state }) => state !== 'destroying');
    return living.filter((vm) => this.#machines.isFollowed(vm)).map(({ id }) => id);
  }

  /** Has hosts renew their certificates and waits for them; who could not is named. */
  async renew(vms: readonly VmId[], signal: AbortSignal): Promise<{ identity: string; message: string }[]> {
    if (vms.length === 0) return [];
    const before = new Map(this.#renewed);
    for (const id of vms) this.#asked.set(id, (this.#asked.get(id) ?? 0) + 1);
    this.#inventory.changed.notify();
    const limit = AbortSignal.timeout(renewalMs);
    const done = await Promise.all(
      vms.map(async (id) => {
        const isDone = () => this.#renewed.get(id) !== before.get(id) || undefined;
        try {
          await waitFor(this.#changed, isDone, AbortSignal.any([signal, limit]));
          return undefined;
        } catch {
          signal.throwIfAborted();
          const address = this.#inventory.vm(id)?.address ?? id;
          return { identity: `the host of the machine ${address}`, message: 'It did not ask for a new certificate.' };
        }
      }),
    );
    return done.filter((failure) => failure !== undefined);
  }
}
