/** What a change of node counts would cost, and how long it may take. Pure. */
import type { Operation } from '../../remote/core/contract/operation.ts';

/** Fewer past operations than these say nothing. */
const enough = 1;
/** Older ones are of another time. */
const newest = 50;

export interface Expected {
  /** Median, milliseconds. */
  readonly ms: number;
  readonly of: number;
}

/** How long such operations took so far; undefined: there were none. @param kinds e.g. `add_nodes` */
export function expectedTime(operations: Iterable<Operation>, kinds: readonly string[]): Expected | undefined {
  const took = [...operations]
    .filter(({ kind, state, endedAt }) => kinds.includes(kind) && state === 'done' && endedAt !== undefined)
    .sort((a, b) => b.startedAt - a.startedAt)
    .slice(0, newest)
    .map(({ startedAt, endedAt }) => (endedAt ?? startedAt) - startedAt);
  const ms = median(took);
  return ms === undefined || took.length < enough ? undefined : { ms, of: took.length };
}

/** The middle of some numbers; of an even count the mean of the two in the middle. */
export function median(values: readonly number[]): number | undefined {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle];
  if (upper === undefined) return undefined;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2;
}

/** A machine as far as its price goes: dollars per hour, undefined where nobody knows it. */
export interface Priced {
  readonly pricePerHour?: number | undefined;
}

/**
 * Dollars per hour more (or less) for so many machines more: each costs what the newest one of the application costs.
 * undefined: unknown.
 */
export function costOf(nodes: number, machines: readonly Priced[]): number | undefined {
  const price = machines.at(-1)?.pricePerHour;
  return price === undefined ? undefined : nodes * price;
}
