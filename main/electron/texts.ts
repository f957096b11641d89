/** What the main process itself says: menus, dialogs, updates. In the language that the window prefers. */
import type { MenuItemConstructorOptions } from 'electron';
import type { Preferences } from '../preferences.ts';

/** What Electron's own entries are called; those that are left out, as Electron calls them: in English, as each system does. */
const roles: Partial<Readonly<Record<NonNullable<MenuItemConstructorOptions['role']>, string>>> = {};

const english = {
  program: 'ConPaaS Desktop',
  cancel: 'Cancel',
  close: 'Close',
  menu: {
    file: '&File',
    edit: '&Edit',
    page: '&Page',
    view: '&View',
    window: '&Window',
    help: '&Help',
    stopEverything: 'Stop &everything…',
    roles,
  },
  /** Kinds of files, in dialogs that choose one. */
  files: {
    manifest: 'Manifests',
    archive: 'Archives',
    sealed: 'Encrypted files of ConPaaS',
    dump: 'Dumps',
  },
  stop: {
    title: 'Stop everything',
    question: (running: number) => {
      if (running === 0) return 'Stop the director on this computer?';
      return running === 1
        ? 'Stop the running application and the director?'
        : `Stop all ${running} running applications and the director?`;
    },
    text: 'Code and data are kept. They start again when you say so.',
    action: 'Stop everything',
  },
  goingOn: {
    said: (running: number) =>
      running === 1 ? 'Your application goes on running.' : `Your ${running} applications go on running.`,
    text: 'Closing the window stops nothing. To stop them, choose “Stop everything” in the File menu. This is said only once.',
    action: 'Close the window',
  },
  hubFails: {
    said: 'The process that keeps the connections fails again and again.',
    text: 'Your applications go on running. Start the window anew; if that does not help, run it from a terminal to see why.',
  },
  password: {
    title: (service: string) => `Password of ${service}`,
    question: (service: string) => `Show the password of ${service}?`,
    text: 'Whoever sees your screen can read it.',
    show: 'Show',
    copy: 'Copy for 30 seconds',
  },
  updates: {
    unsupported: {
      checkout: 'This is a checkout: git brings what is new.',
      noFeed: 'This package was built without a place to look for updates.',
      unpacked: 'This copy was unpacked by hand: unpack a newer one in its place.',
    },
    damaged: 'What was downloaded is not what was published (its SHA-512 differs). It was thrown away.',
    failed: (why: string) => `The place for updates could not be used: ${why}`,
  },
};

export type MainTexts = typeof english;

const languages: { readonly [Code in Preferences['language']]: MainTexts } = { en: english };

export function mainTexts({ language }: Preferences): MainTexts {
  return languages[language];
}
