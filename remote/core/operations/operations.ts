/**
 * Operations: whatever takes time, with steps, deadline, cancel and retry. A runner keeps them in a journal, so that
 * after a crash each goes on at the step it was in (steps are idempotent) or fails at its deadline.
 */
import { ConpaasError, type Failure, toFailure } from '../contract/errors.ts';
import { newId, OperationId } from '../contract/ids.ts';
import type { Operation, OperationState } from '../contract/operation.ts';
import type { Journal } from '../journal/index.ts';
import { patienceHere } from '../supervisor/patience.ts';
import { attributed } from './attribution.ts';
import type { OperationKind, Step, StepContext } from './kind.ts';
import { type Live, publicOperation } from './live.ts';
import { deleteEnded, insertOperation, loadOperations, type OperationRecord, updateOperation } from './store.ts';
import { orAbort, turn } from './waiting.ts';

export interface OperationsOptions {
  readonly journal: Journal;
  /** Called with the public object at each change (also of progress). */
  onChange(operation: Operation): void;
  log(line: string): void;
  readonly now?: () => number;
  /** By how much deadlines are lengthened; default: as this machine needs it, on which others are waited for that are like it. */
  readonly patience?: number;
}

const keepEnded = 500;
const logLines = 50;

/** A runner of operations; see the module. Dispose it to stop running (operations go on in the next life). */
export class Operations implements AsyncDisposable {
  readonly #options: OperationsOptions;
  readonly #kinds = new Map<string, OperationKind<never>>();
  readonly #records = new Map<OperationId, OperationRecord>();
  readonly #live = new Map<OperationId, Live>();
  readonly #queues = new Map<string, Promise<void>>();
  readonly #now: () => number;
  #closing = false;

  constructor(options: OperationsOptions) {
    this.#options = options;
    this.#now = options.now ?? Date.now;
    for (const record of options.journal.read(loadOperations)) this.#records.set(record.id, record);
  }

  register<Params>(kind: OperationKind<Params>): void {
    this.#kinds.set(kind.kind, kind as unknown as OperationKind<never>);
  }

  /** Goes on with what was running when the process ended. Call once, after all kinds are registered. */
  resume(): void {
    for (const record of this.#records.values()) if (record.state === 'running') this.#run(record);
  }

  /** Starts an operation; with an id that exists already it answers that one (so a repeated call is harmless). */
  async start<Params extends object>(
    kind: string,
    params: Params,
    more: { id?: OperationId; requestedBy: string },
  ): Promise<OperationId> {
    const id = more.id ?? OperationId.parse(newId('op'));
    if (this.#records.has(id)) return id;
    const definition = this.#definition<Params>(kind);
    const now = this.#now();
    const record: OperationRecord = {
      id,
      kind,
      title: definition.title(params),
      target: definition.target(params),
      params,
      memory: {},
      steps: definition.steps(params).map(({ name, title }) => ({ name, title, state: 'waiting' })),
      state: 'running',
      failure: undefined,
      outcome: {},
      startedAt: now,
      endedAt: undefined,
      deadline: now + this.#limitOf(definition),
      requestedBy: more.requestedBy,
      attempt: 1,
    };
    this.#records.set(id, record);
    try {
      const forgotten = await this.#options.journal.write((db) => {
        insertOperation(db, record);
        return deleteEnded(db, keepEnded);
      });
      for (const old of forgotten) this.#records.delete(old);
    } catch (error) {
      this.#records.delete(id);
      throw error;
    }
    this.#run(record);
    return id;
  }

  get(id: OperationId): Operation | undefined {
    const record = this.#records.get(id);
    return record ? this.#public(record) : undefined;
  }

  /** Newest first. */
  list(): Operation[] {
    return [...this.#records.values()].sort((a, b) => b.startedAt - a.startedAt).map((record) => this.#public(record));
  }

  /** Parameters of an operation, for its kind's owner. */
  params(id: OperationId): unknown {
    return this.#records.get(id)?.params;
  }

  /** Asks a running operation to stop; resolves when it has ended. */
  async cancel(id: OperationId): Promise<void> {
    const record = this.#records.get(id);
    if (!record) throw new ConpaasError('not_found', `There is no operation ${id}.`);
    const live = this.#live.get(id);
    if (!live) return;
    const definition = this.#kinds.get(record.kind);
    await definition?.onCancel?.(record.params as never, id);
    live.controller.abort(new ConpaasError('cancelled', 'It was cancelled.'));
    await live.finished;
  }

  /** Resumes a failed or cancelled operation at the step that did not end. */
  async retry(id: OperationId, requestedBy: string): Promise<void> {
    const record = this.#records.get(id);
    if (!record) throw new ConpaasError('not_found', `There is no operation ${id}.`);
    if (record.state === 'running') return;
    if (record.state === 'done') throw new ConpaasError('conflict', 'It is done; there is nothing to retry.');
    const definition = this.#definition(record.kind);
    record.state = 'running';
    record.failure = undefined;
    record.endedAt = undefined;
    record.requestedBy = requestedBy;
    record.attempt += 1;
    record.deadline = this.#now() + this.#limitOf(definition);
    for (const step of record.steps) if (step.state !== 'done') step.state = 'waiting';
    await this.#save(record);
    this.#run(record);
  }

  /** Resolves with the ended operation; rejects when the signal aborts first. */
  async ended(id: OperationId, signal: AbortSignal): Promise<Operation> {
    const live = this.#live.get(id);
    if (live) {
      await Promise.race([
        live.finished,
        new Promise((_resolve, reject) =>
          signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }),
        ),
      ]);
    }
    const operation = this.get(id);
    if (!operation) throw new ConpaasError('not_found', `There is no operation ${id}.`);
    return operation;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing = true;
    const live = [...this.#live.values()];
    for (const { controller } of live) controller.abort(new ConpaasError('interrupted', 'The process is ending.'));
    await Promise.all(live.map(({ finished }) => finished));
  }

  #definition<Params>(kind: string): OperationKind<Params> {
    const definition = this.#kinds.get(kind);
    if (!definition) throw new ConpaasError('internal', `Operations of kind ${kind} are not known here.`);
    return definition as unknown as OperationKind<Params>;
  }

  #run(record: OperationRecord): void {
    const live: Live = {
      record,
      controller: new AbortController(),
      mirrored: new Map(),
      progress: new Map(),
      log: [],
      finished: Promise.resolve(),
    };
    this.#live.set(record.id, live);
    const definition = this.#kinds.get(record.kind);
    const queue = definition?.queue(record.params as never);
    const before = queue === undefined ? undefined : this.#queues.get(queue);
    if (definition?.preempts && queue !== undefined) {
      for (const other of this.#live.values()) {
        const same = this.#kinds.get(other.record.kind)?.queue(other.record.params as never) === queue;
        if (same && other !== live) {
          other.controller.abort(new ConpaasError('cancelled', `"${record.title}" was asked for meanwhile.`));
        }
      }
    }
    live.finished = this.#execute(live, definition as unknown as OperationKind<unknown> | undefined, before).finally(
      () => {
        if (this.#live.get(record.id) === live) this.#live.delete(record.id);
        if (!this.#closing) this.#options.onChange(this.#public(record));
      },
    );
    if (queue !== undefined) {
      // One that is cancelled while it waits must not let those behind it pass what still runs before it.
      this.#queues.set(
        queue,
        Promise.all([before, live.finished]).then(() => undefined),
      );
    }
    this.#options.onChange(this.#public(record));
  }

  async #execute(live: Live, definition: OperationKind<unknown> | undefined, before?: Promise<void>): Promise<void> {
    const { record, controller } = live;
    const timer = setTimeout(
      () =>
        controller.abort(
          new ConpaasError('deadline_exceeded', 'It did not end in time and was given up.', { retry: true }),
        ),
      Math.max(0, record.deadline - this.#now()),
    );
    timer.unref();
    try {
      if (!definition) throw new ConpaasError('interrupted', `This version does not know operations "${record.kind}".`);
      if (before) await turn(before, controller.signal);
      for (const step of definition.steps(record.params)) {
        const state = record.steps.find(({ name }) => name === step.name);
        if (!state || state.state === 'done') continue;
        await this.#step(live, step, state);
      }
      await this.#end(live, 'done');
    } catch (thrown) {
      const reason = controller.signal.aborted ? (controller.signal.reason as unknown) : thrown;
      const failure = toFailure(reason instanceof ConpaasError ? reason : thrown);
      if (failure.code === 'internal')
        this.#options.log(`${record.kind} ${record.id}: ${String((thrown as Error).stack)}`);
      if (this.#closing && failure.code === 'interrupted') return;
      await this.#end(live, failure.code === 'cancelled' ? 'cancelled' : 'failed', failure).catch((error: unknown) =>
        this.#options.log(`${record.id} could not be journaled as failed: ${String(error)}`),
      );
    } finally {
      clearTimeout(timer);
    }
  }

  async #step(live: Live, step: Step<unknown>, state: OperationRecord['steps'][number]): Promise<void> {
    const { record, controller } = live;
    controller.signal.throwIfAborted();
    state.state = 'running';
    state.startedAt = this.#now();
    this.#options.onChange(this.#public(record));
    const context: StepContext<unknown> = {
      id: record.id,
      params: record.params,
      requestedBy: record.requestedBy,
      attempt: record.attempt,
      signal: controller.signal,
      memory: record.memory,
      remember: async (facts) => {
        Object.assign(record.memory, facts);
        await this.#save(record);
      },
      update: (progress, detail) => {
        live.progress.set(step.name, { progress, detail });
        this.#options.onChange(this.#public(record));
      },
      log: (line) => {
        live.log.push(line);
        if (live.log.length > logLines) live.log.shift();
        this.#options.onChange(this.#public(record));
      },
      result: (facts) => {
        Object.assign(record.outcome, facts);
      },
      mirror: (steps) => {
        live.mirrored.set(step.name, steps);
        this.#options.onChange(this.#public(record));
      },
    };
    const { id: operation, kind, title, requestedBy: by } = record;
    await orAbort(
      attributed({ operation, kind, title, by }, () => step.run(context)),
      controller.signal,
    );
    state.state = 'done';
    state.endedAt = this.#now();
    live.progress.delete(step.name);
    await this.#save(record);
    this.#options.onChange(this.#public(record));
  }

  async #end(live: Live, state: OperationState, failure?: Failure): Promise<void> {
    const { record } = live;
    record.state = state;
    record.failure = failure;
    record.endedAt = this.#now();
    record.log = live.log;
    for (const step of record.steps) {
      if (step.state === 'running') {
        step.state = 'failed';
        step.endedAt = record.endedAt;
        record.mirrored = live.mirrored.get(step.name);
      }
    }
    await this.#save(record);
  }

  #limitOf({ deadlineMs }: Pick<OperationKind<never>, 'deadlineMs'>): number {
    return deadlineMs * (this.#options.patience ?? patienceHere());
  }

  #save(record: OperationRecord): Promise<void> {
    return this.#options.journal.write((db) => updateOperation(db, record));
  }

  #public(record: OperationRecord): Operation {
    return publicOperation(record, this.#live.get(record.id), this.#kinds.has(record.kind));
  }
}
