/** One application in full: read again when its summary or one of its operations has changed, and every few seconds. */
import type { ApplicationInfo } from '../../remote/core/contract/application.ts';
import { type Loaded, useLoaded } from '../components/use-loaded.ts';
import { hub } from '../hub/client.ts';
import { useApplications } from '../stores/applications.ts';
import { useOperations } from '../stores/operations.ts';

/** Node states may change without a change of the summary. */
const everyMs = 5000;

export function useApplication(id: string): Loaded<ApplicationInfo> {
  const summary = useApplications(({ byId }) => byId.get(id));
  const ended = useOperations(({ byId }) => {
    let count = 0;
    for (const { target, state } of byId.values()) if (target.application === id && state !== 'running') count++;
    return count;
  });
  return useLoaded(() => hub.director('get_application', { application: id }), [id, summary, ended], everyMs);
}
