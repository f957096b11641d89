/** Which charts there are, from the figures that an application has. Pure. */
import type { Figure } from '../../remote/core/contract/figures.ts';
import { type MetricsTexts, metricsTexts } from './texts.ts';

export interface ChartSpec {
  readonly key: string;
  readonly title: string;
  readonly service: string | undefined;
  readonly role: string | undefined;
  readonly figures: readonly Figure[];
  /** A line a node, whatever is chosen: figures of the servers behind proxies. */
  readonly alwaysByNode: boolean;
}

export interface Section {
  readonly key: string;
  readonly title: string;
  readonly charts: readonly ChartSpec[];
}

/**
 * Sections by service and role, in the order in which the director tells figures; what every node has (processor,
 * memory, disk) is one section for all.
 */
export function sectionsOf(figures: readonly Figure[], withServices: boolean): Section[] {
  const texts = metricsTexts();
  const sections = new Map<string, { title: string; charts: Map<string, Figure[]>; first: Figure }>();
  for (const figure of figures) {
    const key = figure.group === '' ? '' : `${figure.service} ${figure.role}`;
    const title =
      figure.group === ''
        ? texts.machines
        : withServices
          ? texts.ofService(figure.service, figure.group)
          : figure.group;
    const section = sections.get(key) ?? { title, charts: new Map<string, Figure[]>(), first: figure };
    sections.set(key, section);
    const chart = section.charts.get(figure.chart) ?? [];
    section.charts.set(figure.chart, chart);
    if (!chart.some(({ name }) => name === figure.name)) chart.push(figure);
  }
  const told = [...sections].map(
    ([key, { title, charts, first }]): Section => ({
      key,
      title,
      charts: [...charts].map(([chart, own]) => ({
        key: `${key} ${chart}`,
        title: chart,
        service: key === '' ? undefined : first.service,
        role: key === '' ? undefined : first.role,
        figures: own,
        alwaysByNode: key !== '' && first.role.includes(':'),
      })),
    }),
  );
  // The first role of a type is what its users meet; then the machines, then what lies behind.
  const machines = told.filter(({ key }) => key === '');
  const parts = told.filter(({ key }) => key.includes(':'));
  const [first, ...rest] = told.filter(({ key }) => key !== '' && !key.includes(':'));
  return [...(first ? [first] : []), ...machines, ...rest, ...parts];
}

export interface TimeRange {
  readonly name: keyof MetricsTexts['shown']['ranges'];
  readonly ms: number;
}

const minute = 60_000;
const hour = 60 * minute;

export const timeRanges: readonly TimeRange[] = [
  { name: 'quarter', ms: 15 * minute },
  { name: 'hour', ms: hour },
  { name: 'sixHours', ms: 6 * hour },
  { name: 'day', ms: 24 * hour },
  { name: 'week', ms: 7 * 24 * hour },
  { name: 'month', ms: 30 * 24 * hour },
];

/** How often what is shown is read again, ms: as often as it can change, but not more often than it is sampled. */
export function refreshEvery(spanMs: number): number {
  return Math.min(60_000, Math.max(5_000, spanMs / 180));
}
