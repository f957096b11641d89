/** An operation that runs in this process, and how any operation looks from outside. */
import type { Operation, OperationStep } from '../contract/operation.ts';
import type { OperationRecord } from './store.ts';

/** What of a running operation is shown and never journaled. */
export interface Live {
  record: OperationRecord;
  controller: AbortController;
  mirrored: Map<string, readonly OperationStep[]>;
  progress: Map<string, { progress?: number | undefined; detail?: string | undefined }>;
  log: string[];
  finished: Promise<void>;
}

/** @param retried whether it could be begun again where it has failed: its kind is known here */
export function publicOperation(record: OperationRecord, live: Live | undefined, retried: boolean): Operation {
  const steps = record.steps.flatMap((step): OperationStep[] => {
    const mirrored = live?.mirrored.get(step.name) ?? (step.state === 'failed' ? record.mirrored : undefined);
    if (mirrored && step.state !== 'done') return [...mirrored];
    return [{ ...step, ...(step.state === 'running' ? live?.progress.get(step.name) : undefined) }];
  });
  return {
    id: record.id,
    kind: record.kind,
    title: record.title,
    target: record.target,
    state: record.state,
    steps,
    failure: record.failure,
    log: live?.log ?? record.log ?? [],
    startedAt: record.startedAt,
    endedAt: record.endedAt,
    deadline: record.deadline,
    requestedBy: record.requestedBy,
    cancellable: record.state === 'running',
    retryable: retried && (record.state === 'failed' || record.state === 'cancelled'),
    outcome: record.outcome,
  };
}
