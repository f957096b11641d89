/** Looks whether the file or application behind a document was changed meanwhile: when something has happened to it. */
import { useEffect } from 'react';
import { hub } from '../hub/client.ts';
import { useOperations } from '../stores/operations.ts';
import { useSession } from '../stores/session.ts';
import type { EditingSession } from './session.ts';

/** The names of clouds for the completion; without the director there are none to propose. */
async function learnClouds(session: EditingSession): Promise<void> {
  const clouds = await hub.director('list_clouds', {}).catch(() => []);
  session.know(clouds.map(({ name }) => name));
}

export function useSourceWatch(session: EditingSession): void {
  const { origin } = session.snapshot().facts;
  const application = origin.from === 'application' ? origin.application : undefined;
  // Operations of it that have ended: each may have changed it.
  const ended = useOperations(({ byId }) => {
    let count = 0;
    for (const { target, endedAt } of byId.values())
      if (application !== undefined && target.application === application && endedAt !== undefined) count++;
    return count;
  });
  const state = useSession((store) => store.session?.state);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what has happened is why it is looked at again
  useEffect(() => {
    let isOver = false;
    const look = (): void => {
      hub.call('read_source', { document: session.id }).then(
        (source) => {
          if (source && !isOver) session.compareWith(source.text);
        },
        // The file is gone, or the director is away: there is nothing to compare with, and the text is kept.
        () => undefined,
      );
    };
    look();
    void learnClouds(session);
    window.addEventListener('focus', look);
    return () => {
      isOver = true;
      window.removeEventListener('focus', look);
    };
  }, [session, ended, state]);
}
