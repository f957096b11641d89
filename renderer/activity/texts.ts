/** The texts of the Activity page. */
import type { HistoryEvent } from '../../remote/core/contract/audit.ts';
import { type Catalogue, useCatalogue } from '../texts/catalogue.ts';
import { countText } from '../texts/count.ts';
import type { Span } from './filters.ts';

const spans: Readonly<Record<Span, string>> = {
  '': 'any time',
  '1h': 'last hour',
  '1d': 'last day',
  '7d': 'last 7 days',
  '30d': 'last 30 days',
};
const eventKinds: Readonly<Record<HistoryEvent['kind'], string>> = {
  application: 'applications',
  machine: 'machines',
  certificate: 'certificates',
  alert: 'alerts',
};

const english = {
  title: 'Activity',
  tabs: { operations: 'Operations', events: 'Events', audit: 'Audit' },
  health: {
    nothingRuns: 'nothing runs',
    running: (count: number) => (count === 1 ? '1 operation runs' : `${count} operations run`),
    busy: (runs: string) => `All is well: ${runs}.`,
    good: 'All is well: nothing runs, and nothing has failed that was not mended.',
    failed: (title: string, time: string, more: number, runs: string) =>
      `“${title}” failed at ${time}${more > 0 ? `, and ${more} more` : ''}; ${runs}.`,
    show: 'Show',
    retry: 'Retry',
  },
  filters: {
    application: 'Application',
    state: 'State',
    kind: 'Kind',
    user: 'User',
    time: 'Time',
    all: 'all',
    spans,
    showAll: 'Show all',
    copyCommand: 'Copy as command',
    commandCopied: 'The command is copied.',
    nothing: 'Nothing of this kind. Other filters may find more.',
  },
  list: {
    label: (what: string) => `${what}, list`,
    failed: (what: string) => `${what} cannot be read now`,
  },
  operations: {
    states: { running: 'running', failed: 'failed', done: 'done', cancelled: 'cancelled' },
    filtered: 'No operation of this kind. Other filters may find more.',
    empty: 'Nothing has happened yet. Whatever takes time is listed here, with its steps.',
    showInDock: (title: string) => `Show ${title} in the dock`,
    inDock: 'in the dock',
  },
  events: {
    kinds: eventKinds,
    empty: 'Nothing has happened yet.',
    levels: { info: 'note', warning: 'warning', alert: 'alert' },
  },
  audit: {
    outcomes: { done: 'done', failed: 'failed' },
    /** Those that a person most often looks for. */
    kinds: {
      open_terminal: 'terminals opened',
      close_terminal: 'terminals closed',
      apply_manifest: 'manifests applied',
      upload_code_version: 'code uploaded',
      set_secret: 'secrets set',
      get_secrets: 'secrets read',
      delete_application: 'applications deleted',
      revoke_certificate: 'certificates revoked',
    },
    empty: 'Nobody has changed anything yet.',
    after: (duration: string) => `after ${duration}`,
    verify: 'Verify',
    intact: (entries: number, last: number, hash: string) =>
      `${countText(entries, 'entry is as it was', 'entries are as they were')} written. The last is number ${last}, its hash ${hash}….`,
    broken: (entry: number | undefined) =>
      `Entry ${entry} is not what was written, or is missing: somebody changed the director's database.`,
  },
  export: {
    action: 'Export…',
    busy: 'Saving…',
    csv: 'CSV, for a spreadsheet',
    lines: 'JSON lines, for a program',
    saved: (rows: number, file: string) => `${rows === 1 ? '1 row' : `${rows} rows`} saved to ${file}.`,
  },
};

export type ActivityTexts = typeof english;

const texts: Catalogue<ActivityTexts> = { en: english };

export const useActivityTexts = (): ActivityTexts => useCatalogue(texts);
