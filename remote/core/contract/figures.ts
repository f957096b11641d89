/** Figures as users ask for them: what there is, how it went, how it is. */
import { z } from 'zod';
import { method } from './method.ts';
import { name, value } from './metrics.ts';

export const Figure = z.object({
  name: z.string(),
  title: z.string(),
  unit: z.enum(['cores', 'bytes', 'bytes/s', '1/s', 'ms', 'count', 'share']),
  kind: z.enum(['gauge', 'counter', 'rate', 'percentile']),
  doc: z.string(),
  /** Figures that are drawn together. */
  chart: z.string(),
  over: z.enum(['sum', 'average', 'highest']),
  /** Title of the role that it is of: "Backend"; empty for what every node has. */
  group: z.string(),
  /** Whose nodes have it. */
  service: z.string(),
  role: z.string(),
});
export type Figure = z.infer<typeof Figure>;

const values = z.array(value);

export const MetricSeries = z.object({
  figure: z.string(),
  /** Only with `by: node`. */
  node: z.string().optional(),
  values,
  /** Highest in each interval. Over nodes of a sum it is the sum of their highest: an upper bound. */
  highest: values,
});
export type MetricSeries = z.infer<typeof MetricSeries>;

export const MetricResult = z.object({
  /** Seconds between two points. */
  step: z.number(),
  /** Begin of each interval, milliseconds since the epoch, ascending. The values of all series stand beside them. */
  times: z.array(z.number()),
  series: z.array(MetricSeries),
});
export type MetricResult = z.infer<typeof MetricResult>;

export const NewestMetrics = z.object({
  node: z.string(),
  service: z.string(),
  role: z.string(),
  time: z.number(),
  figures: z.record(z.string(), z.number()),
});
export type NewestMetrics = z.infer<typeof NewestMetrics>;

export const metricsUserMethods = {
  query_metrics: method({
    kind: 'query',
    params: z.strictObject({
      application: name,
      service: name.optional(),
      role: z.string().max(60).optional(),
      /** A node with what it tells of its servers and proxies tell of it, or `proxy/server`. */
      node: name.optional(),
      figures: z.array(z.string().max(60)).min(1).max(64),
      /** Milliseconds since the epoch. */
      from: z.number().nonnegative(),
      to: z.number().nonnegative(),
      points: z.number().int().min(1).max(800).default(300),
      /** `all`: nodes are put together, each figure by its own rule. */
      by: z.enum(['all', 'node']).default('all'),
    }),
    result: MetricResult,
    callers: ['user'],
    since: 1,
    doc: 'Figures over time, at most 800 points a series; gaps are null.',
  }),
  newest_metrics: method({
    kind: 'query',
    params: z.strictObject({ application: name, service: name.optional() }),
    result: z.array(NewestMetrics),
    callers: ['user'],
    since: 1,
    doc: 'Newest figures of each node, no older than a minute; figures that are not known are left out.',
  }),
  list_figures: method({
    kind: 'query',
    params: z.strictObject({ application: name, service: name.optional(), node: name.optional() }),
    result: z.array(Figure),
    callers: ['user'],
    since: 1,
    doc: 'Which figures there are of an application, with title, unit and explanation.',
  }),
};
