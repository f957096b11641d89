/** The texts of metrics. */
import { type Catalogue, textsOf, useCatalogue } from '../texts/catalogue.ts';
import { countText } from '../texts/count.ts';

const english = {
  shown: {
    label: 'Time shown',
    ranges: {
      quarter: '15 min',
      hour: '1 h',
      sixHours: '6 h',
      day: '1 day',
      week: '7 days',
      month: '30 days',
    },
    resetZoom: 'Reset zoom',
    byNode: 'A line a node',
    asTables: 'As tables',
  },
  actions: {
    asCharts: 'Show figures as charts',
    asTables: 'Show figures as tables',
    reset: 'Show all of the time again',
  },
  failed: 'The figures could not be read',
  noneOfNode: 'No figures yet. They come some seconds after the node runs, and are kept for 30 days.',
  none: 'No figures yet. They come some seconds after the first node runs, and are kept for 30 days.',
  machines: 'Processor, memory and disk',
  ofService: (service: string, group: string) => `${service}: ${group}`,
  chart: {
    copy: 'Copy CSV',
    copyOf: (chart: string) => `Copy CSV of ${chart}`,
    copied: (chart: string) => `${chart} is copied as CSV.`,
    old: (why: string) => `These figures are not the newest: ${why}`,
    empty: 'No figures in this time.',
    point: (chart: string) => `${chart}, point in time`,
    leftOut: (lines: number) => `${countText(lines, 'lower line is', 'lower lines are')} not shown`,
    /** Read out instead of a dash. */
    noValue: 'no value',
    table: (chart: string) => `${chart} as a table`,
    time: 'Time',
  },
  marks: {
    label: 'What happened in this time',
    failed: 'Failed',
    changed: 'Changed',
    earlier: (count: number) => `and ${count} earlier`,
    failure: (title: string, why: string | undefined) => (why ? `${title} failed: ${why}` : `${title} failed`),
  },
  dayAndTime: (day: string, time: string) => `${day} ${time}`,
  units: {
    cores: (count: string) => `${count} cores`,
    /** Bytes, by thousands. */
    bytes: ['B', 'kB', 'MB', 'GB', 'TB'],
    /** What is counted, by thousands. */
    counts: ['', 'k', 'M'],
    aSecond: (amount: string) => `${amount}/s`,
    seconds: (count: string) => `${count} s`,
    milliseconds: (count: string) => `${count} ms`,
    percent: (count: string) => `${count} %`,
  },
};

export type MetricsTexts = typeof english;

const texts: Catalogue<MetricsTexts> = { en: english };

export const useMetricsTexts = (): MetricsTexts => useCatalogue(texts);
export const metricsTexts = (): MetricsTexts => textsOf(texts);
