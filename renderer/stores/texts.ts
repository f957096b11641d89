/** What is said of links, and on the desktop. It is loaded with the first page. */
import { type Catalogue, textsOf } from '../texts/catalogue.ts';

const english = {
  noDirector: (director: string) => `The link leads to ${director}, which is not a director of this desktop.`,
  noApplication: (application: string, director: string) =>
    `The link leads to ${application}, which is no application of ${director}.`,
  /** How an operation has ended, while nobody looked. */
  ended: {
    done: (operation: string) => `Done: ${operation}`,
    failed: (operation: string) => `Failed: ${operation}`,
    cancelled: (operation: string) => `Cancelled: ${operation}`,
  },
  why: (application: string, failure: string) => `${application}: ${failure}`,
};

export type StoreTexts = typeof english;

const texts: Catalogue<StoreTexts> = { en: english };

export const storeTexts = (): StoreTexts => textsOf(texts);
