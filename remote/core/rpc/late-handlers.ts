/** Handlers of a server that must listen before it can work: its port is told to others on the way to that. */
import { ConpaasError } from '../contract/errors.ts';
import type { MethodTable } from '../contract/method.ts';
import type { ServerOptions } from './server-options.ts';

type AllHandlers = ServerOptions<MethodTable>['handlers'];

/**
 * Handlers that pass each call on to those that are in place by then.
 * @param role whose server it is, for the words of the answer
 * @param current undefined until the server can work; calls are then answered with `unreachable`, to be tried again
 */
export function lateHandlers(role: string, table: MethodTable, current: () => AllHandlers | undefined): AllHandlers {
  const late: Record<string, unknown> = {};
  for (const name of Object.keys(table)) {
    late[name] = (...args: unknown[]) => {
      const handlers = current();
      if (!handlers) throw new ConpaasError('unreachable', `The ${role} is starting. Try again.`, { retry: true });
      return (handlers[name] as unknown as (...args: unknown[]) => unknown)(...args);
    };
  }
  return late as AllHandlers;
}
