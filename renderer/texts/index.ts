/** Every language of the window. A new one: a file that exports `Texts`, a line here, its code in `main/preferences.ts`. */
import { type Catalogue, textsOf, useCatalogue } from './catalogue.ts';
import { english, type Texts } from './english.ts';

export type { Texts } from './english.ts';

export const languages: Catalogue<{ readonly name: string; readonly texts: Texts }> = {
  en: { name: 'English', texts: english },
};

/** The texts of the language in force. */
export function useTexts(): Texts {
  return useCatalogue(languages).texts;
}

/** The same outside of components, for what is said once. */
export function textsInForce(): Texts {
  return textsOf(languages).texts;
}
