/** What the desktop wants shown: a link, a manifest file, the page of a notification. Leads somewhere; never does anything. */
import type { Opening } from '../../main/desktop.ts';
import { failureOf } from '../hub/client.ts';
import { useApplications } from './applications.ts';
import { chooseDirector, useDirectors } from './directors.ts';
import { editManifest } from './edit.ts';
import { say } from './notices.ts';
import { go, type Route } from './route.ts';
import { storeTexts } from './texts.ts';

type Link = Extract<Opening, { kind: 'link' }>['link'];

/** So long a link waits for the lists that it needs, ms. */
const patienceMs = 15_000;

export function open(opening: Opening): void {
  switch (opening.kind) {
    case 'page':
      window.location.hash = opening.page;
      break;
    case 'manifest':
      editManifest({ from: 'ticket', ticket: opening.offer.ticket }).catch((thrown: unknown) =>
        say(failureOf(thrown).message, { level: 'alert' }),
      );
      break;
    case 'link':
      void follow(opening.link);
      break;
  }
}

async function follow({ director, application, service }: Link): Promise<void> {
  const { list } = await once(useDirectors, ({ loaded }) => loaded);
  const found = list.directors.find(({ id, name }) => id === director || name === director);
  if (!found) {
    say(storeTexts().noDirector(director), { level: 'warning' });
    return;
  }
  chooseDirector(found.id);
  if (application === undefined) {
    go({ page: 'applications' });
    return;
  }
  const { byId } = await once(useApplications, ({ loaded }) => loaded);
  const target = [...byId.values()].find(({ id, name }) => id === application || name === application);
  if (!target) {
    say(storeTexts().noApplication(application, found.name), { level: 'warning' });
    return;
  }
  go(routeOf(target.id, service));
}

function routeOf(application: string, service: string | undefined): Route {
  return service === undefined ? { page: 'application', application } : { page: 'service', application, service };
}

interface Store<State> {
  getState(): State;
  subscribe(listener: (state: State) => void): () => void;
}

/** The state once it is as wanted, or as it is after a while. */
function once<State>(store: Store<State>, wanted: (state: State) => boolean): Promise<State> {
  return new Promise((resolve) => {
    if (wanted(store.getState())) {
      resolve(store.getState());
      return;
    }
    const end = (): void => {
      stop();
      clearTimeout(timer);
      resolve(store.getState());
    };
    const stop = store.subscribe((state) => wanted(state) && end());
    const timer = setTimeout(end, patienceMs);
  });
}
