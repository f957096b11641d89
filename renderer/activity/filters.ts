/** What the tabs of the Activity page let through, and the command that shows the same. Pure. */
import type { Operation } from '../../remote/core/contract/operation.ts';

/** Empty: all. */
export interface Filters {
  /** Id of an application. */
  readonly application: string;
  readonly state: string;
  readonly kind: string;
  readonly user: string;
  readonly span: Span;
}

export type Span = '' | '1h' | '1d' | '7d' | '30d';

export const noFilters: Filters = { application: '', state: '', kind: '', user: '', span: '' };

const spans: Readonly<Record<Exclude<Span, ''>, number>> = {
  '1h': 3_600_000,
  '1d': 86_400_000,
  '7d': 7 * 86_400_000,
  '30d': 30 * 86_400_000,
};

/** Start of the span, milliseconds since the epoch, to the minute: so that it does not change at each look. */
export function sinceOf(span: Span, now: number): number | undefined {
  return span === '' ? undefined : Math.floor((now - spans[span]) / 60_000) * 60_000;
}

export function passes(operation: Operation, filters: Filters, now: number): boolean {
  const since = sinceOf(filters.span, now);
  return (
    (filters.application === '' || operation.target.application === filters.application) &&
    (filters.state === '' || operation.state === filters.state) &&
    (filters.kind === '' || operation.kind === filters.kind) &&
    (filters.user === '' || operation.requestedBy === filters.user) &&
    (since === undefined || operation.startedAt >= since || operation.state === 'running')
  );
}

export function isFiltered(filters: Filters): boolean {
  return Object.values(filters).some((value) => value !== '');
}

/** A word for a POSIX shell. */
export function quoted(word: string): string {
  return /^[A-Za-z0-9._:/=@-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** `conpaas WORDS --option value …`, without options that are empty. */
export function commandOf(words: string, options: Readonly<Record<string, string | undefined>>): string {
  const given = Object.entries(options).flatMap(([name, value]) => (value ? [`--${name}`, quoted(value)] : []));
  return ['conpaas', words, ...given].join(' ');
}
