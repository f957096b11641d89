/** What is said of applications, services, nodes and VMs: summaries for lists, details for pages. */
import { z } from 'zod';
import { Failure } from './errors.ts';
import { ApplicationId, BlobHash, NodeId, ServiceId, VmId } from './ids.ts';
import { HealthCheck } from './scripts.ts';

export { LogLine, NodeMetrics, NodeObservation } from './node.ts';

/** How an application, service or node is. `cause` elsewhere says why. */
export const Health = z.enum([
  'creating',
  'starting',
  'running',
  'degraded',
  'stopping',
  'stopped',
  'failed',
  'unreachable',
]);
export type Health = z.infer<typeof Health>;

/** A row of the list: at most about 400 bytes. Pushed by the manager, so that lists never call managers. */
export const ApplicationSummary = z.object({
  id: ApplicationId,
  name: z.string(),
  state: Health,
  /** In a few words, where not all is well. */
  cause: z.string().optional(),
  /** e.g. `http://127.41.0.2` (no trailing slash). */
  address: z.string().optional(),
  services: z.array(z.object({ name: z.string(), type: z.string(), state: Health })),
  nodes: z.object({ running: z.number().int(), wanted: z.number().int() }),
  /** Which cloud new machines of it are on. */
  cloud: z.string().optional(),
  /** US dollars an hour of its machines; left out while a price is not known (never 0 for unknown). */
  costPerHour: z.number().optional(),
  createdAt: z.number(),
  /** CPU in use in each of the last 15 minutes, the newest last, in hundredths of a core; shorter while it is young. */
  load: z.array(z.number().int()).max(15).optional(),
  /** When the manager last reported, milliseconds since the epoch. */
  reportedAt: z.number().optional(),
});
export type ApplicationSummary = z.infer<typeof ApplicationSummary>;

/** What a manager reports of it; the rest is the director's knowledge. */
export const ReportedSummary = ApplicationSummary.omit({
  id: true,
  name: true,
  createdAt: true,
  load: true,
  reportedAt: true,
  cloud: true,
  costPerHour: true,
});
export type ReportedSummary = z.infer<typeof ReportedSummary>;

export const NodeInfo = z.object({
  id: NodeId,
  service: z.string(),
  role: z.string(),
  vm: VmId,
  address: z.string().optional(),
  state: Health,
  cause: z.string().optional(),
  failure: Failure.optional(),
  ports: z.record(z.string(), z.number().int()),
  detail: z.record(z.string(), z.unknown()),
  restarts: z.number().int(),
  since: z.number().optional(),
  /** Names of the logs that `get_logs` can follow. */
  logs: z.array(z.string()),
  /** Milliseconds since the epoch; absent from managers that do not tell. */
  createdAt: z.number().optional(),
  /** Code version it should serve. */
  version: z.string().optional(),
  /** How far it is, while another code version is being made live; `version` says which one it should serve. */
  switch: z.enum(['waiting', 'under_way', 'done', 'failed']).optional(),
  /** Why it must not be replaced by a fresh one, for a person. */
  irreplaceable: z.string().optional(),
});
export type NodeInfo = z.infer<typeof NodeInfo>;

/** A node as a search over all applications finds it: where it is, not how it is. */
export const FoundNode = z.object({
  application: ApplicationId,
  /** Of the application. */
  name: z.string(),
  node: NodeId,
  /** Name of its service. */
  service: z.string(),
  role: z.string(),
});
export type FoundNode = z.infer<typeof FoundNode>;

/** When a version could not be made live, and why: nodes went back to the one before. */
export const RefusedVersion = z.object({ at: z.number(), message: z.string() });
export type RefusedVersion = z.infer<typeof RefusedVersion>;

export const CodeVersion = z.object({
  /** `v1`, `v2` ... counted per service. */
  id: z.string(),
  blob: BlobHash,
  /** Name of the archive as it came. */
  name: z.string(),
  description: z.string(),
  size: z.number().int(),
  files: z.number().int(),
  createdAt: z.number(),
  createdBy: z.string(),
  active: z.boolean(),
  /** Where making it live was tried last and failed. */
  refused: RefusedVersion.optional(),
});
export type CodeVersion = z.infer<typeof CodeVersion>;

export const ServiceInfo = z.object({
  id: ServiceId,
  name: z.string(),
  type: z.string(),
  running: z.boolean(),
  state: Health,
  cause: z.string().optional(),
  address: z.string().optional(),
  roles: z.array(
    z.object({
      name: z.string(),
      title: z.string(),
      count: z.number().int(),
      min: z.number().int(),
      max: z.number().int(),
      scalable: z.boolean(),
    }),
  ),
  defaultRole: z.string(),
  nodes: z.array(NodeInfo),
  configuration: z.record(z.string(), z.unknown()),
  environment: z.record(z.string(), z.string()),
  secrets: z.array(z.string()),
  /** Secrets that it has of its own, as the password of a database; absent: not told. */
  ownSecrets: z.array(z.string()).optional(),
  needs: z.array(z.string()),
  code: z
    .object({ active: z.string().optional(), previous: z.string().optional(), versions: z.array(CodeVersion) })
    .optional(),
  /** Names that it answers for; absent: its type takes none. */
  domains: z.array(z.string()).optional(),
  hasStartupScript: z.boolean(),
  /** Name of the cloud its machines come from; absent: the default one. */
  cloud: z.string().optional(),
  /** Absent: the default check. */
  healthCheck: HealthCheck.optional(),
  /** Configuration keys that are not at their default. */
  changedKeys: z.array(z.string()).optional(),
});
export type ServiceInfo = z.infer<typeof ServiceInfo>;

export const ApplicationInfo = z.object({
  summary: ApplicationSummary,
  description: z.string(),
  /** Where further nodes go. */
  placement: z.enum(['packed', 'spread']).optional(),
  services: z.array(ServiceInfo),
  /** Remarks a user should know, e.g. that uploads are kept per node. */
  warnings: z.array(z.string()),
  /** Who accepted that its code runs where a machine cannot contain it. */
  uncontained: z.object({ by: z.string(), at: z.number() }).optional(),
});
export type ApplicationInfo = z.infer<typeof ApplicationInfo>;

/** A VM as the director knows it. */
export const VmInfo = z.object({
  id: VmId,
  cloud: z.string(),
  /** Kind of that cloud; absent: its name says it. */
  cloudKind: z.string().optional(),
  application: ApplicationId.optional(),
  role: z.enum(['director', 'application']),
  state: z.enum(['creating', 'running', 'joined', 'destroying', 'failed', 'gone']),
  cause: z.string().optional(),
  address: z.string().optional(),
  /** Where users reach it, if that is elsewhere: from outside of the cloud's network. */
  publicAddress: z.string().optional(),
  /** Ports there by the machine's own port that each leads to; absent: each to its own. */
  forwarded: z.record(z.string(), z.number().int()).optional(),
  /** Port of the agent's RPC server, once it has joined. */
  agentPort: z.number().int().optional(),
  createdAt: z.number(),
  /** The caller's own name for it in `create_vms`, which makes creating idempotent. */
  slot: z.string().optional(),
  /** Name of the offer. */
  size: z.string().optional(),
  /** US dollars; left out while it is not known. */
  pricePerHour: z.number().optional(),
  /** Of when the price is, milliseconds since the epoch, where its cloud says so. */
  pricedAt: z.number().optional(),
});
export type VmInfo = z.infer<typeof VmInfo>;

/** What happened, in order. `seq` is the director's. */
export const Event = z.discriminatedUnion('type', [
  z.object({ type: z.literal('application'), application: ApplicationSummary }),
  z.object({ type: z.literal('application_deleted'), id: ApplicationId }),
  z.object({ type: z.literal('operation'), operation: z.unknown() }),
  z.object({ type: z.literal('vm'), vm: VmInfo }),
  z.object({
    type: z.literal('notice'),
    level: z.enum(['info', 'warning', 'alert']),
    text: z.string(),
    application: z.string().optional(),
    time: z.number(),
  }),
]);
export type Event = z.infer<typeof Event>;
