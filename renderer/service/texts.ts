/** The texts of a service's page, apart from those of its larger tabs, which stand beside them. */
import { type Catalogue, textsOf, useCatalogue } from '../texts/catalogue.ts';

const english = {
  failed: 'The service could not be read',
  gone: 'There is no such service (any more).',
  parts: (service: string) => `Parts of ${service}`,
  tabs: {
    nodes: 'Nodes',
    code: 'Code',
    configuration: 'Configuration',
    logs: 'Logs',
    metrics: 'Metrics',
    methods: 'Methods',
  },
  /** Of the panels that service types add. */
  panels: { database: 'Database' },
  actions: {
    start: (service: string) => `Start ${service}`,
    stop: (service: string) => `Stop ${service}`,
    logs: (service: string) => `Logs of ${service}`,
    goTo: (tab: string, service: string) => `Go to ${tab} of ${service}`,
  },
  buttons: {
    logs: 'Logs',
    start: 'Start',
    stop: 'Stop',
    lastLines: 'Last lines',
    rollBack: (version: string) => `Roll back to ${version}`,
  },
  rollBack: {
    failed: 'It did not go back',
    why: (live: string | undefined) => `${live} has only just been made live.`,
    done: (service: string, version: string) => `${service} goes back to ${version}.`,
  },
  configurationFailed: 'The form could not be made',
  values: {
    none: 'none',
    yes: 'yes',
    no: 'no',
    empty: 'empty',
    result: 'Result',
    more: (count: number) => `and ${count} more`,
  },
};

export type ServiceTexts = typeof english;

const texts: Catalogue<ServiceTexts> = { en: english };

export const useServiceTexts = (): ServiceTexts => useCatalogue(texts);

/** For what is said outside of components. */
export const serviceTexts = (): ServiceTexts => textsOf(texts);
