/** What has changed since an application last worked: from its history and its operations. Pure. */
import type { HistoryEntry } from '../../remote/core/contract/history.ts';
import type { Operation } from '../../remote/core/contract/operation.ts';

export interface SinceItWorked {
  /** The operation at whose end all was well; undefined: none is known. */
  readonly worked: Operation | undefined;
  /** Versions that came after it, newest first. */
  readonly versions: readonly HistoryEntry[];
  /** Operations that failed after it, newest first. */
  readonly failed: readonly Operation[];
  /** The change that is most likely to blame: the newest version; it came before or with what worked last. */
  readonly last: HistoryEntry | undefined;
  /** The version before it, to return to. */
  readonly before: HistoryEntry | undefined;
}

/** Operations that end well only when every node has shown that it works. */
const proving = new Set([
  'apply',
  'start',
  'set_running',
  'activate_code_version',
  'set_configuration',
  'return_to_version',
  'add_nodes',
]);

/** @param operations of the application @param history newest first */
export function sinceItWorked(operations: readonly Operation[], history: readonly HistoryEntry[]): SinceItWorked {
  const ended = operations
    .filter(({ endedAt }) => endedAt !== undefined)
    .sort((a, b) => (b.endedAt ?? 0) - (a.endedAt ?? 0));
  const worked = ended.find(({ state, kind }) => state === 'done' && proving.has(kind));
  const since = worked?.endedAt ?? 0;
  return {
    worked,
    versions: history.filter(({ at, operation }) => at > since && operation !== worked?.id),
    failed: ended.filter(({ state, endedAt }) => state === 'failed' && (endedAt ?? 0) > since),
    last: history[0],
    before: history[1],
  };
}
