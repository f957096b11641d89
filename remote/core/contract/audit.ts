/** What users did (audit) and what happened (events), as a director keeps it. */
import { z } from 'zod';
import { method, nothing } from './method.ts';

/**
 * One change, terminal or read of a secret. Never a value that was given: only names of what it was about, from a list
 * of parameters that hold no secrets.
 */
export const AuditEntry = z.object({
  /** Counts from 1, without gaps. */
  seq: z.number().int(),
  /** Milliseconds since the epoch. */
  time: z.number(),
  /** Name of the user; `manager of <application>` and the like for processes. */
  who: z.string(),
  /** Address it came from. */
  from: z.string(),
  /** What it came from, as it says itself: `window 1.2.0`, `command 1.2.0`. */
  client: z.string().optional(),
  method: z.string(),
  /** Id of the application; its name as it was then is in the target. */
  application: z.string().optional(),
  target: z.record(z.string(), z.string()),
  /** `done`, or the code of the failure. */
  outcome: z.string(),
  /** The operation that was started. */
  operation: z.string().optional(),
  /** Of a terminal that was closed: how long it was open, ms. */
  durationMs: z.number().optional(),
  /** SHA-256, hex, over the entry before it and this one: see remote/director/audit/chain.ts. */
  hash: z.string(),
});
export type AuditEntry = z.infer<typeof AuditEntry>;

export const HistoryEventKind = z.enum(['application', 'machine', 'certificate', 'alert']);

/** Something that happened by itself or as a consequence, in words. */
export const HistoryEvent = z.object({
  seq: z.number().int(),
  time: z.number(),
  kind: HistoryEventKind,
  level: z.enum(['info', 'warning', 'alert']),
  application: z.string().optional(),
  applicationName: z.string().optional(),
  text: z.string(),
});
export type HistoryEvent = z.infer<typeof HistoryEvent>;

const page = {
  /** Id or name. */
  application: z.string().optional(),
  /** Milliseconds since the epoch, inclusive. */
  since: z.number().optional(),
  until: z.number().optional(),
  /** Only what has a smaller `seq`: the `next` of the page before. */
  before: z.number().int().optional(),
  limit: z.number().int().min(1).max(1000).default(100),
};

export const auditMethods = {
  list_audit: method({
    kind: 'query',
    params: z.strictObject({
      ...page,
      user: z.string().optional(),
      method: z.string().optional(),
      outcome: z.enum(['done', 'failed']).optional(),
    }),
    /** Newest first; `next` where there is more. */
    result: z.object({ entries: z.array(AuditEntry), next: z.number().int().optional() }),
    callers: ['user'],
    since: 1,
    doc: 'Who changed what, opened terminals or read secrets, newest first.',
  }),
  verify_audit: method({
    kind: 'query',
    params: nothing,
    result: z.object({
      intact: z.boolean(),
      /** The first entry that is not what was written, or is missing. */
      brokenAt: z.number().int().optional(),
      entries: z.number().int(),
      /** The last entry: note it elsewhere to notice later that entries were cut off at the end. */
      last: z.number().int(),
      head: z.string(),
    }),
    callers: ['user'],
    since: 1,
    doc: 'Checks the chain of hashes over all audit entries that are kept.',
    timeoutMs: 120_000,
  }),
  list_events: method({
    kind: 'query',
    params: z.strictObject({ ...page, kind: HistoryEventKind.optional() }),
    result: z.object({ events: z.array(HistoryEvent), next: z.number().int().optional() }),
    callers: ['user'],
    since: 1,
    doc: 'What happened: states of applications, machines, certificates, alerts; newest first.',
  }),
};
