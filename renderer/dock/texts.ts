/** The texts of the dock. */
import { type Catalogue, useCatalogue } from '../texts/catalogue.ts';

const english = {
  label: 'Dock',
  closeTab: {
    log: (title: string) => `Close the log of ${title}`,
    operation: (title: string) => `Close the operation of ${title}`,
    terminal: (title: string) => `Close the terminal of ${title}`,
  },
  /** What cannot be shown, at the start of a sentence. */
  contents: {
    log: (title: string) => `The log of ${title}`,
    operation: (title: string) => `The operation of ${title}`,
    terminal: (title: string) => `The terminal of ${title}`,
  },
  larger: 'Make the dock larger',
  smaller: 'Make the dock smaller',
  hide: 'Hide the dock',
  hideHint: 'Hide the dock (Ctrl J)',
};

export type DockTexts = typeof english;

const texts: Catalogue<DockTexts> = { en: english };

export const useDockTexts = (): DockTexts => useCatalogue(texts);
