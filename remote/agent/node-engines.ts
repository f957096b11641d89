/** The engines of one node, together: how they are, and what they may see. */
import type { Failure } from '../core/contract/errors.ts';
import type { ProcessState, Sandbox, Supervised } from '../core/supervisor/index.ts';

interface Started {
  readonly engine: Supervised;
  /** Path of its log. */
  readonly log: string;
  readonly sandbox: Sandbox;
}

export class NodeEngines {
  readonly #started = new Map<string, Started>();

  put(name: string, engine: Supervised, log: string, sandbox: Sandbox): void {
    this.#started.set(name, { engine, log, sandbox });
  }

  remove(name: string): void {
    this.#started.delete(name);
  }

  get any(): boolean {
    return this.#started.size > 0;
  }

  get restarts(): number {
    let restarts = 0;
    for (const { engine } of this.#started.values()) restarts += engine.restarts;
    return restarts;
  }

  /** Paths of the logs that the supervisor keeps. */
  get logs(): ReadonlySet<string> {
    return new Set([...this.#started.values()].map(({ log }) => log));
  }

  /** Whether one is in this state. */
  isAny(kind: ProcessState['kind']): boolean {
    for (const { engine } of this.#started.values()) if (engine.state.kind === kind) return true;
    return false;
  }

  /** Why one does not run. */
  get failure(): Failure | undefined {
    for (const { engine } of this.#started.values()) {
      if (engine.state.kind === 'failed' || engine.state.kind === 'backing_off') return engine.state.failure;
    }
    return undefined;
  }

  /** What all of them together may see. */
  get sandbox(): Sandbox | undefined {
    const all = [...this.#started.values()].map(({ sandbox }) => sandbox);
    if (all.length === 0) return undefined;
    const writable = [...new Set(all.flatMap((one) => one.writable))];
    const readable = [...new Set(all.flatMap((one) => one.readable))].filter((path) => !writable.includes(path));
    return { writable, readable };
  }
}
