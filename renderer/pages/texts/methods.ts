/** The texts of the page of all methods. Their names and what they do are the contract's. */
import type { MethodDescription } from '../../../main/hub/protocol.ts';
import { type Catalogue, useCatalogue } from '../../texts/catalogue.ts';

const served: Readonly<Record<MethodDescription['served'], string>> = {
  director: 'Served by the director',
  manager: "Served by an application's manager",
  agent: 'Served by agents',
};

const english = {
  title: 'Methods',
  up: 'Help',
  searchHint: 'Search',
  search: 'Search methods',
  failed: 'The methods could not be read',
  none: 'No method matches.',
  served,
  facts: (callers: readonly string[], since: number) =>
    `May be called by ${callers.join(', ')} · since version ${since} of the contract`,
  parameters: (method: string) => `Parameters of ${method}`,
};

export type MethodsPageTexts = typeof english;

const texts: Catalogue<MethodsPageTexts> = { en: english };

export const useMethodsPageTexts = (): MethodsPageTexts => useCatalogue(texts);
