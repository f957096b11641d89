/** Logs of nodes that are gone: the director keeps their last lines. */
import { z } from 'zod';
import { application } from './ids.ts';
import { LogBatch, LogPlace } from './logs.ts';
import { done, method } from './method.ts';

/** A node that is gone and whose last lines the director keeps. */
export const RemovedNode = z.object({
  node: z.string(),
  service: z.string(),
  logs: z.array(z.string()),
  /** When it went and until when its lines are kept, milliseconds since the epoch. */
  removedAt: z.number(),
  until: z.number(),
});
export type RemovedNode = z.infer<typeof RemovedNode>;

export const directorLogMethods = {
  keep_logs: method({
    kind: 'command',
    params: z.strictObject({
      batches: z.array(LogBatch).max(1_000),
      /** Nodes there are now: those kept here that are not among them have been removed. */
      present: z.array(z.string()).max(10_000),
    }),
    result: z.object({
      /** Where each log of the nodes that are there goes on. */
      kept: z.array(z.object({ node: z.string(), log: z.string(), next: LogPlace })),
    }),
    callers: ['manager'],
    since: 1,
    doc: 'The newest lines of nodes, kept for the time after they are gone: at most 10 MB a log, 7 days.',
  }),
  list_removed_nodes: method({
    kind: 'query',
    params: z.strictObject({ application }),
    result: z.array(RemovedNode),
    callers: ['user'],
    since: 1,
    doc: 'Nodes that are gone and whose last lines are still kept.',
  }),
  read_removed_logs: method({
    kind: 'stream',
    params: z.strictObject({ application, node: z.string(), log: z.string().optional() }),
    result: LogBatch,
    callers: ['user'],
    since: 1,
    doc: 'The last lines of a node that is gone.',
  }),
  forget_removed_logs: method({
    kind: 'command',
    params: z.strictObject({ application, node: z.string() }),
    result: done,
    callers: ['user'],
    since: 1,
    doc: 'Deletes the kept lines of a node that is gone.',
  }),
};
