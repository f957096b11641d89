/** The texts of logs. */
import { type Catalogue, useCatalogue } from '../texts/catalogue.ts';

const figure = (count: number): string => count.toLocaleString('en-GB');
const lines = (count: number): string => (count === 1 ? '1 line' : `${figure(count)} lines`);

const english = {
  toolbar: (title: string) => `Log of ${title}: what is shown`,
  rows: (title: string) => `Log of ${title}`,
  scrollbar: 'Place in the log',
  follow: 'Follow',
  followHint: 'Follow (F)',
  wrap: 'Wrap',
  more: 'More for this log',
  copyChosen: 'Copy chosen lines',
  copyLast: 'Copy the last lines',
  save: 'Save all shown lines…',
  older: 'Read older lines from the nodes',
  olderShort: 'Read older lines',
  space: 'Space for log lines…',
  forget: 'Forget lines of removed nodes…',
  failed: 'The log cannot be followed at the moment',
  copying: 'Copying',
  saving: 'Saving',
  reading: 'Reading older lines',
  copied: (count: number) => `${lines(count)} copied.`,
  saved: (count: number, file: string) => `${lines(count)} saved to ${file}.`,
  waiting: 'Waiting for lines',
  /** In place of lines. */
  none: 'No lines yet. They come here as the nodes write them.',
  noneChosen: 'No line yet of what is chosen above. Other nodes, logs, levels or times may have some.',
  status: (count: number, rate: number, lag: string, used: string, cap: string) =>
    `${lines(count)} · ${figure(rate)}/s · ${lag} behind · spool ${used} of ${cap}`,
  actions: {
    pause: 'Pause the log',
    follow: 'Follow the log',
    search: 'Search in the log',
    wrap: 'Wrap lines of the log',
    noWrap: 'Do not wrap lines of the log',
    copy: 'Copy lines of the log',
    save: 'Save the log…',
    hits: 'Show hits of the log alone',
    allLines: 'Show all lines of the log',
  },
  search: {
    label: 'Search in the log',
    placeholder: 'Search  /',
    matchCase: 'Match upper and lower case',
    caseSign: 'Aa',
    regex: 'Regular expression',
    result: 'Search result',
    previous: 'Previous hit',
    next: 'Next hit',
    searching: 'Searching…',
    hits: (count: number) => (count === 1 ? '1 hit' : `${figure(count)} hits`),
    soFar: (hits: string) => `${hits} so far`,
    shown: (hits: string, kept: number) => `${hits}, ${figure(kept)} of them shown`,
    place: (hit: number, count: number) => `${figure(hit)} of ${figure(count)}`,
  },
  hitsOnly: {
    label: 'Hits only',
    around: 'Lines shown before and after each hit',
    short: (count: number) => `± ${count}`,
    choice: (count: number) => {
      if (count === 0) return 'Only the hits';
      return count === 1 ? '1 line before and after' : `${count} lines before and after`;
    },
  },
  row: {
    leftOut: (log: string, count: number) => `${log}: ${lines(count)} left out`,
    gap: (log: string, count: number) => {
      if (count < 0) return `${log}: some lines may have been lost while the log was rotated`;
      if (count === 1) return `${log}: 1 line was rotated away before it could be read`;
      return `${log}: ${figure(count)} lines were rotated away before they could be read`;
    },
    levels: { other: '', debug: 'debug', info: 'info', warning: 'warning', error: 'error' },
    showAll: (characters: number) => `show all ${figure(characters)} characters`,
  },
  whole: {
    title: 'The whole line',
    about: (node: string, log: string, time: string, characters: number) =>
      `${node} · ${log} · ${time} · ${figure(characters)} characters`,
    copy: 'Copy',
    copied: 'The line is copied.',
    close: 'Close',
  },
  nodes: {
    all: 'All nodes',
    only: (service: string) => `Only ${service}`,
    several: (count: number) => `${count} nodes`,
    removed: (until: string) => `removed; kept until ${until}`,
  },
  logs: { all: 'All logs' },
  levels: {
    all: 'All levels',
    bad: 'Errors and warnings only',
    /** Of those that are chosen. */
    words: { other: 'none said', debug: 'debug', info: 'info', warning: 'warning', error: 'error' },
    titles: {
      error: 'Errors',
      warning: 'Warnings',
      info: 'Information',
      debug: 'Debugging',
      other: 'Lines that say no level',
    },
  },
  time: {
    any: 'Any time',
    range: (since: string | undefined, until: string | undefined) => `${since ?? 'start'} – ${until ?? 'now'}`,
    spans: { fiveMinutes: 'Last 5 minutes', quarter: 'Last 15 minutes', hour: 'Last hour', day: 'Last 24 hours' },
    between: 'Between…',
    title: 'Lines between',
    from: 'From',
    to: 'To (empty: now)',
    wrong: 'This is before the start.',
    show: 'Show',
  },
  cap: {
    title: 'Space for log lines',
    text: 'Lines that were read are kept on this computer, encrypted, until the program ends. When the space is full the oldest go.',
    gigabytes: 'Gigabytes',
    bounds: 'From 0.1 to 500.',
    change: 'Change',
  },
  gone: {
    title: 'Lines of removed nodes',
    text: 'The last lines of a node are kept for seven days after it is gone. They can be forgotten earlier.',
    until: (day: string) => `until ${day}`,
    forgetOf: (node: string) => `Forget the lines of ${node}`,
    forgetMore: 'Forget…',
    close: 'Close',
    question: (node: string) => `Forget the lines of ${node}?`,
    warning: 'They are deleted at the director, for everybody. There is no way back.',
    forget: 'Forget',
    forgotten: (node: string) => `The lines of ${node} are forgotten.`,
  },
};

export type LogTexts = typeof english;

const texts: Catalogue<LogTexts> = { en: english };

export const useLogTexts = (): LogTexts => useCatalogue(texts);
