/**
 * Makes one node what its assignment says, again and again: one thing at a time, given up for a newer assignment,
 * tried again after a failure with growing pauses.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { NodeAssignment } from '../core/contract/agent.ts';
import type { NodeObservation } from '../core/contract/application.ts';
import { ConpaasError, type Failure, toFailure, traceOf } from '../core/contract/errors.ts';
import type { Call, DownloadBody, UploadedFile } from '../core/contract/method.ts';
import type { ScriptOutput } from '../core/contract/scripts.ts';
import { Changed } from '../core/events/index.ts';
import type { NodeContext, NodeMeasurement, ServiceAgent, ServiceAgentNode } from '../core/service/agent.ts';
import type { RoleSpec } from '../core/service/spec.ts';
import { createSupervisor, type ProcessState, recordedPids, type Supervisor } from '../core/supervisor/index.ts';
import type { Blobs } from './blobs.ts';
import { dryRun } from './dry-run.ts';
import { createNodeContext } from './node-context.ts';
import { NodeEngines } from './node-engines.ts';
import { keepLogs } from './node-logs.ts';
import { type NodePlaces, placesOf, removePlaces } from './node-places.ts';
import { type NodePhase, nodeState } from './node-state.ts';
import { untilVolumeIsHere } from './node-volume.ts';
import { requireEngines } from './packages.ts';
import type { Ports } from './ports.ts';
import { Terminals } from './terminal/terminals.ts';

export interface NodeRunnerOptions {
  readonly assignment: NodeAssignment;
  readonly service: ServiceAgent | undefined;
  readonly role: RoleSpec | undefined;
  readonly home: string;
  readonly address: string;
  readonly uid: number | undefined;
  readonly ports: Ports;
  readonly blobs: Blobs;
  onChange(): void;
  log(line: string): void;
}

const firstPauseMs = 500;
const longestPauseMs = 30_000;

export class NodeRunner {
  readonly node: string;
  readonly places: NodePlaces;
  readonly #options: NodeRunnerOptions;
  readonly #supervisor: Supervisor;
  readonly #context: NodeContext;
  readonly #engines = new NodeEngines();
  readonly terminals: Terminals;
  readonly #end = new AbortController();
  readonly #wake = new Changed();
  readonly #worked: Promise<void>;
  #service: ServiceAgentNode | undefined;
  #wanted: NodeAssignment;
  /** Aborts what is being done for an assignment when a newer one comes. */
  #attempt = new AbortController();
  /** Serial: apply, stop and the handlers of the service. */
  #turn: Promise<unknown> = Promise.resolve();
  #phase: NodePhase = 'idle';
  /** Hash of what is in force. */
  #applied: string | undefined;
  /** Whether what is in force is a running node. */
  #isUp = false;
  #failure: Failure | undefined;
  #pause = firstPauseMs;
  #since = Date.now();
  #lastState: NodeObservation['state'] | undefined;

  constructor(options: NodeRunnerOptions) {
    this.#options = options;
    this.#wanted = options.assignment;
    this.node = options.assignment.node;
    this.places = placesOf(options.home, this.node);
    this.#supervisor = createSupervisor({
      directory: this.places.records,
      onChange: (name, state) => this.#engineChanged(name, state),
    });
    const { service, role, volume } = options.assignment;
    this.#context = createNodeContext({
      ...options,
      node: this.node,
      service,
      role,
      volume,
      supervisor: this.#supervisor,
      uncontained: () => this.#wanted.uncontained === true,
      onStart: (name, engine, log, sandbox) => this.#engines.put(name, engine, log, sandbox),
      onChange: () => this.#changed(),
    });
    this.terminals = new Terminals({
      node: this.node,
      uid: options.uid,
      records: this.places.records,
      sandbox: () => this.#engines.sandbox,
    });
    this.#worked = this.#work();
    void keepLogs(() => this.#ownLogs(), this.#end.signal);
  }

  get assignment(): NodeAssignment {
    return this.#wanted;
  }

  /** What it should be from now on. The same assignment again tries at once what has failed. */
  assign(assignment: NodeAssignment): void {
    const same = JSON.stringify(assignment) === JSON.stringify(this.#wanted);
    if (same && this.#failure === undefined) return;
    this.#wanted = assignment;
    if (!same) {
      this.#failure = undefined;
      this.#attempt.abort(new Error('a newer assignment has come'));
    }
    this.#pause = firstPauseMs;
    this.#retry();
    this.#changed();
  }

  /** All that is its own on disk. */
  get directories(): readonly string[] {
    const { directory, dataDirectory } = this.#context;
    return directory === dataDirectory ? [directory] : [directory, dataDirectory];
  }

  observation(): NodeObservation {
    const { ports, detail } = this.#report();
    const failure = this.#failure ?? this.#engines.failure;
    return {
      node: this.#wanted.node,
      state: this.#state,
      failure,
      applied: this.#applied,
      attempted: this.#wanted.hash,
      ports,
      detail,
      restarts: this.#engines.restarts,
      since: this.#since,
    };
  }

  /** Paths of its logs by name. */
  logs(): Readonly<Record<string, string>> {
    return { ...this.#service?.logs(), conpaas: this.places.log };
  }

  /** Figures that its service tells of it while it runs; not in turn with its other work, which may take long. */
  measure(signal: AbortSignal): Promise<NodeMeasurement> | undefined {
    return this.#isUp ? this.#service?.measure?.(signal) : undefined;
  }

  /** Pids at the roots of its process trees. */
  pids(): number[] {
    return recordedPids(this.places.records);
  }

  /**
   * Tries a script on a copy of what it would work on; see dry-run.ts. It waits for nothing: the node goes on meanwhile.
   * @throws ConpaasError conflict where the node takes no scripts, or does not run yet
   */
  dryRun(script: string, network: boolean, signal: AbortSignal): AsyncIterable<ScriptOutput> {
    const place = this.#service?.scriptPlace?.();
    if (!place) throw new ConpaasError('conflict', `${this.node} runs no scripts now. Start its service first.`);
    const { directory, records } = this.places;
    const within = AbortSignal.any([signal, this.#end.signal]);
    return dryRun({ node: this.node, directory, records, uid: this.#options.uid, place, script, network }, within);
  }

  /** Calls a method of the service type. */
  handle(
    name: string,
    params: Record<string, unknown>,
    call: Call,
    body: UploadedFile | undefined,
  ): Promise<unknown | DownloadBody> {
    return this.#serial(() => {
      const handler = this.#service && Object.hasOwn(this.#service.handlers, name) && this.#service.handlers[name];
      if (!handler) {
        throw new ConpaasError('conflict', `The node ${this.node} (${this.#wanted.role}) cannot do ${name}.`);
      }
      call.signal.throwIfAborted();
      return handler(params, { ...call, signal: AbortSignal.any([call.signal, this.#end.signal]) }, body);
    });
  }

  /** Stops its engines and removes its directory. */
  async remove(): Promise<void> {
    this.#phase = 'stopping';
    this.#end.abort(new Error('the node is being removed'));
    this.#attempt.abort(this.#end.signal.reason);
    this.#options.onChange();
    await this.terminals.closeAll(new ConpaasError('not_found', `The node ${this.node} was removed.`));
    await this.#worked;
    await this.#turn.catch(() => undefined); // whoever asked for it was told
    // Gracefully as far as the service can; what it cannot end is ended by its record.
    await this.#service?.stop(AbortSignal.timeout(30_000)).catch((error: unknown) => this.#note('stop', error));
    await this.#supervisor[Symbol.asyncDispose]();
    await removePlaces(this.places);
  }

  /** Lets go: engines run on for the next agent. */
  async detach(): Promise<void> {
    this.#end.abort(new Error('the agent is ending'));
    this.#attempt.abort(this.#end.signal.reason);
    await this.terminals.closeAll(
      new ConpaasError('unreachable', 'The agent of the node is ending. Open the terminal again.', { retry: true }),
    );
    await this.#worked;
    await this.#supervisor[Symbol.asyncDispose]();
  }

  async #work(): Promise<void> {
    await Promise.resolve(); // not before the constructor has returned
    let done: NodeAssignment | undefined;
    while (!this.#end.signal.aborted) {
      const seen = this.#wake.generation;
      const wanted = this.#wanted;
      if (done !== wanted || this.#needsRepair()) {
        this.#attempt = new AbortController();
        try {
          await this.#serial(() => this.#bring(wanted, this.#attempt.signal));
          done = wanted;
          this.#failure = undefined;
          if (!this.#needsRepair()) this.#pause = firstPauseMs;
        } catch (error) {
          done = undefined;
          if (!this.#attempt.signal.aborted) this.#note('apply', error);
        }
        this.#phase = 'idle';
        this.#changed();
        if (done === undefined || this.#needsRepair()) {
          if (this.#wanted === wanted) await this.#rest(seen);
          continue;
        }
      }
      await this.#wake.next(seen, this.#end.signal).catch(() => undefined); // removed: the loop ends
    }
  }

  async #bring(wanted: NodeAssignment, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (!this.#options.service || !this.#options.role) {
      const { type, role } = wanted;
      throw new ConpaasError('invalid_request', `This agent knows no role ${role} of a service type ${type}.`);
    }
    this.#service ??= this.#options.service(this.#context);
    this.#phase = wanted.running ? 'applying' : 'stopping';
    this.#changed();
    if (wanted.running) {
      requireEngines(this.#options.role);
      if (wanted.volume !== undefined)
        await untilVolumeIsHere({ node: this.node, volume: wanted.volume, context: this.#context }, signal);
      await this.#service.apply(wanted, signal);
    } else {
      await this.#service.stop(signal);
      await this.#supervisor.endLeftovers();
    }
    signal.throwIfAborted();
    this.#isUp = wanted.running;
    this.#applied = wanted.hash;
  }

  /** Waits before the next attempt; a newer assignment, or a request to try again, ends the wait. */
  async #rest(seen: number): Promise<void> {
    const over = new AbortController();
    const signal = AbortSignal.any([over.signal, this.#end.signal]);
    const pause = this.#pause;
    this.#pause = Math.min(pause * 2, longestPauseMs);
    const ignore = () => undefined; // the end of the wait, however it came
    await Promise.race([
      delay(pause, undefined, { signal }).catch(ignore),
      this.#wake.next(seen, signal).catch(ignore),
    ]);
    over.abort();
  }

  #serial<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(work, work);
    this.#turn = result.catch(() => undefined); // its caller is told
    return result;
  }

  /** An engine that the supervisor has given up is started again by applying once more. */
  #needsRepair(): boolean {
    return this.#isUp && this.#wanted.running && this.#engines.isAny('failed');
  }

  #engineChanged(name: string, state: ProcessState): void {
    if (state.kind === 'stopped') this.#engines.remove(name);
    if (state.kind === 'failed' && this.#phase === 'idle') this.#retry();
    if (state.kind === 'backing_off' || state.kind === 'failed') {
      this.#context.log(`${state.failure.message}`);
      for (const line of state.failure.log ?? []) this.#context.log(`  ${line}`);
    }
    this.#changed();
  }

  get #state(): NodeObservation['state'] {
    return nodeState({
      phase: this.#phase,
      isUp: this.#isUp,
      isApplied: this.#applied !== undefined,
      isWanted: this.#wanted.running,
      hasFailed: this.#failure !== undefined,
      engines: this.#engines,
    });
  }

  #report(): { ports: Record<string, number>; detail: Record<string, unknown> } {
    try {
      return this.#service?.report() ?? { ports: {}, detail: {} };
    } catch (error) {
      this.#options.log(`${this.node}: report: ${describeError(error)}`);
      return { ports: {}, detail: {} };
    }
  }

  #retry(): void {
    this.#wake.notify();
  }

  #changed(): void {
    const state = this.#state;
    if (state !== this.#lastState) this.#since = Date.now();
    this.#lastState = state;
    this.#options.onChange();
  }

  #note(what: string, error: unknown): void {
    const failure = toFailure(error);
    this.#failure = failure;
    this.#context.log(`${what}: ${failure.message}`);
    for (const line of failure.log ?? []) this.#context.log(`  ${line}`);
    this.#options.log(`${this.node}: ${what}: ${describeError(error)}`);
  }

  /** Paths of the logs that no supervised process stamps and rotates. */
  #ownLogs(): string[] {
    const supervised = this.#engines.logs;
    return Object.values(this.logs()).filter((path) => !supervised.has(path));
  }
}

function describeError(error: unknown): string {
  if (error instanceof ConpaasError) return `${error.code}: ${error.message}`;
  return traceOf(error);
}
