/**
 * The history of an application: every change of code, manifest, configuration and secret references as a version of the
 * whole. Data, node counts and whether it runs are not part of it.
 */
import { z } from 'zod';
import { application, BlobHash, OperationId } from './ids.ts';
import { method } from './method.ts';
import { Started } from './operation.ts';

const version = z.number().int().min(1);

/** The code that a service serves in a version: enough to serve it again. */
export const HistoryCode = z.object({
  id: z.string(),
  blob: BlobHash,
  name: z.string(),
  description: z.string(),
  size: z.number().int(),
  /** Blob with the file list: JSON lines `{path, size, sha256}`. */
  listing: BlobHash,
  files: z.number().int(),
  createdAt: z.number(),
  createdBy: z.string(),
  /** Where it came from, as in the manifest, for the export. */
  source: z.unknown().optional(),
});
export type HistoryCode = z.infer<typeof HistoryCode>;

export const HistoryService = z.object({
  name: z.string(),
  type: z.string(),
  configuration: z.record(z.string(), z.unknown()),
  environment: z.record(z.string(), z.string()),
  /** Names of secrets, never values. */
  secrets: z.array(z.string()),
  needs: z.array(z.string()),
  domains: z.array(z.string()),
  cloud: z.string().optional(),
  healthCheck: z.object({ path: z.string(), timeoutMs: z.number().int() }).optional(),
  startupScript: z.object({ blob: BlobHash, source: z.unknown().optional() }).optional(),
  code: HistoryCode.optional(),
  /** Name of the secret that holds the database password, where the manifest gave one. */
  password: z.string().optional(),
});
export type HistoryService = z.infer<typeof HistoryService>;

/** A version of the whole application. */
export const HistoryDocument = z.object({
  schema: z.literal(1),
  description: z.string(),
  services: z.array(HistoryService),
});
export type HistoryDocument = z.infer<typeof HistoryDocument>;

/** Who changed something, and by what. */
export const Attribution = z.object({
  by: z.string(),
  /** Kind of the operation, or name of the method. */
  kind: z.string(),
  /** For a person: "Configure web". */
  title: z.string(),
  operation: OperationId.optional(),
});
export type Attribution = z.infer<typeof Attribution>;

export const HistoryEntry = Attribution.extend({
  version,
  /** Milliseconds since the epoch. */
  at: z.number(),
  /** What is new in it, in a few words each, e.g. `web: code v6 → v7`. */
  changes: z.array(z.string()),
});
export type HistoryEntry = z.infer<typeof HistoryEntry>;

export const FileChanges = z.object({
  added: z.array(z.string()),
  changed: z.array(z.string()),
  removed: z.array(z.string()),
});
export type FileChanges = z.infer<typeof FileChanges>;

/** What a change is about. `service`: a service as a whole. */
export const HistorySubject = z.enum([
  'description',
  'service',
  'code',
  'configuration',
  'environment',
  'secret',
  'need',
  'domain',
  'cloud',
  'health_check',
  'startup_script',
  'password',
]);
export type HistorySubject = z.infer<typeof HistorySubject>;

export const HistoryChange = z.object({
  /** Absent: the application itself. */
  service: z.string().optional(),
  subject: HistorySubject,
  change: z.enum(['added', 'changed', 'removed']),
  /** Which configuration key, variable, secret, need or domain. */
  key: z.string().optional(),
  from: z.unknown().optional(),
  to: z.unknown().optional(),
  /** For code, where both file lists are there: paths, at most 500 of each. */
  files: FileChanges.optional(),
});
export type HistoryChange = z.infer<typeof HistoryChange>;

export const HistoryDifference = z.object({
  from: version,
  to: version,
  changes: z.array(HistoryChange),
  /** Secrets that `to` refers to and that have no value now. */
  missingSecrets: z.array(z.string()),
  /** Services that are there now and not in `to`: returning to it keeps them, for their data would be lost. */
  kept: z.array(z.string()),
});
export type HistoryDifference = z.infer<typeof HistoryDifference>;

export const directorHistoryMethods = {
  list_history: method({
    kind: 'query',
    params: z.strictObject({
      application,
      limit: z.number().int().min(1).max(200).default(100),
      /** Only versions before this one. */
      before: version.optional(),
    }),
    result: z.array(HistoryEntry),
    callers: ['user'],
    since: 1,
    doc: 'Versions of an application, newest first; the first of all is what it is now.',
  }),
  get_history_version: method({
    kind: 'query',
    params: z.strictObject({ application, version }),
    result: HistoryEntry.extend({ document: HistoryDocument }),
    callers: ['user'],
    since: 1,
    doc: 'One version of an application: its services, their configuration, code and references to secrets.',
  }),
  diff_history: method({
    kind: 'query',
    params: z.strictObject({
      application,
      from: version,
      /** The newest where left out. */
      to: version.optional(),
    }),
    result: HistoryDifference,
    callers: ['user'],
    since: 1,
    doc: 'What is different in one version compared with another.',
  }),
  return_to_version: method({
    kind: 'command',
    params: z.strictObject({ application, version }),
    result: Started,
    callers: ['user'],
    since: 1,
    doc: 'Makes an application what it was in a version, node by node, health-gated; goes back by itself when that fails.',
  }),
};

export const managerHistoryMethods = {
  return_to: method({
    kind: 'command',
    params: z.strictObject({
      version,
      document: HistoryDocument,
      operation: z.string(),
      requestedBy: z.string(),
    }),
    result: Started,
    callers: ['director'],
    since: 1,
    doc: "Makes the application what a version of its history says. The operation keeps the director's id.",
  }),
};
