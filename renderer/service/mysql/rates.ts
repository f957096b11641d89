/** From counters of a database to figures. Pure. */
import { figure } from '../../texts/figures.ts';
import { mysqlTexts } from './texts.ts';

/** As `get_statistics` of a MySQL service answers; see remote/services/mysql/statistics.ts. */
export interface Statistics {
  readonly at: number;
  readonly uptime: number;
  readonly questions: number;
  readonly slow: number;
  readonly queries: Readonly<Record<'select' | 'insert' | 'update' | 'delete', number>>;
  readonly connections: {
    readonly connected: number;
    readonly running: number;
    readonly most: number;
    readonly limit: number;
  };
  readonly databases: readonly { readonly name: string; readonly bytes: number; readonly tables: number }[];
  readonly tables: readonly {
    readonly database: string;
    readonly name: string;
    readonly rows: number;
    readonly bytes: number;
  }[];
}

export const queryKinds = ['select', 'insert', 'update', 'delete'] as const;
export type QueryRates = Readonly<Record<(typeof queryKinds)[number], number>>;

/**
 * Queries per second by kind between two readings; undefined where there is no rate: one reading, no time between them,
 * or a restart of the server in between (its counters began anew).
 */
export function ratesOf(before: Statistics | undefined, now: Statistics | undefined): QueryRates | undefined {
  if (!before || !now || now.at <= before.at || now.uptime < before.uptime) return undefined;
  const seconds = (now.at - before.at) / 1000;
  const rate = (kind: (typeof queryKinds)[number]): number => (now.queries[kind] - before.queries[kind]) / seconds;
  const rates = { select: rate('select'), insert: rate('insert'), update: rate('update'), delete: rate('delete') };
  return Object.values(rates).some((value) => value < 0) ? undefined : rates;
}

/** `0.4/s`, `12/s` */
export function rateText(rate: number | undefined): string {
  if (rate === undefined) return '–';
  return mysqlTexts().figures.rate(figure(rate, rate < 10 ? 1 : 0));
}
