/** Figures of the scripted director: made by a formula, so that charts always look the same; the specs are the real ones. */
import type { DirectorMethods } from '../../../remote/core/contract/director.ts';
import type { Figure } from '../../../remote/core/contract/figures.ts';
import { type FigureSpec, figuresOf } from '../../../remote/core/metrics/figures.ts';
import { spec as mysql } from '../../../remote/services/mysql/spec.ts';
import { spec as php } from '../../../remote/services/php/spec.ts';
import type { Script, Scripted } from './script.ts';

const size: Readonly<Record<FigureSpec['unit'], number>> = {
  cores: 0.4,
  bytes: 180e6,
  'bytes/s': 40_000,
  '1/s': 120,
  ms: 35,
  count: 6,
  share: 0.7,
};

/** Nothing is known of a stretch in the middle: a gap. */
const gap = { from: 0.45, to: 0.52 };

function roles(): { service: string; role: string; group: string; figures: readonly FigureSpec[]; nodes: string[] }[] {
  const of = (service: string, spec: typeof php, role: string, group: string, nodes: string[]) => ({
    service,
    role,
    group,
    nodes,
    figures: figuresOf(spec.figures, role),
  });
  return [
    of('web', php, 'proxy', 'Proxy', ['web-proxy-1']),
    of('web', php, 'proxy:server', 'Servers behind Proxy', ['web-proxy-1/web-backend-1', 'web-proxy-1/web-backend-2']),
    of('web', php, 'backend', 'Backend', ['web-backend-1', 'web-backend-2']),
    of('db', mysql, 'mysql', 'Database', ['db-mysql-1']),
  ];
}

export function metricsMethods(script: Script): Scripted<DirectorMethods> {
  const of = (about: { service?: string | undefined; role?: string | undefined; node?: string | undefined }) =>
    roles().filter(
      ({ service, role, nodes }) =>
        (about.service ?? service) === service &&
        (about.role ?? role) === role &&
        (about.node === undefined || nodes.some((node) => node.split('/').includes(about.node ?? ''))),
    );
  return {
    list_figures: async (params) => {
      const { summary } = script.find(params.application);
      const figures = of(params).flatMap(({ service, role, group, figures: own }) =>
        own.map(
          ({ roles: every, ...figure }): Figure => ({
            ...figure,
            service,
            role,
            group: every.length === 0 ? '' : group,
          }),
        ),
      );
      return script.take('list_figures', params, summary.nodes.wanted === 0 ? [] : figures);
    },
    query_metrics: async (params) => {
      const length = Math.min(params.points ?? 300, 90);
      const step = Math.max(5, Math.ceil((params.to - params.from) / 1000 / length));
      const times = Array.from({ length }, (_, index) => Math.floor(params.from) + index * step * 1000);
      const wanted = of(params);
      const series = params.figures.flatMap((name, order) => {
        const having = wanted.filter(({ figures }) => figures.some((figure) => figure.name === name));
        const unit = having[0]?.figures.find((figure) => figure.name === name)?.unit ?? 'count';
        const nodes =
          params.by === 'node' ? having.flatMap(({ nodes: all }) => all) : having.length > 0 ? [undefined] : [];
        return nodes.map((node, number) => {
          const values = times.map((_time, index) => {
            const part = index / length;
            if (part > gap.from && part < gap.to) return null;
            const wave = 1 + 0.5 * Math.sin(index / 7 + number + order) + 0.2 * Math.sin(index / 2);
            return size[unit] * wave * (1 + order * 0.8) * (unit === 'share' ? 0.6 : 1);
          });
          return { figure: name, ...(node === undefined ? {} : { node }), values, highest: values };
        });
      });
      return script.take('query_metrics', params, { step, times, series });
    },
    newest_metrics: async (params) =>
      script.take(
        'newest_metrics',
        params,
        of(params).flatMap(({ service, role, nodes, figures }) =>
          nodes.map((node) => ({
            node,
            service,
            role,
            time: Date.now(),
            figures: Object.fromEntries(figures.map(({ name, unit }) => [name, size[unit]])),
          })),
        ),
      ),
  };
}
