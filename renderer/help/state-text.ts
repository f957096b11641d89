/** What this page knows, in counts and states: no names. */
import { useApplications } from '../stores/applications.ts';
import { useDirectors } from '../stores/directors.ts';
import { useOperations } from '../stores/operations.ts';
import { useSession } from '../stores/session.ts';

export function stateText(): string {
  const { session } = useSession.getState();
  const applications = [...useApplications.getState().byId.values()];
  const failed = [...useOperations.getState().byId.values()].filter(({ state }) => state === 'failed');
  return [
    `session: ${session?.state ?? 'unknown'}`,
    ...useDirectors
      .getState()
      .list.directors.map(({ cloud, state }, index) => `director ${index + 1}: ${cloud}, ${state}`),
    `applications: ${applications.length}`,
    ...count(applications.map(({ state }) => `applications ${state}`)),
    ...failed.slice(-20).map(({ kind, failure }) => `failed ${kind}: ${failure?.code ?? ''} ${failure?.message ?? ''}`),
    `page: ${window.location.hash.split('/')[1] ?? ''}`,
    `window: ${window.innerWidth}×${window.innerHeight} at ${Math.round(window.devicePixelRatio * 100)} %`,
    '',
  ].join('\n');
}

function count(words: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].map(([word, number]) => `${word}: ${number}`);
}
