/** The life of one process under supervision: started or adopted, watched, restarted with back-off, stopped. */
import { setTimeout as delay } from 'node:timers/promises';
import { ConpaasError, type Failure, toFailure } from '../contract/errors.ts';
import { endGracefully, killAll } from './end.ts';
import { type Exit, launch, type Running } from './launch.ts';
import { createLogKeeper, type LogKeeper } from './log-keeper.ts';
import { readyWithin, tryProbe, untilReady } from './probe.ts';
import { isAlive, sendSignal } from './proc.ts';
import type { Records } from './records.ts';
import { lastLines } from './tail.ts';
import type { ProcessSpec, ProcessState, Supervised } from './types.ts';

/** Lines of the engine's log that travel with a failure. */
const failureLines = 20;
const keepLogMs = 500;

export interface SupervisedOptions {
  readonly spec: ProcessSpec;
  readonly records: Records;
  readonly adopted: ((signal: AbortSignal) => Running) | undefined;
  readonly restarts: number;
  readonly onChange: (state: ProcessState) => void;
}

export class SupervisedProcess implements Supervised {
  readonly name: string;
  #spec: ProcessSpec;
  readonly #records: Records;
  readonly #onChange: (state: ProcessState) => void;
  readonly #keeper: LogKeeper;
  /** Aborts when it should end, or when only our watching should. */
  readonly #halt = new AbortController();
  readonly #settled = new Set<() => void>();
  readonly #life: Promise<void>;
  #state: ProcessState = { kind: 'stopped' };
  #restarts: number;
  #running: Running | undefined;
  #exits: number[] = [];
  #stopped: Promise<void> | undefined;

  constructor(options: SupervisedOptions) {
    this.name = options.spec.name;
    this.#spec = options.spec;
    this.#records = options.records;
    this.#onChange = options.onChange;
    this.#restarts = options.restarts;
    const { reopen, path, maxBytes, keep } = options.spec.log;
    this.#keeper = createLogKeeper({
      path,
      maxBytes,
      keep,
      reopen: reopen && (() => this.#running && sendSignal(this.#running.main.pid, reopen)),
    });
    const adopted = options.adopted?.(this.#halt.signal);
    // Not before the constructor has returned: the first change of state is told to its caller.
    this.#life = Promise.resolve().then(() => this.#live(adopted));
    void this.#keepLog();
  }

  get state(): ProcessState {
    return this.#state;
  }

  get restarts(): number {
    return this.#restarts;
  }

  /** Takes over what may change of a specification while the process runs: probes and limits. */
  update(spec: ProcessSpec): void {
    this.#spec = spec;
  }

  async ready(signal: AbortSignal): Promise<void> {
    for (;;) {
      signal.throwIfAborted();
      if (this.#state.kind === 'running') return;
      if (this.#state.kind === 'failed') throw ConpaasError.of(this.#state.failure);
      if (this.#halt.signal.aborted) throw new ConpaasError('cancelled', `${this.name} was stopped.`);
      await new Promise<void>((resolve) => {
        const wake = () => {
          this.#settled.delete(wake);
          signal.removeEventListener('abort', wake);
          resolve();
        };
        this.#settled.add(wake);
        signal.addEventListener('abort', wake);
      });
    }
  }

  signal(signal: NodeJS.Signals): void {
    const running = this.#running;
    if (!running || !isAlive(running.main) || !sendSignal(running.main.pid, signal)) {
      throw new ConpaasError('conflict', `${this.name} is not running.`);
    }
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  /** Stops watching only; the process goes on. */
  async detach(): Promise<void> {
    this.#halt.abort();
    this.#running?.forget();
    await this.#life;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #stop(): Promise<void> {
    const running = this.#running;
    if (running) this.#become({ kind: 'stopping', pid: running.main.pid });
    this.#halt.abort();
    await this.#life;
    const record = this.#running?.record;
    if (record) {
      await endGracefully(record);
      await killAll(this.#records, record);
    }
    this.#running = undefined;
    this.#records.remove(this.name);
    await this.#lookAtLog();
    this.#become({ kind: 'stopped' });
  }

  async #live(adopted: Running | undefined): Promise<void> {
    let next = adopted;
    while (!this.#halt.signal.aborted) {
      const failure = await this.#oneLife(next);
      if (!failure) return; // halted: what runs is left to stop() or to the next supervisor
      next = undefined;
      if (!(await this.#backOff(failure))) return;
      this.#restarts += 1;
    }
  }

  /** From start to death. Undefined when halted meanwhile. */
  async #oneLife(adopted: Running | undefined): Promise<Failure | undefined> {
    let running: Running;
    try {
      running = adopted ?? (await launch(this.#records, this.#spec, { kind: 'engine', restarts: this.#restarts }));
    } catch (error) {
      return toFailure(error);
    }
    this.#running = running;
    const gone = new AbortController();
    const signal = AbortSignal.any([gone.signal, this.#halt.signal]);
    if (!signal.aborted) this.#become({ kind: 'starting', pid: running.main.pid });
    try {
      return await Promise.race([
        running.exited.then((exit) => this.#exitFailure(running, exit)),
        this.#probe(running, adopted !== undefined, signal),
        aborted(this.#halt.signal),
      ]);
    } finally {
      gone.abort();
    }
  }

  /** Readiness, then health; resolves only when something is wrong (or halted). */
  async #probe(running: Running, adopted: boolean, signal: AbortSignal): Promise<Failure | undefined> {
    const { ready } = this.#spec;
    if (!(await untilReady(ready, signal))) {
      if (signal.aborted) return never();
      const seconds = readyWithin(ready) / 1000;
      return this.#failure(running, 'engine_failed', `${this.name} did not become ready within ${seconds} s.`);
    }
    if (signal.aborted) return never();
    this.#become({ kind: 'running', pid: running.main.pid, since: running.record.startedAt, adopted });
    let failures = 0;
    while (!signal.aborted) {
      const health = this.#spec.health;
      if (!health) return never();
      await delay(health.everyMs, undefined, { signal }).catch(() => undefined); // aborted: the loop ends
      if (signal.aborted) break;
      failures = (await tryProbe(health.probe, signal)) ? 0 : failures + 1;
      if (failures >= health.failures && !signal.aborted) {
        return this.#failure(running, 'health_check_failed', `${this.name} no longer answers its health check.`);
      }
    }
    return never();
  }

  /** After a death: clears away what is left and waits. False: too many, or halted. */
  async #backOff(failure: Failure): Promise<boolean> {
    if (this.#running) await killAll(this.#records, this.#running.record);
    this.#running = undefined;
    this.#records.remove(this.name);
    if (this.#halt.signal.aborted) return false;
    const { firstMs, maxMs, limit, windowMs } = this.#spec.restart;
    const now = Date.now();
    this.#exits = [...this.#exits.filter((time) => now - time < windowMs), now];
    const hopeless = failure.code === 'missing_package' || failure.code === 'sandbox_unavailable';
    if (hopeless || this.#exits.length > limit) {
      await this.#lookAtLog();
      this.#become({ kind: 'failed', failure: { ...failure, retry: true } });
      return false;
    }
    const pause = Math.min(maxMs, firstMs * 2 ** (this.#exits.length - 1));
    this.#become({ kind: 'backing_off', until: now + pause, failure });
    await delay(pause, undefined, { signal: this.#halt.signal }).catch(() => undefined); // halted: checked below
    return !this.#halt.signal.aborted;
  }

  async #exitFailure(running: Running, exit: Exit): Promise<Failure> {
    return this.#failure(running, 'engine_failed', `${this.name} ${describeExit(exit)}.`);
  }

  async #failure(running: Running, code: Failure['code'], message: string): Promise<Failure> {
    const log = await lastLines(this.#spec.log.path, failureLines, running.logStart).catch(() => []);
    return { code, message, retry: true, ...(log.length > 0 ? { log } : {}) };
  }

  async #keepLog(): Promise<void> {
    while (!this.#halt.signal.aborted) {
      await this.#lookAtLog();
      await delay(keepLogMs, undefined, { signal: this.#halt.signal }).catch(() => undefined); // halted: the loop ends
    }
  }

  async #lookAtLog(): Promise<void> {
    try {
      await this.#keeper.look();
    } catch {
      // A full disk or a planted link must not end the engine; reading the log tells of it.
    }
  }

  #become(state: ProcessState): void {
    this.#state = state;
    for (const wake of [...this.#settled]) wake();
    this.#onChange(state);
  }
}

/** In words, to follow the name of a program. */
function describeExit(exit: Exit): string {
  switch (exit.kind) {
    case 'code':
      return `ended with exit code ${exit.code}`;
    case 'signal':
      return `was ended by ${exit.signal}`;
    case 'unknown':
      return 'ended (it was started before this agent, so its exit code is unknown)';
  }
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    else signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}

/** For a race that others win. */
function never(): Promise<never> {
  return new Promise(() => undefined);
}
