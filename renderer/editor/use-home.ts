/** Which director a manifest belongs to: that of an application to the application's own, all others to the one shown. */
import type { DirectorEntry } from '../../main/hub/protocol.ts';
import { useDirectors } from '../stores/directors.ts';
import type { EditingSession } from './session.ts';

export interface Home {
  /** It belongs to another director than the window shows. */
  readonly elsewhere: boolean;
  /** The one that it belongs to; undefined: to any, or it is not there any more. */
  readonly director: DirectorEntry | undefined;
  /** Name of the one that the window shows. */
  readonly shown: string | undefined;
}

export function useHome(session: EditingSession): Home {
  const { origin } = session.snapshot().facts;
  const { list, chosen } = useDirectors();
  const home = origin.from === 'application' ? origin.director : undefined;
  const named = (wanted: string | undefined) => list.directors.find(({ id }) => id === wanted);
  return { elsewhere: home !== undefined && home !== chosen, director: named(home), shown: named(chosen)?.name };
}
