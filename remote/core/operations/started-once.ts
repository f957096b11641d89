/** Commands that start an operation, started once however often they are sent. */
import type { OperationId } from '../contract/ids.ts';
import type { Call, MethodTable } from '../contract/method.ts';
import { Started } from '../contract/operation.ts';

/**
 * The handlers of a table, where a command that starts an operation answers a call that comes again (its answer got
 * lost, see `Call.operation`) with the operation of then: what it would check may no longer hold, as it has been done.
 */
export function startedOnce<Handlers extends object>(
  table: MethodTable,
  handlers: Handlers,
  isKnown: (operation: OperationId) => boolean,
): Handlers {
  const once = { ...handlers } as Record<string, unknown>;
  for (const [name, { kind, result }] of Object.entries(table)) {
    const handler = once[name];
    if (kind !== 'command' || result !== Started || typeof handler !== 'function') continue;
    once[name] = async (params: unknown, call: Call): Promise<unknown> => {
      const { operation } = call;
      return operation !== undefined && isKnown(operation) ? { operation } : handler(params, call);
    };
  }
  return once as Handlers;
}
