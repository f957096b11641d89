/** The texts of the methods of a service. Their names and what they do are the contract's. */
import type { ServiceMethod } from '../../../main/hub/protocol.ts';
import { type Catalogue, useCatalogue } from '../../texts/catalogue.ts';

const verbs: Readonly<Record<ServiceMethod['kind'], string>> = {
  query: 'Ask',
  command: 'Do it',
  upload: 'Choose a file…',
  download: 'Save as…',
};

const english = {
  verbs,
  failed: 'The methods are not known',
  search: 'Search methods',
  about: (command: string) => `The same methods that ${command} and programs use.`,
  ofType: (type: string) => `Of ${type}`,
  ofAll: 'Of every service',
  none: 'No method matches.',
  discard: 'Discard',
  copy: 'Copy as conpaas call',
  copied: 'The command is copied.',
  done: 'Done.',
};

export type MethodTexts = typeof english;

const texts: Catalogue<MethodTexts> = { en: english };

export const useMethodTexts = (): MethodTexts => useCatalogue(texts);
