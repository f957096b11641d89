/**
 * Keeps an application with domains at one address, whichever of its proxies' machines is there: names lead to addresses,
 * and who keeps those names should never have to change them. Clouds without such addresses leave it at its machine's.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { toFailure } from '../../core/contract/errors.ts';
import type { VmId } from '../../core/contract/ids.ts';
import { Changed } from '../../core/events/index.ts';
import type { DirectorClient } from '../director-client.ts';
import { addressedService, viewOf, type World } from '../views.ts';

const pausesMs = { first: 5_000, most: 300_000 };
/** A cloud may take so long, milliseconds. */
const callMs = 120_000;

export interface StableAddressOptions {
  readonly director: Pick<DirectorClient, 'call'>;
  /** Undefined: not known yet. */
  world(): World | undefined;
  /** Notified when the world may be another. */
  readonly triggers: readonly Changed[];
  /** Before it is tried again for the first time, milliseconds. */
  readonly pauseMs?: number;
  /** Tells the user why there is none. */
  notice(text: string): void;
  log(line: string): void;
}

export class StableAddress {
  /** It is another, or there is none any more. */
  readonly changed = new Changed();
  readonly #options: StableAddressOptions;
  #address: string | undefined;

  constructor(options: StableAddressOptions) {
    this.#options = options;
  }

  /** Undefined: there is none, or it is not known yet. */
  get address(): string | undefined {
    return this.#address;
  }

  /** Runs until `signal` aborts. */
  async run(signal: AbortSignal): Promise<void> {
    const { director, triggers, notice, log, world: look, pauseMs = pausesMs.first } = this.#options;
    /** Null: given back; undefined: not known. */
    let holder: VmId | null | undefined;
    let said: string | undefined;
    /** It is not tried again for the same machine before then, whatever changes meanwhile. */
    let failed: { readonly wanted: VmId | null; readonly until: number } | undefined;
    for (let pause = pauseMs; !signal.aborted; ) {
      const seen = triggers.map(({ generation }) => generation);
      const world = look();
      const wanted = world && wantedHolder(world, holder ?? undefined);
      if (wanted !== failed?.wanted) failed = undefined;
      if (wanted !== undefined && wanted !== holder && performance.now() >= (failed?.until ?? 0)) {
        failed = undefined;
        try {
          const params = wanted === null ? {} : { vm: wanted };
          const { address } = await director.call('hold_address', params, { signal, timeoutMs: callMs });
          holder = wanted;
          said = undefined;
          pause = pauseMs;
          this.#set(address);
        } catch (error) {
          if (signal.aborted) return;
          const { code, message } = toFailure(error);
          if (code === 'unknown_method') return; // a director of an earlier version: it starts us anew with its own
          if (message !== said) log(`address: ${code}: ${message}`);
          if (message !== said && code !== 'unreachable' && wanted !== null) {
            notice(`The application has no address that stays: ${message}`);
          }
          said = message;
          failed = { wanted, until: performance.now() + pause };
          pause = Math.min(pause * 2, pausesMs.most);
        }
      }
      const stop = new AbortController();
      const any = AbortSignal.any([signal, stop.signal]);
      await Promise.race([
        ...triggers.map((trigger, at) => trigger.next(seen[at] ?? 0, any)),
        ...(failed === undefined
          ? []
          : [delay(failed.until - performance.now(), undefined, { signal: any, ref: false })]),
      ]).catch(() => undefined); // we are ending
      stop.abort();
    }
  }

  #set(address: string | undefined): void {
    if (address === this.#address) return;
    this.#address = address;
    this.changed.notify();
  }
}

/**
 * The machine that is to have the address: the one that has it, as long as a proxy runs there, else that of the first
 * proxy. Pure.
 * @returns null: nobody wants one; undefined: it stays as it is
 */
export function wantedHolder(world: World, holder: VmId | undefined): VmId | null | undefined {
  if (world.state.services.every(({ domains }) => domains.length === 0)) return null;
  const service = addressedService(world);
  if (!service) return undefined;
  const fronts = world.types[service.type]?.webService?.(viewOf(world, service))?.fronts ?? [];
  const machines = fronts.flatMap(
    (address) => world.vms.find((vm) => vm.address === address && vm.state !== 'gone')?.id ?? [],
  );
  return machines.find((id) => id === holder) ?? machines[0];
}
