/** What the theme itself says of menus. It is loaded with the first page. */
import { type Catalogue, textsOf, useCatalogue } from '../texts/catalogue.ts';

const english = {
  menu: 'Menu',
};

export type ThemeTexts = typeof english;

const texts: Catalogue<ThemeTexts> = { en: english };

export const useThemeTexts = (): ThemeTexts => useCatalogue(texts);
export const themeTexts = (): ThemeTexts => textsOf(texts);
