/** Clouds that a director drives beside the one that it was made on. Their credentials come by `lend_credentials`. */
import { z } from 'zod';
import { CredentialFields } from './cloud-access.ts';
import { done, method } from './method.ts';

/** What a further cloud is called: in manifests, commands, and names of machines' slots. */
export const CloudName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,39}$/, 'Up to 40 lower-case letters, digits and hyphens are expected, a letter first')
  .refine((name) => name !== 'default', 'Manifests mean the own cloud of an application by "default"');

export const FurtherCloud = z.strictObject({
  name: CloudName,
  kind: z.string().max(40),
  /** Region, size …, as its driver wants them; never credentials. */
  settings: CredentialFields.default({}),
  /** Whether it wants credentials: they are lent, or the desktop is asked. */
  lent: z.boolean(),
  /**
   * Whether its machines and those of the director's own cloud reach each other by their addresses, as within one network.
   * Else applications are on it with all their services, and its machines reach the director at `director`.
   */
  connected: z.boolean(),
  /** Host by which machines there reach the director; absent: its own address. */
  director: z.string().max(253).optional(),
});
export type FurtherCloud = z.infer<typeof FurtherCloud>;

export const furtherCloudMethods = {
  add_cloud: method({
    kind: 'command',
    params: FurtherCloud,
    result: done,
    callers: ['user'],
    since: 1,
    timeoutMs: 60_000,
    doc: 'Has the director drive a further cloud, or drive one that it has in another way (owner only).',
  }),
  remove_cloud: method({
    kind: 'command',
    params: z.strictObject({ name: CloudName }),
    result: done,
    callers: ['user'],
    since: 1,
    timeoutMs: 60_000,
    doc: 'Has the director forget a further cloud and its access to it (owner only). Not where anything is on it.',
  }),
};
