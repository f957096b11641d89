/** The texts of what all pages are made of. They are loaded with the first page. */
import type { Health } from '../../../remote/core/contract/application.ts';
import type { Failure } from '../../../remote/core/contract/errors.ts';
import type { Operation, OperationStep } from '../../../remote/core/contract/operation.ts';
import { type Catalogue, textsOf, useCatalogue } from '../../texts/catalogue.ts';

const states: Readonly<Record<Health, string>> = {
  creating: 'creating',
  starting: 'starting',
  running: 'running',
  degraded: 'degraded',
  stopping: 'stopping',
  stopped: 'stopped',
  failed: 'failed',
  unreachable: 'unreachable',
};

/** What to do, where a failure says only what happened. */
const advice: Partial<Readonly<Record<Failure['code'], string>>> = {
  invalid_request: 'Change what you entered, then try again.',
  too_large: 'Make it smaller, then try again.',
  unauthenticated: 'Open the window anew; if that does not help, look under Security.',
  forbidden: 'Ask the owner of this director to allow it.',
  not_found: 'It may have been removed meanwhile. Go back and look again.',
  conflict: 'Look at how it is now, then try again.',
  superseded: 'Wait a moment, then try again.',
  cancelled: 'Start it again when you want it.',
  deadline_exceeded: 'Try again; it may only have been slow.',
  unreachable: 'Try again in a moment.',
  director_unreachable: 'Try again when the director answers.',
  disk_full: 'Free some space, then try again.',
  interrupted: 'Start it again.',
};

/** The same, where there are details. */
const adviceOnDetails: typeof advice = {
  cloud_failed: 'The details hold what the cloud answered.',
  deadline_exceeded: 'Try again; if it takes too long again, the details say where it waited.',
};

const outcomes: Readonly<Record<Operation['state'], string>> = {
  running: 'running',
  done: 'done',
  failed: 'failed',
  cancelled: 'cancelled',
};

const steps: Readonly<Record<OperationStep['state'], string>> = {
  waiting: 'waiting',
  running: 'under way',
  done: 'done',
  failed: 'failed',
  skipped: 'skipped',
};

const english = {
  states,
  openInBrowser: 'Open in the browser',
  copyAddress: 'Copy the address',
  copyThis: (what: string) => `Copy ${what}`,
  copied: 'Copied.',
  typeToConfirm: (wanted: string) => `Type ${wanted} to confirm`,
  cancel: 'Cancel',
  close: 'Close',
  /** The head of the column with what can be done with each row. */
  actions: 'Actions',
  asOf: (time: string) => `as of ${time}`,
  health: 'Health',
  unsaved: 'unsaved changes',
  unsavedTab: 'Unsaved changes',
  titleOfWindow: (page: string) => `${page} · ConPaaS Desktop`,
  contained: {
    title: 'Something went wrong',
    cannotBeShown: (what: string) => `${what} cannot be shown`,
    window: 'The window',
    opened: 'What was opened',
    sheet: 'The sheet',
    page: 'This page',
    notLoaded:
      'A part of the program could not be loaded. Retry opens the window anew; if that does not help, install the program again.',
    notDrawn: 'It has failed while it was drawn. Try again, or go on elsewhere: the rest of the window works.',
  },
  failure: {
    advice,
    adviceOnDetails,
    otherwise: 'The details say more; try again when the cause is mended.',
    withoutDetails: 'Try again; if it fails again, look into the logs, or at Diagnostics under Help.',
    retry: 'Retry',
    details: 'Details',
    copy: 'Copy',
    place: (path: string, message: string) => `${path}: ${message}`,
    placeInText: (path: string, message: string, line: number, column: number) =>
      `line ${line}, column ${column} (${path}): ${message}`,
    because: (message: string) => `Because: ${message}`,
  },
  notices: {
    undo: 'Undo',
    notUndone: (why: string) => `It was not undone. ${why}`,
  },
  drop: {
    wrong: 'Drop a manifest (a .json file) here. Archives and folders go on a service.',
  },
  locked: 'The vault is locked',
  node: {
    logs: 'Logs',
    logsOf: (node: string) => `Logs of ${node}`,
    terminal: 'Terminal',
    terminalOn: (node: string) => `Terminal on ${node}`,
    restart: 'Restart',
    restartThis: (node: string) => `Restart ${node}`,
  },
  operation: { outcomes, steps, cancelled: 'Cancelled.' },
  passphrase: {
    again: (label: string) => `${label}, again`,
    short: (least: number) => `${least} characters or more.`,
    different: 'The two are not the same.',
    hint: 'Nobody can tell it to you again. Keep it somewhere safe.',
  },
  readyMade: {
    label: 'Ready-made applications',
    failed: 'The ready-made applications could not be read',
  },
};

export type ComponentTexts = typeof english;

const texts: Catalogue<ComponentTexts> = { en: english };

export const useComponentTexts = (): ComponentTexts => useCatalogue(texts);

/** For what is said outside of components. */
export const componentTexts = (): ComponentTexts => textsOf(texts);
