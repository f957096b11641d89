/** Takes up what the page is told before it is connected: that there is no deployment, or what an earlier window has seen. */
import { replaceApplications } from './applications.ts';
import { useDirectors } from './directors.ts';
import { useSession } from './session.ts';
import { told } from './told.ts';

/** @returns whether there is something to show */
export function takeFirstSight(): boolean {
  const { sight, director, page } = told;
  if (page && !window.location.hash) window.history.replaceState(null, '', page);
  useDirectors.setState({ chosen: director });
  if (sight?.state === 'absent') useSession.setState({ session: { state: 'absent' } });
  if (sight?.state === 'remembered') {
    useDirectors.setState({ chosen: sight.deployment.id });
    useSession.setState({ session: { state: 'resuming', deployment: sight.deployment, since: sight.at } });
    replaceApplications(sight.applications);
  }
  return sight !== undefined;
}
