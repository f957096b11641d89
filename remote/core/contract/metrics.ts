/** Samples of figures: from agents to their manager, from managers to the director. */
import { z } from 'zod';
import { method } from './method.ts';

/** Of an application, a service, a node or a part of it. */
export const name = z.string().min(1).max(200);
/** null where it could not be told. */
export const value = z.number().nullable();

/** Samples of one node: `rows[tick][figure]`; null where it could not be told. Counters are rates already. */
export const Samples = z.object({
  node: name,
  /** `server/web-backend-1`: what the node (a proxy) tells of one of its servers. */
  part: name.optional(),
  figures: z.array(z.string().max(60)).max(64),
  /** Milliseconds since the epoch, multiples of the sampling interval, ascending. */
  times: z.array(z.number().int().nonnegative()).max(240),
  rows: z.array(z.array(value).max(64)).max(240),
});
export type Samples = z.infer<typeof Samples>;

export const metricsAgentMethods = {
  get_samples: method({
    kind: 'query',
    params: z.strictObject({
      /** Only samples after this time. */
      after: z.number(),
      /** At most so many of them, the oldest first. */
      limit: z.number().int().min(1).max(240).default(24),
    }),
    result: z.object({ samples: z.array(Samples), more: z.boolean() }),
    callers: ['manager'],
    since: 1,
    doc: 'Samples of the nodes of this agent; the last ten minutes are kept.',
  }),
};

export const metricsManagerMethods = {
  push_metrics: method({
    kind: 'command',
    params: z.strictObject({
      nodes: z.array(Samples.extend({ service: name, type: z.string().max(60), role: z.string().max(60) })).max(4096),
    }),
    /** When to push again, in seconds: the more applications there are, the less often. */
    result: z.object({ everySeconds: z.number() }),
    callers: ['manager'],
    since: 1,
    doc: 'Samples of nodes of the own application. Those that are known already are put in again.',
  }),
};
