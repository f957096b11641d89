/** `bootstrap.json`, which a host writes into the home of a control process before its first start. */
import { z } from 'zod';
import { ApplicationId, DeploymentId, VmId } from '../contract/ids.ts';
import { ArchiveName } from '../contract/packages.ts';

const common = {
  deployment: DeploymentId,
  /** Address to serve on; nothing binds to a wildcard. */
  address: z.string(),
  vm: VmId,
};

/** How a manager or agent reaches the director for the first time. No private key is in it. */
const joining = {
  ...common,
  application: ApplicationId,
  director: z.object({ host: z.string(), port: z.number().int() }),
  /** PEM. */
  roots: z.array(z.string()),
  /** Single use, at least 128 bit; it decides the identity. */
  token: z.string(),
};

export const AgentBootstrap = z.object({ kind: z.literal('agent'), ...joining });
export const ManagerBootstrap = z.object({ kind: z.literal('manager'), ...joining, epoch: z.number().int() });
export const DirectorBootstrap = z.object({
  kind: z.literal('director'),
  ...common,
  owner: z.string(),
  roots: z.array(z.string()),
  /** Preferred port; the director writes the one it got to `director.json` in its home. */
  port: z.number().int(),
  /** It waits for a backup before it is anything. */
  restore: z.boolean().optional(),
  /** The cloud it manages, as its driver wants it. */
  cloud: z.object({
    kind: z.string(),
    /** Never credentials: this file and what brings it here are not sealed. */
    settings: z.record(z.string(), z.unknown()),
    /** Whether it wants credentials: the desktop lends them once the director serves. */
    lent: z.boolean().default(false),
  }),
  /** Where Debian packages of machines are fetched from, instead of the mirrors of the director's own machine. */
  mirrors: z.partialRecord(ArchiveName, z.url({ protocol: /^https?$/ })).optional(),
});
export type AgentBootstrap = z.infer<typeof AgentBootstrap>;
export type ManagerBootstrap = z.infer<typeof ManagerBootstrap>;
export type DirectorBootstrap = z.infer<typeof DirectorBootstrap>;
