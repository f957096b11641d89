/** The texts of the Help page, apart from its topics, and of the diagnostics. */
import { type Catalogue, useCatalogue } from '../texts/catalogue.ts';

const english = {
  title: 'Help',
  search: 'Search the help',
  nothing: (sought: string) => `Nothing about “${sought}”. Try another word.`,
  topics: 'Topics',
  more: 'More',
  keys: 'Keys',
  methods: 'Methods of the contract',
  diagnostics: 'Diagnostics…',
  bundle: {
    title: 'Diagnostics',
    text: 'For who helps you: versions, settings, states, and the ends of the logs of ConPaaS itself. Secrets, names and addresses are taken out; look before you give it away. Nothing is sent.',
    files: 'Files',
    save: 'Save…',
    saved: 'Diagnostics saved.',
    close: 'Close',
  },
};

export type HelpTexts = typeof english;

const texts: Catalogue<HelpTexts> = { en: english };

export const useHelpTexts = (): HelpTexts => useCatalogue(texts);
