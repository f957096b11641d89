/**
 * What a window and the hub say to each other over their MessagePort. The window imports the types only; the hub checks
 * every message against the schemas. Calls: `{id, call, params}` → `{id, result | failure}`. What the window watches
 * comes as deltas: per object the last one wins, at most ten batches a second, and a gap in `seq` means: ask for the
 * full list again. Log lines are never pushed: only how many there are.
 */
import { z } from 'zod';
import type { ApplicationSummary, LogLine } from '../../remote/core/contract/application.ts';
import type { Failure } from '../../remote/core/contract/errors.ts';
import type { Operation } from '../../remote/core/contract/operation.ts';
import type { Plan } from '../../remote/core/contract/plan.ts';

/** A file or folder that the user handed in; the page knows it by its ticket. */
export interface Offer {
  readonly ticket: string;
  readonly name: string;
  readonly kind: 'file' | 'folder';
  /** Bytes of a file. */
  readonly size?: number | undefined;
}

/** Where the manifest comes from. */
export const ManifestSource = z.discriminatedUnion('from', [
  z.strictObject({ from: z.literal('ready_made'), id: z.string().regex(/^[a-z0-9-]{1,60}$/) }),
  z.strictObject({ from: z.literal('text'), text: z.string().max(1_000_000) }),
  z.strictObject({ from: z.literal('ticket'), ticket: z.string().max(64) }),
]);
export type ManifestSource = z.infer<typeof ManifestSource>;

export interface ReadyMade {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  /** Types of its services, in order. */
  readonly services: readonly string[];
}

/** One method of the contract, for the page that lists them. */
export interface MethodDescription {
  readonly served: 'director' | 'manager' | 'agent';
  readonly name: string;
  readonly kind: string;
  readonly callers: readonly string[];
  readonly since: number;
  readonly doc: string;
  /** JSON Schema. */
  readonly params: unknown;
}

/** How the window stands to its deployment. */
export type SessionState =
  /** There is none yet: the welcome page. */
  | { readonly state: 'absent' }
  /** Being set up, started or stopped; the steps are in the operation. */
  | { readonly state: 'working'; readonly operation: Operation }
  /** That failed. */
  | { readonly state: 'failed'; readonly failure: Failure; readonly operation?: Operation | undefined }
  /** Everything is switched off; code and data are kept. */
  | { readonly state: 'stopped' }
  | { readonly state: 'connecting' }
  /** The same, with what an earlier window has seen to show meanwhile, as of `since`. */
  | { readonly state: 'resuming'; readonly deployment: DeploymentFacts; readonly since: number }
  | { readonly state: 'connected'; readonly deployment: DeploymentFacts }
  /** The director does not answer; what is shown is as of `since`. */
  | {
      readonly state: 'lost';
      readonly deployment: DeploymentFacts;
      readonly since: number;
      readonly failure: Failure;
    };

export interface DeploymentFacts {
  readonly name: string;
  readonly cloud: string;
  readonly user: string;
  readonly product: string;
  /** What protects the keys of this deployment. */
  readonly protection: string;
}

/** What an earlier window has seen. */
export interface Remembered {
  readonly deployment: DeploymentFacts;
  readonly applications: readonly ApplicationSummary[];
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** What a page is told before it is connected; `absent`: this desktop never had a deployment. */
export type FirstSight = { readonly state: 'absent' } | ({ readonly state: 'remembered' } & Remembered);

/** An upload on its way. */
export interface Transfer {
  readonly id: string;
  readonly sent: number;
  readonly total: number;
}

const method = z.string().regex(/^[a-z][a-z0-9_]{0,60}$/);
const application = z.string().min(1).max(100);

/** Every call of a window. */
export const hubCalls = {
  /** "Try it on this computer": sets up a director on the local cloud. The session shows the steps. */
  try_local: z.strictObject({}),
  /** Starts the deployment again after it was stopped, or retries what failed. */
  start: z.strictObject({}),
  stop_everything: z.strictObject({}),
  cancel_setup: z.strictObject({}),
  /** A query or command of the director's contract. */
  director: z.strictObject({ method, params: z.record(z.string(), z.unknown()) }),
  /** A query or command of an application's manager. */
  manager: z.strictObject({ application, method, params: z.record(z.string(), z.unknown()) }),
  list_ready_made: z.strictObject({}),
  read_manifest: z.strictObject({ source: ManifestSource }),
  plan: z.strictObject({ source: ManifestSource, name: z.string().min(1).max(100).optional() }),
  apply: z.strictObject({ source: ManifestSource, name: z.string().min(1).max(100).optional() }),
  /** `transfer` names the progress that `watch` reports. */
  upload_code: z.strictObject({
    application,
    service: z.string().min(1),
    ticket: z.string().max(64),
    description: z.string().max(500),
    activate: z.boolean(),
    transfer: z.string().max(64),
  }),
  /** Opens the address of an application (or of one of its services) in the browser. */
  open_address: z.strictObject({ application, service: z.string().optional() }),
  describe_methods: z.strictObject({}),
  open_log: z.strictObject({
    application,
    service: z.string().optional(),
    node: z.string().optional(),
    log: z.string().optional(),
  }),
  lines: z.strictObject({
    view: z.string().max(64),
    first: z.number().int().min(0),
    count: z.number().int().min(0).max(500),
  }),
  close_log: z.strictObject({ view: z.string().max(64) }),
  /** From now on deltas of this topic are pushed; the answer is all there is, at sequence number `seq`. */
  watch: z.strictObject({ topic: z.enum(['session', 'applications', 'operations']) }),
} as const;

type HubCallTable = typeof hubCalls;
export type HubCallName = keyof HubCallTable;
export type HubParams<Name extends HubCallName> = z.infer<HubCallTable[Name]>;

/** What each call answers. */
export interface HubResults {
  try_local: null;
  start: null;
  stop_everything: null;
  cancel_setup: null;
  director: unknown;
  manager: unknown;
  list_ready_made: readonly ReadyMade[];
  read_manifest: { readonly text: string; readonly name?: string | undefined };
  plan: Plan;
  apply: { readonly application: string; readonly operation: string };
  upload_code: { readonly version: string; readonly operation?: string | undefined };
  open_address: null;
  describe_methods: readonly MethodDescription[];
  open_log: { readonly view: string };
  lines: { readonly first: number; readonly lines: readonly LogLine[] };
  close_log: null;
  watch: { readonly seq: number; readonly items: readonly unknown[] };
}

export const HubRequest = z.union([
  z.strictObject({
    id: z.number().int().positive(),
    call: z.enum(Object.keys(hubCalls) as [HubCallName, ...HubCallName[]]),
    params: z.unknown(),
  }),
  z.strictObject({ cancel: z.number().int().positive() }),
]);
export type HubRequest = z.infer<typeof HubRequest>;

/** What is pushed for a topic; `seq` grows by one a batch. */
export type HubPush =
  | { readonly push: 'session'; readonly seq: number; readonly session: SessionState }
  | {
      readonly push: 'applications';
      readonly seq: number;
      readonly changed: readonly ApplicationSummary[];
      readonly removed: readonly string[];
    }
  | { readonly push: 'operations'; readonly seq: number; readonly changed: readonly Operation[] }
  | {
      readonly push: 'log';
      readonly view: string;
      readonly count: number;
      readonly lag: number;
      readonly failure?: Failure | undefined;
    }
  | { readonly push: 'transfer'; readonly transfer: Transfer }
  | { readonly push: 'notice'; readonly level: 'info' | 'warning' | 'alert'; readonly text: string };

export type HubAnswer =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly failure: Failure };
export type FromHubPort = HubAnswer | HubPush;
