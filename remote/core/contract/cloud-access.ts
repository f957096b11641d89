/**
 * How a director comes to drive a cloud that wants credentials. They are lent to it by the owner's desktop once it serves:
 * never by user-data, files of a machine's first start, or arguments.
 */
import { z } from 'zod';
import { Failure } from './errors.ts';
import { done, method, nothing } from './method.ts';

/** Fields of a credential, as the driver of its kind wants them. */
export const CredentialFields = z.record(z.string(), z.union([z.string().max(8192), z.number(), z.boolean()]));
export type CredentialFields = z.infer<typeof CredentialFields>;

export const CloudAccess = z.object({
  cloud: z.string(),
  /** free: needs no credentials; none: it waits for them; credentials: it has some, sealed; desktop: it asks the owner's. */
  access: z.enum(['free', 'none', 'credentials', 'desktop']),
  /** Of `desktop`: whether one is there to be asked, and how much waits for it. */
  desktop: z.object({ isThere: z.boolean(), waiting: z.number().int() }).optional(),
  /** When that was said, milliseconds since the epoch. */
  since: z.number().optional(),
});
export type CloudAccess = z.infer<typeof CloudAccess>;

/** Something the director wants done at a cloud. */
export const CloudRequest = z.object({
  id: z.string(),
  cloud: z.string(),
  /** A name in `providerCalls`, with its parameters: checked by whoever carries it out. */
  call: z.string(),
  params: z.record(z.string(), z.unknown()),
  since: z.number(),
});
export type CloudRequest = z.infer<typeof CloudRequest>;

/** What came of it: a result as `providerCalls` tells, or why there is none. */
export const CloudAnswer = z.strictObject({
  id: z.string().max(64),
  result: z.unknown().optional(),
  failure: Failure.optional(),
});
export type CloudAnswer = z.infer<typeof CloudAnswer>;

export const cloudAccessMethods = {
  get_cloud_access: method({
    kind: 'query',
    params: nothing,
    result: z.array(CloudAccess),
    callers: ['user'],
    since: 1,
    doc: 'Whether the director can act at its clouds, and by what. Credentials themselves are never told.',
  }),
  lend_credentials: method({
    kind: 'command',
    params: z.strictObject({ cloud: z.string().max(64), credentials: CredentialFields }),
    result: done,
    callers: ['user'],
    since: 1,
    timeoutMs: 60_000,
    doc: 'Gives the director the credentials that it drives a cloud with, in place of those it had (owner only). Kept sealed.',
  }),
  ask_desktop: method({
    kind: 'command',
    params: z.strictObject({ cloud: z.string().max(64) }),
    result: done,
    callers: ['user'],
    since: 1,
    doc: "Has the director ask the owner's desktop for all it wants of a cloud (owner only). Credentials it had are forgotten.",
  }),
  follow_cloud_requests: method({
    kind: 'stream',
    params: nothing,
    result: CloudRequest,
    callers: ['user'],
    since: 1,
    doc: 'What the director wants done at its cloud, each request once: for the desktop that has the credentials (owner only).',
  }),
  answer_cloud_request: method({
    kind: 'command',
    params: CloudAnswer,
    result: done,
    callers: ['user'],
    since: 1,
    doc: 'What came of a request of follow_cloud_requests (owner only).',
  }),
};
