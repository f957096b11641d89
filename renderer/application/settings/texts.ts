/** The texts of an application's settings. */
import type { uncontainedWords } from '../../../remote/core/contract/manager.ts';
import { type Catalogue, useCatalogue } from '../../texts/catalogue.ts';

/**
 * To be typed. They are the same in every language: the contract wants these. The page knows its types only, and this
 * one says what the value must be.
 */
export const wordsOfAcceptance: typeof uncontainedWords = 'hosted code may read everything on its machines';

const english = {
  services: {
    title: 'Services',
    text: 'A service that is added here is stopped and empty. A manifest can do more at once.',
    columns: { name: 'Name', type: 'Type', state: 'State' },
    remove: 'Remove…',
    removeThis: (service: string) => `Remove ${service}`,
    removeTitle: (service: string) => `Remove ${service}?`,
    removeText: 'Its nodes, code versions and data are deleted. There is no way back.',
    removeAction: 'Remove',
    newName: 'Name of a new service',
    taken: 'There is one of this name.',
    type: 'Type',
    add: 'Add',
    added: (service: string) => `${service} is added. It is stopped, and has no code yet.`,
  },
  secrets: {
    title: 'Secrets',
    text: 'Values are kept encrypted at the director and never shown again. A service gets those that its configuration names.',
    failed: 'The secrets could not be read',
    empty: 'There are none. Set one in the configuration of a service.',
    label: 'Secrets of the application',
  },
  containment: {
    title: 'Containment',
    text: 'Code runs in a sandbox. On a machine that cannot make one, it is refused unless you accept that in words.',
    takeBack: 'Take it back',
    accepted: (user: string, time: string, application: string) =>
      `${user} accepted on ${time} that ${application} runs without one where there is none.`,
    run: 'Run without a sandbox where there is none…',
    question: (application: string) => `Run ${application} without a sandbox?`,
    questionText:
      'On machines that cannot make one, its code will run with the rights of the agent, and may read what is there, keys of others included.',
    accept: 'Accept',
  },
};

export type ApplicationSettingsTexts = typeof english;

const texts: Catalogue<ApplicationSettingsTexts> = { en: english };

export const useApplicationSettingsTexts = (): ApplicationSettingsTexts => useCatalogue(texts);
