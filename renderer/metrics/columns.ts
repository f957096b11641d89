/** What a chart shows, as plain typed arrays: they never enter a store or React's state. Pure. */
import type { Figure, MetricResult } from '../../remote/core/contract/figures.ts';

export interface Line {
  /** Unique in its chart. */
  readonly key: string;
  readonly label: string;
  /** NaN where there is none. */
  readonly values: Float64Array;
  readonly highest: Float64Array;
}

export interface Columns {
  /** Seconds between two points. */
  readonly step: number;
  /** Milliseconds since the epoch. */
  readonly times: Float64Array;
  readonly lines: readonly Line[];
  /** Lines that were left out: those with the lowest values. */
  readonly leftOut: number;
}

/** More lines than this nobody can tell apart. */
export const mostLines = 10;

const numbers = (values: readonly (number | null)[]): Float64Array =>
  Float64Array.from(values, (value) => value ?? Number.NaN);

/** The answer of a query as lines: one a figure, or one a figure and node. */
export function columnsOf(result: MetricResult, figures: readonly Figure[]): Columns {
  const order = (name: string) => figures.findIndex((figure) => figure.name === name);
  const titleOf = (name: string) => figures.find((figure) => figure.name === name)?.title ?? name;
  const several = new Set(result.series.map(({ figure }) => figure)).size > 1;
  const proxies = new Set(result.series.map(({ node }) => node?.split('/')[0]));
  const all = result.series
    .filter(({ values }) => values.some((value) => value !== null))
    .toSorted(
      (a, b) =>
        order(a.figure) - order(b.figure) || (a.node ?? '').localeCompare(b.node ?? '', 'en', { numeric: true }),
    )
    .map(({ figure, node, values, highest }): Line => {
      // `proxy/server`: the proxy's name says nothing where there is only one.
      const of = node?.includes('/') && proxies.size === 1 ? node.slice(node.indexOf('/') + 1) : node;
      const label = of === undefined ? titleOf(figure) : several ? `${of} · ${titleOf(figure)}` : of;
      return { key: `${figure} ${node ?? ''}`, label, values: numbers(values), highest: numbers(highest) };
    });
  const shown = new Set(
    all
      .toSorted((a, b) => meanOf(b.values) - meanOf(a.values))
      .slice(0, mostLines)
      .map(({ key }) => key),
  );
  return {
    step: result.step,
    times: Float64Array.from(result.times),
    lines: all.filter(({ key }) => shown.has(key)),
    leftOut: all.length - shown.size,
  };
}

function meanOf(values: Float64Array): number {
  let [sum, count] = [0, 0];
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    sum += value;
    count += 1;
  }
  return count === 0 ? 0 : sum / count;
}

/** Index of the newest point that has a value in any line; -1: none has. */
export function newestIndex({ times, lines }: Columns): number {
  for (let index = times.length - 1; index >= 0; index -= 1) {
    if (lines.some(({ values }) => !Number.isNaN(values[index] ?? Number.NaN))) return index;
  }
  return -1;
}

/** Comma-separated, for spreadsheets: times in ISO 8601, an empty field where there is no value (RFC 4180). */
export function csvOf({ times, lines }: Columns): string {
  const quoted = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const field = (value: number | undefined) => (value === undefined || Number.isNaN(value) ? '' : String(value));
  const rows = [...times].map((time, index) =>
    [new Date(time).toISOString(), ...lines.map(({ values }) => field(values[index]))].join(','),
  );
  return [['time', ...lines.map(({ label }) => quoted(label))].join(','), ...rows].join('\r\n');
}
