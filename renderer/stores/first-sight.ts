/** What the page is told before it is connected: that there is no deployment, or what an earlier window has seen. */
import type { FirstSight } from '../../main/hub/protocol.ts';
import { replaceApplications } from './applications.ts';
import { useSession } from './session.ts';

/** @returns whether there is something to show */
export function takeFirstSight(): boolean {
  const seen = JSON.parse(document.getElementById('first-sight')?.textContent || 'null') as FirstSight | null;
  if (seen?.state === 'absent') useSession.setState({ session: { state: 'absent' } });
  if (seen?.state === 'remembered') {
    useSession.setState({ session: { state: 'resuming', deployment: seen.deployment, since: seen.at } });
    replaceApplications(seen.applications);
  }
  return seen !== null;
}
