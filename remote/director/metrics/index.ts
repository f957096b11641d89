/** The figures of a deployment: taken from managers, kept, and told to users. */
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ApplicationId } from '../../core/contract/ids.ts';
import { type FigureSpec, figuresOf, nodeFigures } from '../../core/metrics/figures.ts';
import type { ServiceSpec } from '../../core/service/spec.ts';
import type { NodeSamples } from './blocks.ts';
import { createKeeper, type Keeper } from './keeper.ts';
import { createLoads, type Loads } from './load.ts';
import { MetricsStore } from './store.ts';

export { metricsHandlers } from './handlers.ts';

/** Disk that the figures of a deployment may take. */
const capBytes = 2 * 1024 ** 3;
const tidyEveryMs = 60_000;

export interface Metrics extends AsyncDisposable {
  readonly store: MetricsStore;
  push(application: ApplicationId, nodes: readonly NodeSamples[]): void;
  /** CPU in each of the last 15 minutes, in hundredths of a core; undefined where nothing is known. */
  load(application: string): number[] | undefined;
  forget(application: string): void;
  /** What a figure of a role is. */
  spec(type: string, role: string, figure: string): FigureSpec | undefined;
  figures(type: string, role: string): readonly FigureSpec[];
  /** Where a role stands: types with code of the user first, then in the order of the type's roles. */
  orderOf(type: string, role: string): number;
  /** Title of what a figure of a role is about: "Backend", "Servers behind Proxy"; empty for what every node has. */
  groupOf(type: string, role: string, figure: string): string;
}

export interface MetricsOptions {
  readonly home: string;
  readonly specs: Readonly<Record<string, ServiceSpec>>;
  notice(text: string, application?: string): void;
  /** The load of these applications is another than before. */
  onLoad(applications: readonly string[]): void;
  log(line: string): void;
}

/** Opens the store and keeps it until it is disposed of. */
export function openMetrics(options: MetricsOptions): Metrics {
  const { home, specs, notice, log } = options;
  const figures = (type: string, role: string) =>
    figuresOf(Object.hasOwn(specs, type) ? specs[type]?.figures : undefined, role);
  const layouts = new Map<string, readonly string[]>();
  const layout = (type: string, role: string): readonly string[] => {
    const key = `${type} ${role}`;
    const known = layouts.get(key) ?? figures(type, role).map(({ name }) => name);
    layouts.set(key, known);
    return known;
  };
  const store = new MetricsStore({
    path: path.join(home, 'metrics', 'metrics.db'),
    layout,
    capBytes,
    now: Date.now,
    notice,
    log,
  });
  const keeper = createKeeper(store, capBytes);
  const loads = createLoads(store);
  const stop = new AbortController();
  const kept = keep(store, keeper, loads, options, stop.signal);
  return {
    store,
    push: (application, nodes) => store.push(application, nodes),
    load: (application) => loads.of(application),
    forget(application) {
      store.forget(application);
      loads.forget(application);
    },
    spec: (type, role, figure) => figures(type, role).find(({ name }) => name === figure),
    figures,
    orderOf(type, role) {
      const spec = Object.hasOwn(specs, type) ? specs[type] : undefined;
      return (spec?.code ? 0 : 1000) + Object.keys(spec?.roles ?? {}).indexOf(role.split(':')[0] ?? role);
    },
    groupOf(type, role, figure) {
      if (nodeFigures.some(({ name }) => name === figure)) return '';
      const [own = role, part] = role.split(':');
      const title = (Object.hasOwn(specs, type) && specs[type]?.roles[own]?.title) || own;
      return part === undefined ? title : `${part[0]?.toUpperCase()}${part.slice(1)}s behind ${title}`;
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await kept;
      store[Symbol.dispose]();
    },
  };
}

async function keep(
  store: MetricsStore,
  keeper: Keeper,
  loads: Loads,
  { onLoad, log }: MetricsOptions,
  signal: AbortSignal,
): Promise<void> {
  let tidiedAt = Number.NEGATIVE_INFINITY;
  while (!signal.aborted) {
    const now = Math.floor(Date.now() / 1000);
    try {
      store.flush();
      await keeper.roll(now);
      const changed = loads.refresh(now);
      if (changed.length > 0) onLoad(changed);
      if (performance.now() - tidiedAt > tidyEveryMs) {
        tidiedAt = performance.now();
        await keeper.tidy(now);
      }
    } catch (error) {
      log(`figures: ${error instanceof Error ? error.message : String(error)}`);
      store.mend(error);
    }
    await delay(1_000, undefined, { signal, ref: false }).catch(() => undefined); // the loop ends
  }
}
