/** The texts of the live picture of an application. */
import { type Catalogue, textsOf, useCatalogue } from '../texts/catalogue.ts';
import { countText } from '../texts/count.ts';

const english = {
  title: 'Picture',
  services: 'Services in the picture',
  users: 'users',
  /** A line of the picture, and what passes along it. */
  edge: (from: string, to: string) => `${from} to ${to}`,
  edgeWith: (from: string, to: string, figure: string) => `${from} to ${to}: ${figure}`,
  node: (node: string, state: string, cause: string | undefined) => `${node}: ${state}${cause ? `, ${cause}` : ''}`,
  rate: (perSecond: string) => `${perSecond}/s`,
  connections: (count: number) => countText(count, 'connection'),
};

export type PictureTexts = typeof english;

const texts: Catalogue<PictureTexts> = { en: english };

export const usePictureTexts = (): PictureTexts => useCatalogue(texts);

/** For what is said outside of components. */
export const pictureTexts = (): PictureTexts => textsOf(texts);
