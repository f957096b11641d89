/** What a director serves. Managers act on their own application only: it follows from their identity. */
import { z } from 'zod';
import { ApplicationInfo, ApplicationSummary, Event, ReportedSummary, VmInfo } from './application.ts';
import { auditMethods } from './audit.ts';
import { cloudMethods } from './clouds.ts';
import { directorCostMethods } from './cost.ts';
import { directorDuplicateMethods } from './duplicate.ts';
import { Attribution, directorHistoryMethods } from './history.ts';
import { ApplicationId, BlobHash, OperationId, VmId } from './ids.ts';
import { directorLogMethods } from './logs.ts';
import { done, hello, method, nothing } from './method.ts';
import { metricsManagerMethods, metricsUserMethods } from './metrics.ts';
import { Operation, Started } from './operation.ts';
import { Plan } from './plan.ts';
import { programMethods } from './programs.ts';
import { IssuedCertificate, securityMethods } from './security.ts';

/** An application by id or by name. */
const application = z.string().min(1);

export { IssuedCertificate } from './security.ts';

/** The manager's desired state, stored by compare-and-set. */
export const StateRecord = z.object({ epoch: z.number().int(), n: z.number().int(), document: z.unknown() });

const users = {
  hello,
  get_status: method({
    kind: 'query',
    params: nothing,
    result: z.object({
      deployment: z.string(),
      cloud: z.string(),
      product: z.string(),
      startedAt: z.number(),
      applications: z.number().int(),
      vms: z.number().int(),
      user: z.string(),
    }),
    callers: ['user'],
    since: 1,
    doc: 'The deployment in a few figures.',
  }),
  list_applications: method({
    kind: 'query',
    params: nothing,
    result: z.array(ApplicationSummary),
    callers: ['user'],
    since: 1,
    doc: 'All applications, as their managers last reported.',
  }),
  get_application: method({
    kind: 'query',
    params: z.strictObject({ application }),
    result: ApplicationInfo,
    callers: ['user'],
    since: 1,
    doc: 'One application with its services and nodes (asks its manager; the last summary where that is unreachable).',
  }),
  create_application: method({
    kind: 'command',
    params: z.strictObject({ name: z.string().min(1).max(100), cloud: z.string().optional() }),
    result: z.object({ application: ApplicationId, operation: OperationId }),
    callers: ['user'],
    since: 1,
    doc: 'Creates an empty application: a VM with its manager.',
  }),
  rename_application: method({
    kind: 'command',
    params: z.strictObject({ application, name: z.string().min(1).max(100) }),
    result: done,
    callers: ['user'],
    since: 1,
    doc: 'Renames an application; its address stays.',
  }),
  start_application: method({
    kind: 'command',
    params: z.strictObject({ application }),
    result: Started,
    callers: ['user'],
    since: 1,
    doc: 'Starts a stopped application with its services, code and data as they were.',
  }),
  stop_application: method({
    kind: 'command',
    params: z.strictObject({ application }),
    result: Started,
    callers: ['user'],
    since: 1,
    doc: 'Stops the engines of an application; services, code and data are kept.',
  }),
  delete_application: method({
    kind: 'command',
    params: z.strictObject({ application, confirm: z.string() }),
    result: Started,
    callers: ['user'],
    since: 1,
    doc: 'Deletes an application with its code and data. `confirm` must be its name.',
  }),
  replace_manager: method({
    kind: 'command',
    params: z.strictObject({ application }),
    result: Started,
    callers: ['user'],
    since: 1,
    doc: 'Gives an application a new manager (epoch + 1) that adopts its running nodes.',
  }),
  plan_manifest: method({
    kind: 'query',
    params: z.strictObject({ manifest: z.unknown(), name: z.string().optional() }),
    result: Plan,
    callers: ['user'],
    since: 1,
    doc: 'What applying a manifest would create, change and remove. Nothing happens.',
  }),
  apply_manifest: method({
    kind: 'command',
    params: z.strictObject({ manifest: z.unknown(), name: z.string().optional() }),
    result: z.object({ application: ApplicationId, operation: OperationId }),
    callers: ['user'],
    since: 1,
    doc: 'Creates the application of a manifest, or changes an existing one by the difference only.',
  }),
  export_manifest: method({
    kind: 'query',
    params: z.strictObject({ application }),
    result: z.record(z.string(), z.unknown()),
    callers: ['user'],
    since: 1,
    doc: 'A manifest that re-creates the application (secrets as references, never values).',
  }),
  list_operations: method({
    kind: 'query',
    params: z.strictObject({
      application: z.string().optional(),
      state: z.string().optional(),
      limit: z.number().int().min(1).max(1000).default(100),
    }),
    result: z.array(Operation),
    callers: ['user'],
    since: 1,
    doc: 'Operations, newest first.',
  }),
  get_operation: method({
    kind: 'query',
    params: z.strictObject({ operation: OperationId }),
    result: Operation,
    callers: ['user'],
    since: 1,
    doc: 'One operation with its steps.',
  }),
  cancel_operation: method({
    kind: 'command',
    params: z.strictObject({ operation: OperationId }),
    result: done,
    callers: ['user'],
    since: 1,
    doc: 'Asks a running operation to stop after what cannot be interrupted.',
  }),
  retry_operation: method({
    kind: 'command',
    params: z.strictObject({ operation: OperationId }),
    result: Started,
    callers: ['user'],
    since: 1,
    doc: 'Resumes a failed operation at the step that failed.',
  }),
  watch_operation: method({
    kind: 'stream',
    params: z.strictObject({ operation: OperationId }),
    result: Operation,
    callers: ['user'],
    since: 1,
    doc: 'An operation at each change; ends when it has ended.',
  }),
  events: method({
    kind: 'stream',
    params: nothing,
    result: Event,
    callers: ['user'],
    since: 1,
    doc: 'What changes from now on (subscribe, then read the lists). A slow reader gets `lagged` and is closed.',
  }),
  list_vms: method({
    kind: 'query',
    params: z.strictObject({ application: z.string().optional() }),
    result: z.array(VmInfo),
    callers: ['user', 'manager'],
    since: 1,
    doc: 'Virtual machines: all of the deployment for a user, its own for a manager.',
  }),
  set_secret: method({
    kind: 'command',
    params: z.strictObject({
      application,
      name: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,99}$/),
      value: z.string().max(65_536),
    }),
    result: done,
    callers: ['user'],
    since: 1,
    doc: 'Sets the value of a secret of an application (kept encrypted at the director; copies are protected, not a taken-over director).',
  }),
  delete_secret: method({
    kind: 'command',
    params: z.strictObject({ application, name: z.string() }),
    result: done,
    callers: ['user'],
    since: 1,
    doc: 'Deletes a secret of an application.',
  }),
  list_secrets: method({
    kind: 'query',
    params: z.strictObject({ application }),
    result: z.array(z.object({ name: z.string(), updatedAt: z.number(), usedBy: z.array(z.string()) })),
    callers: ['user'],
    since: 1,
    doc: 'Names of the secrets of an application, never their values.',
  }),
};

const managers = {
  create_vms: method({
    kind: 'command',
    params: z.strictObject({
      operation: OperationId,
      /** Names the manager chose; the same slot never makes two VMs. */
      slots: z.array(z.string()).min(1).max(64),
      cloud: z.string().optional(),
    }),
    result: z.array(VmInfo),
    callers: ['manager'],
    since: 1,
    doc: 'Creates VMs with an agent each, in parallel; answers when the cloud has taken the requests.',
  }),
  destroy_vms: method({
    kind: 'command',
    params: z.strictObject({ vms: z.array(VmId).min(1) }),
    result: done,
    callers: ['manager'],
    since: 1,
    doc: "Destroys VMs of the manager's own application.",
  }),
  watch_vms: method({
    kind: 'stream',
    params: nothing,
    result: z.array(VmInfo),
    callers: ['manager'],
    since: 1,
    doc: 'All VMs of the application, in full, at once and after each change.',
  }),
  get_state: method({
    kind: 'query',
    params: nothing,
    result: StateRecord.extend({ name: z.string() }),
    callers: ['manager'],
    since: 1,
    doc: 'The newest stored desired state (n = 0 and document null at first), and the name of the application.',
  }),
  put_state: method({
    kind: 'command',
    params: z.strictObject({
      n: z.number().int().min(1),
      document: z.unknown(),
      /** Whose doing it is, for the history. */
      attribution: Attribution.optional(),
    }),
    result: done,
    callers: ['manager'],
    since: 1,
    doc: 'Stores record (application, epoch of the caller, n) if the newest is n - 1 (or is this very record).',
  }),
  report: method({
    kind: 'command',
    params: z.strictObject({
      summary: ReportedSummary.optional(),
      operations: z.array(Operation),
      notices: z.array(z.object({ level: z.enum(['info', 'warning', 'alert']), text: z.string() })),
    }),
    result: done,
    callers: ['manager'],
    since: 1,
    doc: 'State of the application and of its operations, pushed when they change.',
  }),
  get_secrets: method({
    kind: 'query',
    params: z.strictObject({ names: z.array(z.string()).max(200) }),
    result: z.record(z.string(), z.string()),
    callers: ['manager'],
    since: 1,
    doc: 'Values of secrets of the own application; names that are not set are left out.',
  }),
  put_secret: method({
    kind: 'command',
    params: z.strictObject({ name: z.string(), value: z.string(), unlessSet: z.boolean() }),
    result: z.object({ value: z.string() }),
    callers: ['manager'],
    since: 1,
    doc: 'Stores a secret of the own application (a generated password); with unlessSet the value that is already there wins.',
  }),
};

const processes = {
  join: method({
    kind: 'command',
    params: z.strictObject({
      token: z.string().min(22).max(200),
      /** PKCS#10, PEM. Only its key counts: the token decides the identity. */
      csr: z.string().max(8192),
      /** Where the joined process serves. */
      port: z.number().int().min(1).max(65535),
    }),
    result: IssuedCertificate,
    callers: ['anyone'],
    since: 1,
    doc: 'Turns a single-use token and a CSR into a certificate.',
  }),
  renew: method({
    kind: 'command',
    params: z.strictObject({ csr: z.string().max(8192), port: z.number().int().optional() }),
    result: IssuedCertificate,
    callers: ['anyone'],
    since: 1,
    doc: 'A fresh certificate for the presented one (same key), even where that has only expired.',
  }),
  announce: method({
    kind: 'command',
    params: z.strictObject({ port: z.number().int().min(1).max(65535) }),
    result: done,
    callers: ['manager', 'agent'],
    since: 1,
    doc: 'Where this process serves now (after a restart).',
  }),
  get_revocations: method({
    kind: 'query',
    params: nothing,
    result: z.object({ revoked: z.array(z.string()), epoch: z.number().int().optional() }),
    callers: ['manager', 'agent'],
    since: 1,
    doc: 'Serial numbers of revoked certificates and the newest epoch of the own application; pulled at the start.',
  }),
  upload_blob: method({
    kind: 'upload',
    params: z.strictObject({ application: z.string().optional() }),
    result: z.object({ blob: BlobHash, size: z.number().int() }),
    callers: ['user', 'manager'],
    since: 1,
    maxBytes: 10 * 1024 ** 3,
    doc: 'Stores an archive, script or dump; it is addressed by its SHA-256.',
  }),
  download_blob: method({
    kind: 'download',
    params: z.strictObject({ blob: BlobHash }),
    result: z.void(),
    callers: ['user', 'manager', 'agent'],
    since: 1,
    doc: 'A stored blob.',
  }),
};

export const directorMethods = {
  ...users,
  ...directorHistoryMethods,
  ...directorCostMethods,
  ...directorDuplicateMethods,
  ...metricsUserMethods,
  ...cloudMethods,
  ...securityMethods,
  ...managers,
  ...metricsManagerMethods,
  ...directorLogMethods,
  ...processes,
  ...auditMethods,
  ...programMethods,
};
export type DirectorMethods = typeof directorMethods;
