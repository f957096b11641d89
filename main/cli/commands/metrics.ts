/** metrics: figures of nodes, now and over time. */
import type { Command } from 'commander';
import { ConpaasError } from '../../../remote/core/contract/errors.ts';
import type { Figure, MetricResult, NewestMetrics } from '../../../remote/core/contract/figures.ts';
import type { Run } from '../program.ts';
import { formatBytes, formatTime, table } from '../terminal.ts';
import { parseTime } from './observation.ts';

const sinceUsual = '15m';
/** Rows of a table that is printed; JSON has more. */
const points = { printed: 30, json: 800 };

export function metricsCommands(program: Command, run: Run): void {
  program
    .command('metrics')
    .argument('<app>')
    .argument('[service]')
    .option('--node <id>', 'of one node only')
    .option('--figure <names>', 'over time: one or more figures, e.g. requests,response_p95')
    .option('--since <time>', 'from this time: 15m, 2h, 30d, or 2026-01-31T12:00', sinceUsual)
    .option('--by-node', 'over time: nodes by themselves instead of put together')
    .option('--list', 'which figures there are, and what they mean')
    .description('Figures of nodes: the newest, or over time')
    .action(
      run(
        async (
          session,
          options: { node?: string; figure?: string; since: string; byNode?: boolean; list?: boolean },
          application: string,
          service?: string,
        ) => {
          if (options.figure === undefined && (options.byNode || options.since !== sinceUsual)) {
            throw new ConpaasError(
              'invalid_request',
              'Say of which figures: --figure NAME. --list tells which there are.',
            );
          }
          const director = await session.director();
          const { signal, terminal } = session;
          const of = { application, ...(service === undefined ? {} : { service }) };
          const { node } = options;
          const known = await director.call(
            'list_figures',
            { ...of, ...(node === undefined ? {} : { node }) },
            { signal },
          );
          if (options.list) return terminal.result(known, () => describeFigures(known));
          if (options.figure === undefined) {
            const all = await director.call('newest_metrics', of, { signal });
            const wanted = all.filter((one) => node === undefined || one.node.split('/').includes(node));
            return terminal.result(wanted, () => describeNewest(wanted, known));
          }
          const figures = options.figure.split(',').map((name) => name.trim());
          const unknown = figures.find((name) => !known.some((one) => one.name === name));
          if (unknown !== undefined) {
            throw new ConpaasError(
              'not_found',
              `There is no figure "${unknown}" here. \`conpaas metrics ${application} --list\` tells which there are.`,
            );
          }
          const now = Date.now();
          const result = await director.call(
            'query_metrics',
            {
              ...of,
              ...(node === undefined ? {} : { node }),
              figures,
              from: parseTime(options.since, now),
              to: now,
              points: terminal.json ? points.json : points.printed,
              by: options.byNode ? 'node' : 'all',
            },
            { signal },
          );
          terminal.result(result, () => describeSeries(result, known));
        },
      ),
    );
}

function describeFigures(figures: readonly Figure[]): string {
  const byName = new Map(figures.map((figure) => [figure.name, figure]));
  return table(
    ['figure', 'unit', 'over nodes', 'what'],
    [...byName.values()].map(({ name, unit, over, doc }) => [name, unit, over, doc]),
  );
}

function describeNewest(nodes: readonly NewestMetrics[], figures: readonly Figure[]): string {
  if (nodes.length === 0) return 'There are no figures yet. They come some seconds after the first node runs.';
  return table(
    ['node', 'role', 'figure', 'value'],
    nodes.flatMap(({ node, role, figures: values }) =>
      Object.entries(values).map(([name, value], index) => [
        index === 0 ? node : '',
        index === 0 ? role : '',
        name,
        formatFigure(value, figures.find((one) => one.name === name)?.unit),
      ]),
    ),
  );
}

function describeSeries({ times, series }: MetricResult, figures: readonly Figure[]): string {
  return table(
    ['time', ...series.map(({ figure, node }) => (node === undefined ? figure : `${node} ${figure}`))],
    times.map((time, index) => [
      formatTime(time),
      ...series.map(({ figure, values }) => {
        const value = values[index] ?? null;
        return value === null ? '–' : formatFigure(value, figures.find((one) => one.name === figure)?.unit);
      }),
    ]),
  );
}

function formatFigure(value: number, unit: Figure['unit'] | undefined): string {
  if (unit === 'bytes') return formatBytes(value);
  if (unit === 'bytes/s') return `${formatBytes(Math.round(value))}/s`;
  if (unit === 'share') return `${Number((value * 100).toPrecision(3))} %`;
  const number = String(Number(value.toPrecision(4)));
  if (unit === '1/s') return `${number}/s`;
  return unit === 'ms' || unit === 'cores' ? `${number} ${unit}` : number;
}
