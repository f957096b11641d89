/** What the palette offers: every action that is there now, then every object of the director, then every page. */
import { type Action, allActions, type useActionTable } from '../actions/action.ts';
import { pages } from '../pages.ts';
import { useApplications } from '../stores/applications.ts';
import { go, type Route } from '../stores/route.ts';

export interface Entry {
  readonly key: string;
  readonly kind: 'Action' | 'Application' | 'Service' | 'Node' | 'Page';
  readonly title: string;
  /** In a few words, beside the title. */
  readonly about?: string | undefined;
  readonly shortcut?: string | undefined;
  readonly command?: string | undefined;
  readonly disabled?: boolean | undefined;
  readonly run: () => unknown;
}

/** Where one can go, as it is now; nodes come later. */
export function placeEntries(): { readonly objects: readonly Entry[]; readonly pages: readonly Entry[] } {
  return { objects: objectEntries(), pages: pageEntries() };
}

/** What can be done, of the table as given. */
export function actionEntries(table: ReturnType<typeof useActionTable.getState>): readonly Entry[] {
  return allActions(table)
    .filter(({ id }) => id !== 'palette')
    .map((action: Action) => ({ ...action, key: `action/${action.id}`, kind: 'Action' }));
}

function objectEntries(): Entry[] {
  const entries: Entry[] = [];
  for (const { id, name, state, services } of useApplications.getState().byId.values()) {
    entries.push({
      key: `application/${id}`,
      kind: 'Application',
      title: name,
      about: state,
      run: () => go({ page: 'application', application: id }),
    });
    for (const service of services) {
      entries.push({
        key: `service/${id}/${service.name}`,
        kind: 'Service',
        title: `${service.name} of ${name}`,
        about: `${service.type}, ${service.state}`,
        run: () => go({ page: 'service', application: id, service: service.name }),
      });
    }
  }
  return entries;
}

const titles: readonly (readonly [page: Route, title: string])[] = [
  [{ page: 'applications' }, 'Applications'],
  [{ page: 'new' }, 'New application'],
  [{ page: 'editor' }, 'Manifests'],
  [{ page: 'activity' }, 'Activity'],
  [{ page: 'clouds' }, 'Clouds'],
  [{ page: 'security' }, 'Security'],
  [{ page: 'settings' }, 'Settings'],
  [{ page: 'help' }, 'Help'],
  [{ page: 'methods' }, 'Methods of the contract'],
];

function pageEntries(): Entry[] {
  return titles
    .filter(([{ page }]) => pages[page])
    .map(([route, title]) => ({ key: `page/${route.page}`, kind: 'Page', title, run: () => go(route) }));
}
