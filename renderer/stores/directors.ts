/** The directors of this desktop, and which of them the window shows. */
import { create } from 'zustand';
import type { DirectorList } from '../../main/hub/protocol.ts';
import { hub } from '../hub/client.ts';
import { desktop } from '../hub/desktop.ts';
import { forgetApplications } from './applications.ts';
import { forgetOperations } from './operations.ts';
import { useSession } from './session.ts';

interface DirectorsStore {
  readonly list: DirectorList;
  /** Whether the list was read. */
  readonly loaded: boolean;
  /** Id of the one that is shown. */
  readonly chosen: string | undefined;
}

export const useDirectors = create<DirectorsStore>(() => ({
  list: { directors: [] },
  loaded: false,
  chosen: undefined,
}));

/** Shows another director: the page stays, its data changes. */
export function chooseDirector(id: string): void {
  if (useDirectors.getState().chosen === id) return;
  useSession.setState({ session: { state: 'connecting' } });
  forgetApplications();
  forgetOperations();
  useDirectors.setState({ chosen: id });
  void desktop.remember({ director: id });
  followChosen();
}

/** Keeps the list; where the one that is shown has gone, another one is. */
export function replaceDirectors(list: DirectorList): void {
  useDirectors.setState({ list, loaded: true });
  const { chosen } = useDirectors.getState();
  const [first] = list.directors;
  if (list.directors.some(({ id }) => id === chosen)) return;
  if (first) chooseDirector(first.id);
  else {
    useDirectors.setState({ chosen: undefined });
    forgetApplications();
    forgetOperations();
    useSession.setState({
      session: list.failure ? { state: 'failed', failure: list.failure } : { state: 'absent' },
    });
  }
}

let followChosen: () => void = () => undefined;

/** What reads the lists of the chosen director, each time another one is chosen. */
export function onChosen(work: () => void): void {
  followChosen = work;
}

/** Shows a director that has just come. */
export async function showNewDirector(director: string): Promise<void> {
  replaceDirectors(await hub.call('list_directors', {}));
  chooseDirector(director);
}

/** Sets up a further director on this computer, and shows it. */
export async function addLocalDirector(): Promise<void> {
  const { director } = await hub.call('try_local', {});
  await showNewDirector(director);
}
