/** What is written of the calls that a director passes on to managers: changes and terminals. */
import type { AuditEntry } from '../../core/contract/audit.ts';
import type { MethodTable } from '../../core/contract/method.ts';
import type { RelayedCallFacts, RelayWatcher } from '../../core/rpc/index.ts';
import { type AuditedOptions, isAudited, isAuditedWith, operationIn, targetOf } from './audited.ts';

/** @param methods of managers, as far as this director knows them */
export function relayedCalls(
  methods: MethodTable,
  options: AuditedOptions,
): (call: RelayedCallFacts) => RelayWatcher | undefined {
  return (call) => {
    const method = Object.hasOwn(methods, call.name) ? methods[call.name] : undefined;
    if (!isAudited(call.name, method)) return undefined;
    const application = options.application(call.application);
    const write = (name: string, params: unknown, more: Pick<AuditEntry, 'outcome' | 'operation' | 'durationMs'>) => {
      options
        .append({
          who: call.user,
          from: call.from,
          ...(call.client !== undefined && { client: call.client }),
          method: name,
          application: application?.id ?? call.application,
          target: { ...(application && { application: application.name }), ...targetOf(params) },
          ...more,
        })
        .catch((error: unknown) =>
          options.log(`the audit trail cannot be written: ${error instanceof Error ? error.message : String(error)}`),
        );
    };
    return {
      ended: ({ params, outcome, result }) => {
        if (!isAuditedWith(call.name, method, params)) return;
        const operation = operationIn(result);
        write(call.name, params, { outcome, ...(operation !== undefined && { operation }) });
      },
      opened: (params) => write(call.name, params, { outcome: 'done' }),
      closed: (params, durationMs) =>
        write(call.name.replace(/^open_/, 'close_'), params, { outcome: 'done', durationMs: Math.round(durationMs) }),
    };
  };
}
