/** The texts of the page of a new application. */
import { type Catalogue, useCatalogue } from '../../texts/catalogue.ts';

const english = {
  title: 'New application',
  up: 'Applications',
  readyMade: 'Ready-made',
  own: 'Your own manifest',
  notOpened: 'It could not be opened',
  drop: 'Drop a manifest here',
  choose: 'Choose a file…',
  write: 'Write one…',
  code: 'An archive or folder',
  unusable: 'It cannot be used',
  wrong: 'Drop an archive or a folder with code here.',
  dropCode: 'Drop the code of a PHP application here',
  chooseArchive: 'Choose an archive…',
  chooseFolder: 'Choose a folder…',
};

export type NewApplicationTexts = typeof english;

const texts: Catalogue<NewApplicationTexts> = { en: english };

export const useNewApplicationTexts = (): NewApplicationTexts => useCatalogue(texts);
