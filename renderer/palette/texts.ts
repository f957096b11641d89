/** The texts of the palette and of the list of keys. */
import { type Catalogue, textsOf, useCatalogue } from '../texts/catalogue.ts';

const english = {
  label: 'Find and do',
  placeholder: 'Find an action, an application, a page…',
  found: 'What was found',
  nothing: (sought: string) => `Nothing is called like “${sought}”.`,
  copies: (keys: string, command: string) => `${keys} copies ${command}`,
  copied: (command: string) => `Copied: ${command}`,
  kinds: { action: 'Action', application: 'Application', service: 'Service', node: 'Node', page: 'Page' },
  serviceOf: (service: string, application: string) => `${service} of ${application}`,
  aboutService: (type: string, state: string) => `${type}, ${state}`,
  nodes: {
    node: (node: string, application: string) => `${node} of ${application}`,
    logs: (node: string, application: string) => `Logs of ${node} of ${application}`,
    terminal: (node: string, application: string) => `Terminal on ${node} of ${application}`,
    /** Words of these titles, which the director does not know: it is not asked for them. */
    words: ['node', 'action', 'logs', 'terminal', 'of', 'on'],
  },
  keys: { title: 'Keys on this page', close: 'Close' },
};

export type PaletteTexts = typeof english;

const texts: Catalogue<PaletteTexts> = { en: english };

export const usePaletteTexts = (): PaletteTexts => useCatalogue(texts);
export const paletteTexts = (): PaletteTexts => textsOf(texts);
