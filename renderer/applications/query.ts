/** Which applications the list shows, and in which order. Pure, and quick with thousands of them. */
import type { ApplicationSummary, Health } from '../../remote/core/contract/application.ts';

export type Column = 'attention' | 'name' | 'state' | 'nodes' | 'load' | 'cost';
export type StateFilter = 'all' | 'needs-you' | 'changing' | 'running' | 'stopped';

export interface Query {
  readonly search: string;
  readonly state: StateFilter;
  /** undefined: of any cloud. */
  readonly cloud: string | undefined;
  readonly sort: Column;
  readonly descending: boolean;
}

export const everything: Query = { search: '', state: 'all', cloud: undefined, sort: 'attention', descending: false };

/** States in the order in which a user wants to know of them. */
const ranks: Readonly<Record<Health, number>> = {
  failed: 0,
  degraded: 1,
  unreachable: 2,
  creating: 3,
  starting: 3,
  stopping: 3,
  running: 4,
  stopped: 5,
};

/** Whether an application is not as it should be. */
export function isUnwell({ state }: ApplicationSummary): boolean {
  return ranks[state] < 3;
}

const filters: Readonly<Record<StateFilter, (summary: ApplicationSummary) => boolean>> = {
  all: () => true,
  'needs-you': isUnwell,
  changing: ({ state }) => ranks[state] === 3,
  running: ({ state }) => state === 'running',
  stopped: ({ state }) => state === 'stopped',
};

/** What is searched in, per summary: they are never changed, only replaced. */
const haystacks = new WeakMap<ApplicationSummary, string>();

function haystack(summary: ApplicationSummary): string {
  let text = haystacks.get(summary);
  if (text === undefined) {
    const { name, state, cause = '', address = '', services, cloud = '' } = summary;
    text = [name, state, cause, address, cloud, ...services.flatMap((one) => [one.name, one.type])]
      .join('\n')
      .toLowerCase();
    haystacks.set(summary, text);
  }
  return text;
}

const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

/**
 * Arranges lists for a query. Comparing names is slow, and names hardly ever change: it remembers their order.
 */
export class Arrangement {
  #names: ReadonlyMap<string, string> = new Map();
  #ranks: ReadonlyMap<string, number> = new Map();

  /** The applications that match every word of the search and the filters, sorted; equal ones by name. */
  arrange(byId: ReadonlyMap<string, ApplicationSummary>, query: Query): readonly ApplicationSummary[] {
    this.#followNames(byId);
    const words = query.search.toLowerCase().split(/\s+/).filter(Boolean);
    const isIn = filters[query.state];
    const found: ApplicationSummary[] = [];
    for (const summary of byId.values()) {
      if (!isIn(summary)) continue;
      if (query.cloud !== undefined && summary.cloud !== query.cloud) continue;
      if (words.length > 0) {
        const text = haystack(summary);
        if (!words.every((word) => text.includes(word))) continue;
      }
      found.push(summary);
    }
    const key = keys[query.sort];
    const direction = query.descending ? -1 : 1;
    const nameRank = (summary: ApplicationSummary): number => this.#ranks.get(summary.id) ?? 0;
    return found.sort((a, b) => {
      const difference = key ? key(a) - key(b) : 0;
      return direction * (difference || nameRank(a) - nameRank(b));
    });
  }

  #followNames(byId: ReadonlyMap<string, ApplicationSummary>): void {
    let isSame = byId.size === this.#names.size;
    for (const [id, { name }] of byId) {
      if (!isSame) break;
      isSame = this.#names.get(id) === name;
    }
    if (isSame) return;
    this.#names = new Map([...byId].map(([id, { name }]) => [id, name]));
    const sorted = [...this.#names].sort(([, a], [, b]) => collator.compare(a, b));
    this.#ranks = new Map(sorted.map(([id], rank) => [id, rank]));
  }
}

const keys: Readonly<Record<Column, ((summary: ApplicationSummary) => number) | undefined>> = {
  attention: ({ state }) => ranks[state],
  name: undefined,
  state: ({ state }) => ranks[state],
  nodes: ({ nodes }) => nodes.running,
  load: ({ load }) => load?.at(-1) ?? -1,
  // Unknown costs stand before the free ones, where they are seen.
  cost: ({ costPerHour }) => costPerHour ?? -1,
};
