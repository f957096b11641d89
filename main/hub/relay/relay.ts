/** Which methods of the contract a window may call through the hub, and the check of their parameters. */
import { z } from 'zod';
import { ConpaasError } from '../../../remote/core/contract/errors.ts';
import type { MethodTable } from '../../../remote/core/contract/method.ts';

/** Queries and commands that are meant for users; everything else is not the window's business. */
export function checkRelay(table: MethodTable, name: string, params: Record<string, unknown>): Record<string, unknown> {
  const method = Object.hasOwn(table, name) ? table[name] : undefined;
  if (!method?.callers.includes('user') || (method.kind !== 'query' && method.kind !== 'command')) {
    throw new ConpaasError('unknown_method', `There is no method ${name} for the window.`);
  }
  if (
    method.revealedBy !== undefined &&
    params[method.revealedBy] !== undefined &&
    params[method.revealedBy] !== false
  ) {
    throw new ConpaasError('forbidden', 'Passwords are not given to a page. Copy it, or let it be shown in a dialog.');
  }
  const checked = z.safeParse(method.params, params);
  if (checked.success) return params;
  throw new ConpaasError('invalid_request', `${name}: ${z.prettifyError(checked.error)}`);
}
