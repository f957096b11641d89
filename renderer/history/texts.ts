/** The texts of an application's history. */
import type { HistoryChange, HistorySubject } from '../../remote/core/contract/history.ts';
import { type Catalogue, textsOf, useCatalogue } from '../texts/catalogue.ts';
import { countText } from '../texts/count.ts';

const subjects: Readonly<Record<HistorySubject, string>> = {
  description: 'Description',
  service: 'Service',
  code: 'Code',
  configuration: 'Configuration',
  environment: 'Variable',
  secret: 'Secret',
  need: 'Needs',
  domain: 'Domain',
  cloud: 'Cloud',
  health_check: 'Health check',
  startup_script: 'Startup script',
  password: 'Password secret',
};

const changes: Readonly<Record<HistoryChange['change'], string>> = {
  added: 'added',
  changed: 'changed',
  removed: 'removed',
};

const english = {
  failed: 'The history could not be read',
  about:
    'Each change of code, manifest, configuration and references to secrets is a version of the whole application. Data and node counts are not part of it: they stay as they are when you return. The newest 100 versions are kept.',
  empty: 'Nothing has been put into this application yet. Its first code or manifest is version 1.',
  versions: 'Versions',
  version: (version: number) => `Version ${version}`,
  versionNow: (version: number) => `Version ${version}, as it is now`,
  now: 'now',
  comparedWith: 'Compared with',
  compared: (version: number) => `compared with ${version}`,
  comparedNow: (version: number) => `compared with ${version} (now)`,
  first: 'It is the first one: there is nothing to compare it with.',
  more: (count: number) => `and ${count} more`,
  return: {
    button: (version: number) => `Return to version ${version}`,
    action: (application: string, version: number) => `Return ${application} to version ${version}`,
    returning: (version: number) => `Returning to version ${version}.`,
    failed: 'It was not returned to',
  },
  difference: {
    failed: 'The difference could not be read',
    same: 'They are the same.',
    application: 'Application',
    label: (part: string) => `Differences in ${part}`,
    what: 'What',
    subjects,
    changes,
    /** In place of a value. */
    there: 'there',
    default: 'default',
    files: (count: number) => countText(count, 'file'),
    missing: (secrets: readonly string[]) =>
      `${secrets.join(', ')} ${secrets.length === 1 ? 'has' : 'have'} no value now. Set it before you return, or what needs it may fail its check.`,
    kept: (services: readonly string[]) =>
      `${services.join(', ')} came later and ${services.length === 1 ? 'stays' : 'stay'}: removing a service would delete its data.`,
  },
  sinceItWorked: {
    title: 'What changed since it worked',
    worked: (time: string, operation: string) => `All was well at ${time}, when “${operation}” ended.`,
    neverWorked: 'No operation is known after which all was well.',
    nothing: 'Nothing was changed after that.',
    version: (time: string, version: number, title: string, by: string, changed: readonly string[]) =>
      `${time} version ${version}: ${title} by ${by} (${changed.join('; ')})`,
    failed: (time: string, operation: string, why: string | undefined) => `${time} ${operation} failed: ${why}`,
    last: (version: number, time: string, title: string, by: string, changed: readonly string[]) =>
      `The last change was version ${version} at ${time}: ${title} by ${by}${changed.length > 0 ? ` (${changed.join('; ')})` : ''}`,
    show: 'Show the differences',
  },
};

export type HistoryTexts = typeof english;

const texts: Catalogue<HistoryTexts> = { en: english };

export const useHistoryTexts = (): HistoryTexts => useCatalogue(texts);

/** For what is said outside of components. */
export const historyTexts = (): HistoryTexts => textsOf(texts);
