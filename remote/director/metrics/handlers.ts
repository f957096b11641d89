/** What the director answers about figures. */
import { ConpaasError } from '../../core/contract/errors.ts';
import type { metricsUserMethods } from '../../core/contract/figures.ts';
import type { ApplicationId } from '../../core/contract/ids.ts';
import type { Call, Handlers } from '../../core/contract/method.ts';
import type { metricsManagerMethods } from '../../core/contract/metrics.ts';
import type { Metrics } from './index.ts';
import { answer, slotsOf } from './query.ts';

type MetricsHandlers = Handlers<typeof metricsUserMethods & typeof metricsManagerMethods>;

/** Values that are older are not "now" any more. */
const newestSeconds = 60;

export function metricsHandlers(options: {
  readonly metrics: Metrics;
  /** The application of a name or id; throws `not_found`. */
  find(application: string): { id: ApplicationId };
  /** The application of the calling manager; throws where it is not the newest. */
  managed(call: Call): { id: ApplicationId };
  applications(): number;
}): MetricsHandlers {
  const { metrics, find, managed } = options;
  const { store } = metrics;
  const blocksOf = (application: string, service: string | undefined) =>
    store.blocks.of(find(application).id).filter((block) => service === undefined || block.service === service);

  /** What is wrong with the file is mended (or said) where it is found: at a read, too. */
  const reading = <T>(read: () => T): T => {
    try {
      return read();
    } catch (error) {
      store.mend(error);
      throw new ConpaasError('conflict', 'The figures of the past could not be read. Try again in a moment.', {
        retry: true,
      });
    }
  };

  return {
    push_metrics: async ({ nodes }, call) => {
      metrics.push(managed(call).id, nodes);
      return { everySeconds: everySeconds(options.applications()) };
    },
    query_metrics: async ({ application, service, role, node, figures, from, to, points, by }) => {
      store.flush();
      return reading(() =>
        answer(store, {
          blocks: blocksOf(application, service).filter((block) => role === undefined || block.role === role),
          node,
          figures,
          from: Math.min(from, to),
          to,
          points,
          by,
          spec: (block, figure) => metrics.spec(block.type, block.role, figure),
          now: Math.floor(Date.now() / 1000),
        }),
      );
    },
    newest_metrics: async ({ application, service }) =>
      store
        .newest(find(application).id, newestSeconds)
        .filter(({ block }) => service === undefined || block.service === service)
        .map(({ block, slot, time, values }) => ({
          node: block.nodes[slot] ?? '',
          service: block.service,
          role: block.role,
          time: time * 1000,
          figures: Object.fromEntries(
            block.figures.flatMap((figure, column) => {
              const value = values[column] ?? Number.NaN;
              return Number.isNaN(value) ? [] : [[figure, Number(value.toPrecision(6))]];
            }),
          ),
        })),
    list_figures: async ({ application, service, node }) => {
      const roles = new Map(
        blocksOf(application, service)
          .filter((block) => slotsOf(block, node).length > 0)
          .map((block) => [`${block.service} ${block.role}`, block] as const),
      );
      const inOrder = [...roles.values()].toSorted(
        (a, b) =>
          metrics.orderOf(a.type, '') - metrics.orderOf(b.type, '') ||
          a.service.localeCompare(b.service, 'en', { numeric: true }) ||
          metrics.orderOf(a.type, a.role) - metrics.orderOf(b.type, b.role),
      );
      return inOrder.flatMap((block) =>
        metrics.figures(block.type, block.role).map(({ roles: _roles, ...figure }) => ({
          ...figure,
          group: metrics.groupOf(block.type, block.role, figure.name),
          service: block.service,
          role: block.role,
        })),
      );
    },
  };
}

/** So that the director has about twenty pushes a second to take at most. */
function everySeconds(applications: number): number {
  return Math.min(60, 5 * Math.max(1, Math.ceil(applications / 100)));
}
