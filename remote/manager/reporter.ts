/** Pushes the state of the application and of its operations to the director when they change, at most 10 times a second. */

import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { toFailure } from '../core/contract/errors.ts';
import type { OperationId } from '../core/contract/ids.ts';
import type { Operation } from '../core/contract/operation.ts';
import { Changed } from '../core/events/index.ts';
import type { DirectorClient } from './director-client.ts';
import { applicationSummary, type Specs } from './info.ts';
import type { World } from './views.ts';

export class Reporter {
  readonly #changed = new Changed();
  /** Operations to report, the last state of each. */
  #operations = new Map<OperationId, Operation>();
  #notices: { level: 'info' | 'warning' | 'alert'; text: string }[] = [];
  /** When the director last took the summary; it forgets it with its process. */
  #confirmedAt = 0;

  operation(operation: Operation): void {
    this.#operations.set(operation.id, operation);
    this.#changed.notify();
  }

  /** Tells of an operation now, so that whoever is answered with its id finds it at the director. */
  async tell(director: DirectorClient, operation: Operation | undefined): Promise<void> {
    if (!operation) return;
    await director
      .call('report', { operations: [operation], notices: [] }, { timeoutMs: 2000 })
      .catch(() => this.operation(operation));
  }

  /** The director may be another process than before: it is told all again. */
  again(): void {
    this.#confirmedAt = 0;
    this.#changed.notify();
  }

  notice(level: 'info' | 'warning' | 'alert', text: string): void {
    this.#notices.push({ level, text });
    this.#changed.notify();
  }

  /** Runs until `signal` aborts. */
  async run(options: {
    director: DirectorClient;
    world(): World | undefined;
    specs: Specs;
    triggers: readonly Changed[];
    onSuperseded(): void;
    signal: AbortSignal;
  }): Promise<void> {
    const { director, signal, specs } = options;
    const triggers = [this.#changed, ...options.triggers];
    let reported: unknown;
    while (!signal.aborted) {
      const seen = triggers.map((trigger) => trigger.generation);
      const world = options.world();
      const summary = world ? applicationSummary(world, specs) : undefined;
      const changed =
        summary !== undefined && (!isDeepStrictEqual(summary, reported) || Date.now() - this.#confirmedAt > 30_000);
      const operations = this.#operations;
      const notices = this.#notices;
      if (changed || operations.size > 0 || notices.length > 0) {
        this.#operations = new Map();
        this.#notices = [];
        try {
          await director.call(
            'report',
            { ...(changed ? { summary } : {}), operations: [...operations.values()], notices },
            { signal, timeoutMs: 5000 },
          );
          if (changed) {
            reported = summary;
            this.#confirmedAt = Date.now();
          }
        } catch (error) {
          if (signal.aborted) return;
          if (toFailure(error).code === 'superseded') return options.onSuperseded();
          // What is newer wins; the rest is told again.
          for (const [id, operation] of operations) if (!this.#operations.has(id)) this.#operations.set(id, operation);
          this.#notices = [...notices, ...this.#notices].slice(-100);
          await delay(500, undefined, { signal }).catch(() => undefined);
          continue;
        }
      }
      const stop = new AbortController();
      const either = AbortSignal.any([signal, stop.signal]);
      await Promise.race([
        ...triggers.map((trigger, index) => trigger.next(seen[index] ?? 0, either)),
        delay(30_000, undefined, { signal: either, ref: false }),
      ]).catch(() => undefined);
      stop.abort();
      await delay(50, undefined, { signal }).catch(() => undefined);
    }
  }
}
