/** What the palette offers: every action that is there now, then every object of the director, then every page. */
import { type Action, allActions, type useActionTable } from '../actions/action.ts';
import { actionTexts } from '../actions/texts.ts';
import { componentTexts } from '../components/texts/common.ts';
import { pages } from '../pages.ts';
import { useApplications } from '../stores/applications.ts';
import { go, type Route } from '../stores/route.ts';
import { type PaletteTexts, paletteTexts } from './texts.ts';

export interface Entry {
  readonly key: string;
  readonly kind: keyof PaletteTexts['kinds'];
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
    .map((action: Action) => ({ ...action, key: `action/${action.id}`, kind: 'action' }));
}

function objectEntries(): Entry[] {
  const texts = paletteTexts();
  const { states } = componentTexts();
  const entries: Entry[] = [];
  for (const { id, name, state, services } of useApplications.getState().byId.values()) {
    entries.push({
      key: `application/${id}`,
      kind: 'application',
      title: name,
      about: states[state],
      run: () => go({ page: 'application', application: id }),
    });
    for (const service of services) {
      entries.push({
        key: `service/${id}/${service.name}`,
        kind: 'service',
        title: texts.serviceOf(service.name, name),
        about: texts.aboutService(service.type, states[service.state]),
        run: () => go({ page: 'service', application: id, service: service.name }),
      });
    }
  }
  return entries;
}

const places = [
  'applications',
  'new',
  'editor',
  'activity',
  'clouds',
  'security',
  'settings',
  'help',
  'methods',
] as const satisfies readonly Route['page'][];

function pageEntries(): Entry[] {
  const { pages: names } = actionTexts();
  return places
    .filter((page) => pages[page])
    .map((page) => ({ key: `page/${page}`, kind: 'page', title: names[page], run: () => go({ page }) }));
}
