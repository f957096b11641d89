/** Logs in pieces of many lines, with places to go on from; and their search, which runs where the logs lie. */
import { z } from 'zod';
import { method } from './method.ts';

/** Where the next line of a log begins: file (counted by rotations), byte, and how many lines came before it. */
export const LogPlace = z.object({
  generation: z.number().int(),
  position: z.number().int().min(0),
  seq: z.number().int().min(0),
});
export type LogPlace = z.infer<typeof LogPlace>;

/** Some lines of one log in a row. */
export const LogBatch = z.object({
  node: z.string(),
  service: z.string(),
  log: z.string(),
  /** Number of the first line; lines of a log count from 0 since it began. */
  seq: z.number().int(),
  count: z.number().int(),
  /** The lines, with line feeds between them. */
  text: z.string(),
  /** Index of a line, its time (milliseconds since the epoch), index of the next line with another time … */
  times: z.array(z.number()),
  /** Lines that were rotated away right before these; -1: unknown count, perhaps none. */
  gap: z.number().int().optional(),
  /** Bytes that could have been sent with it: 0 when this is the end of what there is. */
  behind: z.number(),
  next: LogPlace,
});
export type LogBatch = z.infer<typeof LogBatch>;

/** One log of one node, and where to begin: `from`, or else the request's `tail`. */
export const LogSource = z.strictObject({
  node: z.string(),
  log: z.string(),
  from: LogPlace.optional(),
  /** Ends before the line of this number. */
  until: z.number().int().optional(),
});
export type LogSource = z.infer<typeof LogSource>;

const sources = z.array(LogSource).max(1_000);

export const LogQuery = z.strictObject({
  text: z.string().min(1).max(1_000),
  /** A regular expression as JavaScript has them. */
  regex: z.boolean(),
  caseSensitive: z.boolean(),
});
export type LogQuery = z.infer<typeof LogQuery>;

/** What a part of a log has: numbers, times and the first texts of the lines that match. */
export const LogHits = z.object({
  node: z.string(),
  log: z.string(),
  seqs: z.array(z.number().int()),
  times: z.array(z.number()),
  /** Lines looked at since the last item. */
  searched: z.number().int(),
});
export type LogHits = z.infer<typeof LogHits>;

const readParams = z.strictObject({
  sources,
  /** Begin with so many of the newest lines of each log that has no `from`; without it, with the oldest. */
  tail: z.number().int().min(0).max(1_000_000).optional(),
  /** Only lines at or after this time where there is no `from`, milliseconds since the epoch (good to a second). */
  since: z.number().optional(),
  follow: z.boolean(),
});

const searchParams = z.strictObject({
  /** `until` of a source: only lines before that number. */
  sources,
  query: LogQuery,
  since: z.number().optional(),
  until: z.number().optional(),
});

/** Both of an agent and of a manager, which asks its agents. */
function methods(caller: 'manager' | 'user') {
  return {
    read_logs: method({
      kind: 'stream',
      params: readParams,
      result: LogBatch,
      callers: [caller],
      since: 1,
      doc: 'Lines of several logs in batches, each log in its order, from where the caller says.',
    }),
    search_logs: method({
      kind: 'stream',
      params: searchParams,
      result: LogHits,
      callers: [caller],
      since: 1,
      doc: 'Numbers of the lines that match, found where the logs lie.',
    }),
  };
}

export const agentLogMethods = methods('manager');
export const managerLogMethods = methods('user');
