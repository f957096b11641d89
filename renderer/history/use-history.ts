/** The versions of an application: read again when one of its operations has ended. */
import type { HistoryEntry } from '../../remote/core/contract/history.ts';
import { type Loaded, useLoaded } from '../components/use-loaded.ts';
import { hub } from '../hub/client.ts';
import { useOperations } from '../stores/operations.ts';

export function useHistory(application: string): Loaded<readonly HistoryEntry[]> {
  const ended = useOperations(({ byId }) => {
    let count = 0;
    for (const { target, state } of byId.values())
      if (target.application === application && state !== 'running') count++;
    return count;
  });
  return useLoaded(async () => hub.director('list_history', { application, limit: 100 }), [application, ended]);
}
