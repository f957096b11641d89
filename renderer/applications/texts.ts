/** The texts of the list of applications. They are loaded with the first page. */
import { type Catalogue, textsOf, useCatalogue } from '../texts/catalogue.ts';
import { countText } from '../texts/count.ts';
import type { Mend } from './attention.ts';

/** Where none needs the user: how many applications run, change, are being mended, are stopped, and have nothing in them. */
export interface Counts {
  readonly run: number;
  readonly change: number;
  readonly unwell: number;
  readonly stopped: number;
  readonly empty: number;
}

function countsText({ run, change, unwell, stopped, empty }: Counts): string {
  const parts = [
    [run, 'runs', 'run'],
    [change, 'is changing', 'are changing'],
    // What is not well and does not need the user has an operation that is at it.
    [unwell, 'is not well and being worked on', 'are not well and being worked on'],
    [stopped, 'is stopped', 'are stopped'],
    [empty, 'is empty', 'are empty'],
  ] as const;
  return parts
    .filter(([count]) => count > 0)
    .map(([count, one, many], index) =>
      // Of what they are is said once.
      index === 0 ? countText(count, `application ${one}`, `applications ${many}`) : countText(count, one, many),
    )
    .join(', ');
}

/** On the button that mends it. */
function mendText(mend: Mend): string {
  switch (mend.kind) {
    case 'retry':
      return 'Retry';
    case 'replace_manager':
      return 'Replace its manager';
    case 'roll_back':
      return `Roll ${mend.service} back`;
  }
}

const applications = (count: number): string => countText(count, 'application');

const english = {
  title: 'Applications',
  reading: 'Reading the applications',
  noneInState: 'No application is in that state.',
  noneMatches: (search: string) => `No application matches “${search}”.`,
  newApplication: 'New application',
  empty: {
    text: (link: string) =>
      `Nothing runs yet. Take a ready-made application to see how it goes, drop a manifest on this window, or ${link}.`,
    link: 'write one of your own',
  },
  pageActions: {
    search: 'Search applications',
    needing: 'Show what needs you',
    all: 'Show all applications',
    select: 'Select all applications that are shown',
    comfortable: 'Make the list comfortable',
    compact: 'Make the list compact',
  },
  heads: {
    name: 'Name',
    state: 'State',
    address: 'Address',
    services: 'Services',
    nodes: 'Nodes',
    nodesLabel: 'Nodes running, of those wanted',
    load: 'Load',
    loadLabel: 'Load in the last 15 minutes',
    perHour: '$/h',
    perHourLabel: 'Cost per hour in US dollars',
    perMonth: '$/month',
    perMonthLabel: 'Cost per month in US dollars',
    selectAll: 'Select all that are shown',
  },
  row: {
    select: (name: string) => `Select ${name}`,
    noAddress: 'none yet',
    underWay: 'under way',
    cancel: 'Cancel',
    cancelThis: (operation: string) => `Cancel ${operation}`,
    load: (now: string, most: string, minutes: number) =>
      `${now} cores now, at most ${most} in the last ${minutes} minutes`,
  },
  attention: {
    needing: (count: number, first: string) => `${count} ${count === 1 ? 'needs' : 'need'} you: ${first}`,
    all: (count: number) => `All ${count}`,
    show: 'Show',
    busy: (counts: Counts) => `Nothing needs you: ${countsText(counts)}.`,
    good: (counts: Counts) => `All is well: ${countsText(counts)}.`,
    nothingRuns: (counts: Counts) => `Nothing runs: ${countsText(counts)}.`,
    mend: mendText,
  },
  bulk: {
    label: 'Selected applications',
    selected: (count: number) => `${count} selected`,
    start: 'Start',
    stop: 'Stop',
    delete: 'Delete…',
    clear: 'Clear selection',
    starting: (count: number) => `Starting ${applications(count)}.`,
    stopping: (count: number) => `Stopping ${applications(count)}.`,
    deleting: (count: number) => `Deleting ${applications(count)}.`,
    /** What went wrong with the first, and with how many others. */
    failed: (name: string, why: string, others: number) =>
      `${name}: ${why}${others > 0 ? ` (and ${others} more)` : ''}`,
  },
  deleteSeveral: {
    title: (count: number) => `Delete ${applications(count)}?`,
    text: 'Their services, code versions, histories and data are deleted. There is no way back.',
    /** To be typed. */
    words: (count: number) => `delete ${count}`,
    action: 'Delete',
    list: 'To be deleted',
    one: (name: string, nodes: number) => `${name} · ${countText(nodes, 'node')}`,
  },
  toolbar: {
    searchHint: 'Search  /',
    search: 'Search applications',
    state: 'State',
    states: {
      all: 'Any state',
      'needs-you': 'Needs you',
      changing: 'Changing',
      running: 'Running',
      stopped: 'Stopped',
    },
    cloud: 'Cloud',
    anyCloud: 'Any cloud',
    density: 'Density',
    comfortable: 'Comfortable',
    compact: 'Compact',
  },
  totals: {
    asOf: (time: string) => `as of ${time}`,
    asOfNow: 'as of now',
    all: applications,
    some: (shown: number, all: number) => `${shown} of ${applications(all)}`,
    nodes: (running: number) => `${countText(running, 'node')} running`,
    unknown: (machines: number) => `price of ${countText(machines, 'machine')} unknown`,
    pricesOf: (day: string) => `prices of ${day}`,
  },
};

export type ApplicationsTexts = typeof english;

const texts: Catalogue<ApplicationsTexts> = { en: english };

export const useApplicationsTexts = (): ApplicationsTexts => useCatalogue(texts);

/** For what is said outside of components. */
export const applicationsTexts = (): ApplicationsTexts => textsOf(texts);
