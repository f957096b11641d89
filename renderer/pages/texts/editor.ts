/** The texts around the manifest editor. */
import { type Catalogue, useCatalogue } from '../../texts/catalogue.ts';

const english = {
  up: 'Manifests',
  title: 'Manifest',
  failed: 'This draft cannot be opened',
  inFolder: (folder: string) => `in ${folder}`,
  readyMade: 'ready-made',
  changed: 'changed, kept as a draft',
  discard: 'Discard',
};

export type EditorPageTexts = typeof english;

const texts: Catalogue<EditorPageTexts> = { en: english };

export const useEditorPageTexts = (): EditorPageTexts => useCatalogue(texts);
