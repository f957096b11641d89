/** Values of the application's secrets, in memory only; they come from the director. */
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { toFailure } from '../core/contract/errors.ts';
import { Changed } from '../core/events/index.ts';
import type { ServiceManager } from '../core/service/manager.ts';
import type { Desired } from './desired.ts';
import type { DirectorClient } from './director-client.ts';

export class SecretCache {
  readonly changed = new Changed();
  #values: Readonly<Record<string, string>> = {};
  #complete = false;
  #stale = true;
  readonly #wake = new Changed();

  get values(): Readonly<Record<string, string>> {
    return this.#values;
  }

  /** Whether all generated secrets are there, so that nodes can be told what to run. */
  get complete(): boolean {
    return this.#complete;
  }

  /** A value has changed at the director. */
  refresh(): void {
    this.#stale = true;
    this.#wake.notify();
  }

  /** Follows the desired state: makes the generated secrets, fetches the named ones. Runs until `signal` aborts. */
  async run(options: {
    director: DirectorClient;
    desired: Desired;
    types: Readonly<Record<string, ServiceManager>>;
    signal: AbortSignal;
    log(line: string): void;
  }): Promise<void> {
    const { director, desired, types, signal } = options;
    for (let pause = 100; !signal.aborted; ) {
      const seen = desired.changed.generation;
      const woken = this.#wake.generation;
      const generated = desired.state.services.flatMap((one) => types[one.type]?.generatedSecrets(one) ?? []);
      const named = desired.state.services.flatMap(({ secrets }) => secrets);
      const unknown = [...generated, ...named].some((name) => this.#values[name] === undefined);
      if (this.#stale || unknown || !this.#complete) {
        try {
          const names = [...new Set([...generated, ...named])];
          const values = names.length > 0 ? { ...(await director.call('get_secrets', { names }, { signal })) } : {};
          for (const name of generated) {
            if (values[name] !== undefined) continue;
            const value = randomBytes(18).toString('base64url');
            values[name] = (await director.call('put_secret', { name, value, unlessSet: true }, { signal })).value;
          }
          this.#values = values;
          this.#complete = true;
          this.#stale = false;
          this.changed.notify();
          pause = 100;
        } catch (error) {
          if (signal.aborted) return;
          options.log(`secrets: ${toFailure(error).message}`);
          await delay(pause, undefined, { signal }).catch(() => undefined);
          pause = Math.min(pause * 2, 5000);
          continue;
        }
      }
      const stop = new AbortController();
      const any = AbortSignal.any([signal, stop.signal]);
      await Promise.race([desired.changed.next(seen, any), this.#wake.next(woken, any)]).catch(() => undefined);
      stop.abort();
    }
  }
}
