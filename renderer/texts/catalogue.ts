/**
 * Texts of one part of the window, in every language. They stand beside that part and are loaded with it, so that the
 * first page does not carry those of all others.
 */
import { create } from 'zustand';
import type { Preferences } from '../../main/desktop.ts';

type Language = Preferences['language'];

export type Catalogue<Texts, Code extends string = Language> = { readonly [Each in Code]: Texts };

/** By whose rules each language writes numbers and dates, see https://www.rfc-editor.org/info/bcp47 */
const locales: Catalogue<string> = { en: 'en-GB' };

/** Apart from the preferences, which only a window has: words are made, and tested, without one too. */
const useLanguage = create<{ readonly language: Language }>(() => ({ language: 'en' }));

/** Puts a language in force. The preferences do, whenever they change. */
export function speak(language: Language): void {
  useLanguage.setState({ language });
}

/** The texts of a part in the language in force. */
export function useCatalogue<Texts>(catalogue: Catalogue<Texts>): Texts {
  return catalogue[useLanguage(({ language }) => language)];
}

/** The same for what is said outside of components: notices, and words for values. */
export function textsOf<Texts>(catalogue: Catalogue<Texts>): Texts {
  return catalogue[useLanguage.getState().language];
}

/** What is made once for a language, when it is first needed: formats of numbers and dates are dear. */
export function perLanguage<Made>(make: (locale: string) => Made): () => Made {
  const made = new Map<Language, Made>();
  return () => {
    const { language } = useLanguage.getState();
    let one = made.get(language);
    if (one === undefined) {
      one = make(locales[language]);
      made.set(language, one);
    }
    return one;
  };
}
