/** The texts of what is around each page: the sidebar, the switcher of directors, the banner of a lost one. */
import type { SessionState } from '../../../main/hub/protocol.ts';
import { type Catalogue, useCatalogue } from '../../texts/catalogue.ts';

const states: Readonly<Record<SessionState['state'], string>> = {
  absent: 'gone',
  locked: 'locked',
  working: 'under way',
  failed: 'failed',
  stopped: 'stopped',
  connecting: 'connecting',
  resuming: 'connecting',
  connected: 'connected',
  lost: 'out of reach',
};

/** Kinds of clouds, in words; what is not here is shown as it is called. */
const clouds: Readonly<Record<string, string>> = { local: 'this computer' };

const english = {
  sidebar: {
    label: 'Main',
    applications: 'Applications',
    activity: 'Activity',
    clouds: 'Clouds',
    security: 'Security',
    settings: 'Settings',
    help: 'Help',
    version: (version: string) => `Version ${version}`,
    attention: (count: number) => `${count} running or failed`,
  },
  directors: {
    add: 'Add…',
    addAction: 'Add a director…',
    list: 'Directors',
    label: 'Director',
    switchTo: (name: string) => `Switch to ${name}`,
    states,
    clouds,
  },
  banner: {
    lost: (since: string) =>
      `The director does not answer. What you see is as of ${since}; your applications go on running.`,
    nextTry: (wait: string) => `Next try in ${wait}.`,
    trying: 'Trying…',
    retry: 'Retry now',
  },
};

export type FrameTexts = typeof english;

const texts: Catalogue<FrameTexts> = { en: english };

export const useFrameTexts = (): FrameTexts => useCatalogue(texts);
