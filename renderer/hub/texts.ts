/** What the page itself says of a connection. It is loaded with the first page. */
import { type Catalogue, textsOf } from '../texts/catalogue.ts';

const english = {
  unexpected: 'Something unexpected went wrong in this window. Try again, or open the window anew.',
  interrupted: 'The connection was interrupted. Try again.',
};

export type HubTexts = typeof english;

const texts: Catalogue<HubTexts> = { en: english };

export const hubTexts = (): HubTexts => textsOf(texts);
