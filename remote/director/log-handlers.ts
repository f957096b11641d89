/** The last lines of nodes that are gone: kept for managers, read by users. */
import { ConpaasError } from '../core/contract/errors.ts';
import type { Handlers } from '../core/contract/method.ts';
import type { directorLogMethods } from '../core/contract/removed-logs.ts';
import type { Director } from './director.ts';

export function logHandlers(director: Director): Handlers<typeof directorLogMethods> {
  const { inventory, keptLogs } = director;
  return {
    keep_logs: async ({ batches, present }, { caller }) => {
      const record = caller?.kind === 'manager' ? inventory.application(caller.application) : undefined;
      if (caller?.kind !== 'manager' || !record)
        throw new ConpaasError('forbidden', 'Only the manager of an application may call this.');
      if (caller.epoch !== record.epoch) throw new ConpaasError('superseded', 'A newer manager has taken over.');
      return { kept: await keptLogs.keep(record.id, batches, present) };
    },
    list_removed_nodes: async ({ application }) => keptLogs.removed(inventory.find(application).id),
    read_removed_logs: ({ application, node, log }) => keptLogs.read(inventory.find(application).id, node, log),
    forget_removed_logs: async ({ application, node }) => {
      const { id } = inventory.find(application);
      const removed = await keptLogs.removed(id);
      if (!removed.some((one) => one.node === node))
        throw new ConpaasError('not_found', `Nothing is kept of a removed node "${node}".`);
      await keptLogs.forget(id, node);
      return {};
    },
  };
}
