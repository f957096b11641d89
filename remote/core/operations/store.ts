/** Where a runner keeps its operations: one table of the journal it is given. */
import type { DatabaseSync } from 'node:sqlite';
import type { Failure } from '../contract/errors.ts';
import type { OperationId } from '../contract/ids.ts';
import type { OperationState, OperationStep, OperationTarget } from '../contract/operation.ts';

/** SQL for the journal's migrations. */
export const operationsTable =
  'CREATE TABLE operation (id TEXT PRIMARY KEY, state TEXT NOT NULL, started REAL NOT NULL, record TEXT NOT NULL) STRICT';

export interface OperationRecord {
  readonly id: OperationId;
  readonly kind: string;
  readonly title: string;
  readonly target: OperationTarget;
  readonly params: object;
  readonly memory: Record<string, unknown>;
  readonly steps: OperationStep[];
  state: OperationState;
  failure: Failure | undefined;
  readonly outcome: Record<string, string>;
  readonly startedAt: number;
  endedAt: number | undefined;
  deadline: number;
  requestedBy: string;
  attempt: number;
  /** Last lines, kept when it has ended. */
  log?: string[];
  /** Steps of another process that stood in place of the one that failed. */
  mirrored?: readonly OperationStep[] | undefined;
}

export function loadOperations(database: DatabaseSync): OperationRecord[] {
  return database
    .prepare('SELECT record FROM operation ORDER BY started')
    .all()
    .map((row) => JSON.parse(row['record'] as string) as OperationRecord);
}

export function insertOperation(database: DatabaseSync, record: OperationRecord): void {
  database
    .prepare('INSERT INTO operation (id, state, started, record) VALUES (?, ?, ?, ?)')
    .run(record.id, record.state, record.startedAt, JSON.stringify(record));
}

export function updateOperation(database: DatabaseSync, record: OperationRecord): void {
  database
    .prepare('UPDATE operation SET state = ?, record = ? WHERE id = ?')
    .run(record.state, JSON.stringify(record), record.id);
}

/** Forgets the oldest ended operations beyond `keep`. @returns which */
export function deleteEnded(database: DatabaseSync, keep: number): OperationId[] {
  return database
    .prepare(
      "DELETE FROM operation WHERE id IN (SELECT id FROM operation WHERE state <> 'running' ORDER BY started DESC LIMIT -1 OFFSET ?) RETURNING id",
    )
    .all(keep)
    .map((row) => row['id'] as OperationId);
}
