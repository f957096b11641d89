/**
 * How a director comes to drive a cloud that wants credentials. They are lent to it by the owner's desktop once it serves:
 * never by user-data, files of a machine's first start, or arguments.
 */
import { z } from 'zod';
import { done, method, nothing } from './method.ts';

/** Fields of a credential, as the driver of its kind wants them. */
export const CredentialFields = z.record(z.string(), z.union([z.string().max(8192), z.number(), z.boolean()]));
export type CredentialFields = z.infer<typeof CredentialFields>;

export const CloudAccess = z.object({
  cloud: z.string(),
  /** free: needs no credentials; none: it waits for them; credentials: it has some, sealed. */
  access: z.enum(['free', 'none', 'credentials']),
  /** When that was said, milliseconds since the epoch. */
  since: z.number().optional(),
});
export type CloudAccess = z.infer<typeof CloudAccess>;

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
};
