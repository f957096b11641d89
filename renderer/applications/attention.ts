/** What needs the user first, and the click that mends it. Pure. */
import type { ApplicationSummary } from '../../remote/core/contract/application.ts';
import type { Operation } from '../../remote/core/contract/operation.ts';
import { isUnwell } from './query.ts';

/** What a click would do. */
export type Mend =
  | { readonly kind: 'retry'; readonly operation: string }
  | { readonly kind: 'roll_back'; readonly service: string }
  | { readonly kind: 'replace_manager' };

export interface Attention {
  readonly application: ApplicationSummary;
  /** Why, in a few words; undefined: its state says all that is known. */
  readonly cause: string | undefined;
  readonly mend: Mend | undefined;
}

/** Newest operation of each application, running ones and others apart. */
export interface NewestOperations {
  readonly running: ReadonlyMap<string, Operation>;
  readonly ended: ReadonlyMap<string, Operation>;
}

const newest = new WeakMap<ReadonlyMap<string, Operation>, NewestOperations>();

/** Looked up once for each new list of operations. */
export function newestOperations(byId: ReadonlyMap<string, Operation>): NewestOperations {
  const known = newest.get(byId);
  if (known) return known;
  const running = new Map<string, Operation>();
  const ended = new Map<string, Operation>();
  for (const operation of byId.values()) {
    const { application } = operation.target;
    if (application === undefined) continue;
    const map = operation.state === 'running' ? running : ended;
    const other = map.get(application);
    if (!other || other.startedAt < operation.startedAt) map.set(application, operation);
  }
  const found = { running, ended };
  newest.set(byId, found);
  return found;
}

/** One application's trouble; undefined where it has none, or where something is being done about it. */
export function attentionOf(application: ApplicationSummary, operations: NewestOperations): Attention | undefined {
  if (operations.running.has(application.id)) return undefined;
  const last = operations.ended.get(application.id);
  const failed = last?.state === 'failed' && last.retryable ? last : undefined;
  if (!isUnwell(application)) return undefined;
  return {
    application,
    cause: application.cause ?? failed?.failure?.message,
    mend: mendOf(application, last),
  };
}

function mendOf(application: ApplicationSummary, last: Operation | undefined): Mend | undefined {
  if (last?.state === 'failed' && last.retryable) return { kind: 'retry', operation: last.id };
  if (application.state === 'unreachable') return { kind: 'replace_manager' };
  const { service } = last?.target ?? {};
  // It ran until new code came.
  if (last?.state === 'done' && last.kind === 'activate_code_version' && service !== undefined) {
    return { kind: 'roll_back', service };
  }
  return undefined;
}
