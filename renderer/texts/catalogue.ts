/**
 * Texts of one part of the window, in every language. They stand beside that part and are loaded with it, so that the
 * first page does not carry those of all others.
 */
import type { Preferences } from '../../main/desktop.ts';
import { usePreferences } from '../stores/preferences.ts';

export type Catalogue<Texts> = { readonly [Code in Preferences['language']]: Texts };

/** The texts of a part in the language in force. */
export function useCatalogue<Texts>(catalogue: Catalogue<Texts>): Texts {
  return catalogue[usePreferences(({ language }) => language)];
}
