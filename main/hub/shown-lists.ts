/**
 * The lists of one director that windows show: its applications and operations. They are read whole, again and again,
 * and events tell of changes in between; windows get what is different.
 */
import { isDeepStrictEqual } from 'node:util';
import type { ApplicationSummary, Event } from '../../remote/core/contract/application.ts';
import { Operation } from '../../remote/core/contract/operation.ts';
import { Coalesced } from './coalesce.ts';
import type { Connection } from './deployment.ts';

/** Ended operations that are kept for the list. */
const operationsKept = 500;

export interface ShownListsOptions {
  /** What an earlier window has seen. */
  readonly applications: readonly ApplicationSummary[];
  applicationsChanged(changed: readonly ApplicationSummary[], removed: readonly string[]): void;
  operationsChanged(changed: readonly Operation[]): void;
  /** How many applications go on when the window closes. */
  running(applications: number): void;
}

export class ShownLists implements Disposable {
  readonly #options: ShownListsOptions;
  readonly #applications = new Map<string, ApplicationSummary>();
  readonly #operations = new Map<string, Operation>();
  readonly #applicationChanges: Coalesced<ApplicationSummary>;
  readonly #operationChanges: Coalesced<Operation>;
  /** How many applications go on when the window closes. */
  #goingOn = 0;
  /** For each reading of the lists that is under way: what events have told of since it began. */
  readonly #toldMeanwhile = new Set<Set<string>>();

  constructor(options: ShownListsOptions) {
    this.#options = options;
    for (const summary of options.applications) {
      this.#applications.set(summary.id, summary);
      this.#goingOn += Number(goesOn(summary));
    }
    this.#applicationChanges = new Coalesced((batch) => {
      const changed = [...batch.values()].filter((value) => value !== undefined);
      const removed = [...batch].filter(([, value]) => value === undefined).map(([id]) => id);
      options.applicationsChanged(changed, removed);
    });
    this.#operationChanges = new Coalesced((batch) =>
      options.operationsChanged([...batch.values()].filter((value) => value !== undefined)),
    );
  }

  applications(): ApplicationSummary[] {
    return [...this.#applications.values()];
  }

  operations(): Operation[] {
    return [...this.#operations.values()];
  }

  application(id: string): ApplicationSummary | undefined {
    return this.#applications.get(id);
  }

  /** Reads both from the director. @throws ConpaasError what its calls fail with */
  async read({ director }: Connection, signal: AbortSignal): Promise<void> {
    // What an event tells meanwhile is newer than the list that is on its way.
    const told = new Set<string>();
    this.#toldMeanwhile.add(told);
    try {
      const [applications, operations] = await Promise.all([
        director.call('list_applications', {}, { signal }),
        director.call('list_operations', { limit: 200 }, { signal }),
      ]);
      const there = new Set<string>(applications.map(({ id }) => id));
      for (const id of [...this.#applications.keys()])
        if (!there.has(id) && !told.has(id)) this.#putApplication(id, undefined);
      for (const summary of applications) if (!told.has(summary.id)) this.#putApplication(summary.id, summary);
      for (const operation of operations.toReversed()) if (!told.has(operation.id)) this.putOperation(operation);
    } finally {
      this.#toldMeanwhile.delete(told);
    }
  }

  /** Takes what an event tells of them. */
  take(event: Event): void {
    switch (event.type) {
      case 'application':
        this.#telling(event.application.id);
        this.#putApplication(event.application.id, event.application);
        break;
      case 'application_deleted':
        this.#telling(event.id);
        this.#putApplication(event.id, undefined);
        break;
      case 'operation': {
        const operation = Operation.safeParse(event.operation);
        if (!operation.success) break;
        this.#telling(operation.data.id);
        this.putOperation(operation.data);
        break;
      }
      case 'notice':
      case 'vm':
        break;
    }
  }

  /** The deployment runs no more: its applications are gone. */
  forgetApplications(): void {
    for (const id of [...this.#applications.keys()]) this.#putApplication(id, undefined);
  }

  putOperation(operation: Operation): void {
    this.#operations.delete(operation.id);
    this.#operations.set(operation.id, operation);
    for (const [id, old] of this.#operations) {
      if (this.#operations.size <= operationsKept) break;
      if (old.state !== 'running') this.#operations.delete(id);
    }
    this.#operationChanges.put(operation.id, operation);
  }

  #telling(id: string): void {
    for (const told of this.#toldMeanwhile) told.add(id);
  }

  #putApplication(id: string, summary: ApplicationSummary | undefined): void {
    const before = this.#applications.get(id);
    // The lists are read again and again: of thousands of applications most are as they were.
    if (isDeepStrictEqual(before, summary)) return;
    if (summary) this.#applications.set(id, summary);
    else this.#applications.delete(id);
    this.#applicationChanges.put(id, summary);
    this.#goingOn += Number(goesOn(summary)) - Number(goesOn(before));
    this.#options.running(this.#goingOn);
  }

  [Symbol.dispose](): void {
    this.#applicationChanges[Symbol.dispose]();
    this.#operationChanges[Symbol.dispose]();
  }
}

function goesOn(summary: ApplicationSummary | undefined): boolean {
  return summary !== undefined && summary.state !== 'stopped' && summary.state !== 'failed';
}
