/** Operations that managers started themselves (add_nodes, activate ...), kept so that lists never call managers. */
import type { ApplicationId, OperationId } from '../core/contract/ids.ts';
import type { Operation } from '../core/contract/operation.ts';
import type { Journal } from '../core/journal/index.ts';

const keep = 1000;
/** A manager ends its operations at their deadline itself; this long it may take until we hear of it. */
const graceMs = 30_000;

export class RemoteOperations {
  readonly #journal: Journal;
  readonly #operations = new Map<OperationId, { application: ApplicationId; operation: Operation }>();
  readonly #onChange: (operation: Operation) => void;

  constructor(journal: Journal, onChange: (operation: Operation) => void) {
    this.#journal = journal;
    this.#onChange = onChange;
    const rows = journal.read((db) => db.prepare('SELECT application, record FROM remote_operation').all());
    for (const row of rows) {
      const operation = JSON.parse(row['record'] as string) as Operation;
      this.#operations.set(operation.id, { application: row['application'] as ApplicationId, operation });
    }
  }

  /** Takes what a manager reports; only the start and the end of an operation are journaled. */
  async report(application: ApplicationId, operations: readonly Operation[]): Promise<void> {
    const writes = operations.filter(
      (operation) => this.#operations.get(operation.id)?.operation.state !== operation.state,
    );
    for (const operation of operations) {
      this.#operations.set(operation.id, { application, operation });
      this.#onChange(operation);
    }
    if (writes.length === 0) return;
    await this.#journal.write((db) => {
      const statement = db.prepare(
        'INSERT INTO remote_operation (id, application, started, record) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET record = excluded.record',
      );
      for (const operation of writes) {
        statement.run(operation.id, application, operation.startedAt, JSON.stringify(operation));
      }
      db.prepare(
        'DELETE FROM remote_operation WHERE id IN (SELECT id FROM remote_operation ORDER BY started DESC LIMIT -1 OFFSET ?)',
      ).run(keep);
    });
  }

  /**
   * Ends as failed what nobody can report any more: what is long past its deadline, and all of an application whose
   * manager has been replaced (the new one knows nothing of them).
   */
  async interrupt(which: { replaced: ApplicationId } | { now: number }): Promise<void> {
    for (const { application, operation } of [...this.#operations.values()]) {
      if (operation.state !== 'running') continue;
      const lost = 'replaced' in which ? application === which.replaced : operation.deadline + graceMs < which.now;
      if (!lost) continue;
      const message =
        'replaced' in which
          ? 'The manager was replaced while it ran. Look at what is there, and ask for it again.'
          : 'Nothing was heard of it after its deadline. Look at what is there, and ask for it again.';
      const ended: Operation = {
        ...operation,
        state: 'failed',
        endedAt: Date.now(),
        failure: { code: 'interrupted', message, retry: false },
        steps: operation.steps.map((step) => (step.state === 'running' ? { ...step, state: 'failed' } : step)),
        cancellable: false,
        retryable: false,
      };
      await this.report(application, [ended]);
    }
  }

  get(id: OperationId): Operation | undefined {
    return this.#operations.get(id)?.operation;
  }

  applicationOf(id: OperationId): ApplicationId | undefined {
    return this.#operations.get(id)?.application;
  }

  list(): Operation[] {
    return [...this.#operations.values()].map(({ operation }) => operation);
  }

  forgetApplication(application: ApplicationId): void {
    for (const [id, entry] of this.#operations) if (entry.application === application) this.#operations.delete(id);
  }
}
