/** The texts of what can be done on every page, and the names of the pages. They are loaded with the first page. */
import { type Catalogue, textsOf, useCatalogue } from '../texts/catalogue.ts';

const english = {
  pages: {
    applications: 'Applications',
    new: 'New application',
    editor: 'Manifests',
    activity: 'Activity',
    clouds: 'Clouds',
    security: 'Security',
    settings: 'Settings',
    help: 'Help',
    methods: 'Methods of the contract',
  },
  window: {
    newApplication: 'New application…',
    palette: 'Find and do…',
    dock: 'Show or hide the dock',
    dockSize: 'Make the dock larger or smaller',
    help: 'Help on this page',
    keys: 'Keys',
  },
  manifests: {
    make: 'New manifest',
    open: 'Open a manifest…',
    readyMade: (name: string) => `Open the ready-made manifest ${name}`,
  },
  starts: (name: string) => `${name} starts.`,
  stops: (name: string) => `${name} stops. Its code and data are kept.`,
  addressCopied: 'Address copied.',
  /** As they are written on the keys. */
  keys: { Mod: 'Ctrl', Shift: 'Shift', Alt: 'Alt' },
};

export type ActionTexts = typeof english;

const texts: Catalogue<ActionTexts> = { en: english };

export const useActionTexts = (): ActionTexts => useCatalogue(texts);
export const actionTexts = (): ActionTexts => textsOf(texts);
