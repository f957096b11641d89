/** Every language of the window. A new one: a file that exports `Texts`, a line here, its code in `main/preferences.ts`. */
import type { Preferences } from '../../main/desktop.ts';
import { usePreferences } from '../stores/preferences.ts';
import { english, type Texts } from './english.ts';

export type { Texts } from './english.ts';

export const languages: {
  readonly [Code in Preferences['language']]: { readonly name: string; readonly texts: Texts };
} = {
  en: { name: 'English', texts: english },
};

/** The texts of the language in force. */
export function useTexts(): Texts {
  return languages[usePreferences((store) => store.language)].texts;
}
