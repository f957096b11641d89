/** The desired state of an application: one JSON document, journaled by the manager and stored by the director. */
import { z } from 'zod';
import { RefusedVersion } from '../contract/application.ts';
import { HistoryCode } from '../contract/history.ts';
import { ApplicationId, BlobHash, NodeId, ServiceId, VolumeName } from '../contract/ids.ts';
import { HealthCheck } from '../contract/scripts.ts';

export const DesiredNode = z.object({
  id: NodeId,
  service: ServiceId,
  role: z.string(),
  /** Name of the VM it lives on, as the manager asks the director for it (`create_vms`). */
  slot: z.string(),
  /** draining: no new work reaches it; it goes when its service says that it is idle. */
  phase: z.enum(['wanted', 'draining']),
  /** Code version that this node should serve; differs between nodes while a switch is rolling. */
  version: z.string().optional(),
  restarts: z.number().int(),
  /** Its data lies on this volume, and outlives its machine. Decided once: data does not move. */
  volume: z.object({ name: VolumeName, sizeGb: z.number().int() }).optional(),
  /** The operation that asked for it, so that repeating a step never adds a node twice. */
  operation: z.string(),
  createdAt: z.number(),
});
export type DesiredNode = z.infer<typeof DesiredNode>;

/** A version of a service's code: what the history keeps, to serve it again, and how it went. */
export const DesiredVersion = HistoryCode.extend({
  /** When and why it could not be made live, where that was tried last. */
  refused: RefusedVersion.optional(),
});
export type DesiredVersion = z.infer<typeof DesiredVersion>;

export const DesiredService = z.object({
  id: ServiceId,
  type: z.string(),
  name: z.string(),
  running: z.boolean(),
  configuration: z.record(z.string(), z.unknown()),
  environment: z.record(z.string(), z.string()),
  /** Names of secrets given to its roles as environment variables of the same name. */
  secrets: z.array(z.string()),
  needs: z.array(z.string()),
  cloud: z.string().optional(),
  healthCheck: HealthCheck.optional(),
  startupScript: z.object({ blob: BlobHash, source: z.unknown().optional() }).optional(),
  domains: z.array(z.string()),
  versions: z.array(DesiredVersion),
  activeVersion: z.string().optional(),
  previousVersion: z.string().optional(),
  nextVersion: z.number().int(),
  /** Counts up node ids per role: ids are never used again. */
  nextNode: z.record(z.string(), z.number().int()),
  /** What only this type knows (journaled, small). */
  data: z.record(z.string(), z.unknown()),
});
export type DesiredService = z.infer<typeof DesiredService>;

/** A service with nothing in it, stopped. */
export function emptyService(id: ServiceId, type: string, name: string): DesiredService {
  return {
    id,
    type,
    name,
    running: false,
    configuration: {},
    environment: {},
    secrets: [],
    needs: [],
    domains: [],
    versions: [],
    nextVersion: 1,
    nextNode: {},
    data: {},
  };
}

export const DesiredState = z.object({
  schema: z.literal(1),
  application: ApplicationId,
  name: z.string(),
  description: z.string(),
  /** Who accepted, in words, that hosted code runs uncontained where a machine cannot contain it; absent: nobody. */
  uncontained: z.object({ by: z.string(), at: z.number() }).optional(),
  /** Where further nodes go; absent: packed. Those that there are stay where they are. */
  placement: z.enum(['packed', 'spread']).optional(),
  /**
   * Its databases take no changes: a copy of them is being made, or was, elsewhere. `until`: milliseconds since the epoch,
   * then it ends by itself; absent: it lasts.
   */
  frozen: z.object({ hold: z.string(), until: z.number().optional() }).optional(),
  services: z.array(DesiredService),
  nodes: z.array(DesiredNode),
  nextService: z.number().int(),
  nextSlot: z.number().int(),
});
export type DesiredState = z.infer<typeof DesiredState>;
