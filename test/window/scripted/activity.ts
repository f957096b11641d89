/** Audit, events and the ways out of operations, of the scripted director. */
import type { AuditEntry, HistoryEvent } from '../../../remote/core/contract/audit.ts';
import type { DirectorMethods } from '../../../remote/core/contract/director.ts';
import type { Script, Scripted } from './script.ts';

export interface ScriptedHistory {
  readonly audit: AuditEntry[];
  readonly events: HistoryEvent[];
  /** What `verify_audit` finds. */
  brokenAt: number | undefined;
}

export function activityMethods(script: Script, history: ScriptedHistory): Scripted<DirectorMethods> {
  return {
    list_audit: async (params) => {
      const { user, method, outcome } = params;
      const found = history.audit.filter(
        (entry) =>
          (user === undefined || entry.who === user) &&
          (method === undefined || entry.method === method) &&
          (outcome === undefined || (entry.outcome === 'done') === (outcome === 'done')),
      );
      const { items, next } = page(found, params);
      return script.take('list_audit', params, { entries: items, ...(next === undefined ? {} : { next }) });
    },
    list_events: async (params) => {
      const found = history.events.filter(({ kind }) => params.kind === undefined || kind === params.kind);
      const { items, next } = page(found, params);
      return script.take('list_events', params, { events: items, ...(next === undefined ? {} : { next }) });
    },
    verify_audit: async (params) =>
      script.take('verify_audit', params, {
        intact: history.brokenAt === undefined,
        ...(history.brokenAt === undefined ? {} : { brokenAt: history.brokenAt }),
        entries: history.audit.length,
        last: history.audit.length,
        head: 'ab'.repeat(32),
      }),
    cancel_operation: async (params) => {
      const running = script.take('cancel_operation', params, script.operations.get(params.operation));
      if (running) script.putOperation({ ...running, state: 'cancelled', cancellable: false, endedAt: Date.now() });
      return {};
    },
    retry_operation: async (params) => {
      const { failure: _failure, ...failed } = script.take(
        'retry_operation',
        params,
        script.operations.get(params.operation) ?? Object.assign({}),
      );
      script.putOperation({ ...failed, state: 'running', cancellable: true, retryable: false });
      return { operation: params.operation };
    },
  };
}

/** The newest first, as the director gives them. */
function page<T extends { readonly seq: number; readonly application?: string | undefined; readonly time: number }>(
  all: readonly T[],
  asked: { before?: number | undefined; limit: number; application?: string | undefined; since?: number | undefined },
) {
  const { before, limit, application, since } = asked;
  const found = all
    .filter(({ seq }) => before === undefined || seq < before)
    .filter((one) => application === undefined || one.application === application)
    .filter(({ time }) => since === undefined || time >= since)
    .toReversed();
  const items = found.slice(0, limit);
  return { items, next: found.length > limit ? items.at(-1)?.seq : undefined };
}
