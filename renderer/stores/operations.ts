import { create } from 'zustand';
import type { Operation } from '../../remote/core/contract/operation.ts';
import { desktop } from '../hub/desktop.ts';
import { told } from './told.ts';

interface OperationsStore {
  readonly byId: ReadonlyMap<string, Operation>;
  readonly loaded: boolean;
  /** Ends of operations up to this time were seen by the user. */
  readonly seenUntil: number;
}

export const useOperations = create<OperationsStore>(() => ({
  byId: new Map(),
  loaded: false,
  seenUntil: told.seenUntil ?? Date.now(),
}));

export function replaceOperations(all: readonly Operation[]): void {
  useOperations.setState({ byId: new Map(all.map((operation) => [operation.id, operation])), loaded: true });
}

export function changeOperations(changed: readonly Operation[]): void {
  useOperations.setState(({ byId }) => {
    const next = new Map(byId);
    for (const operation of changed) next.set(operation.id, operation);
    return { byId: next };
  });
}

/** Newest first. */
export function newestFirst(operations: Iterable<Operation>): Operation[] {
  return [...operations].sort((a, b) => b.startedAt - a.startedAt);
}

/** The user has seen all that has ended until now; remembered over restarts of the window. */
export function markSeen(): void {
  const seenUntil = Date.now();
  useOperations.setState({ seenUntil });
  void desktop.remember({ seenUntil });
}

/** What the sidebar counts: running, and failed since the user last looked. */
export function needingAttention({ byId, seenUntil }: OperationsStore): number {
  let count = 0;
  for (const { state, endedAt } of byId.values()) {
    if (state === 'running' || (state === 'failed' && (endedAt ?? 0) > seenUntil)) count++;
  }
  return count;
}

/** Another director is shown: nothing is known of it yet. */
export function forgetOperations(): void {
  useOperations.setState({ byId: new Map(), loaded: false });
}
