/**
 * What every manager serves, whatever its services are; a service type adds its own methods in its spec.ts.
 * Users reach it through the director, which states who they are. `service` is a name or an id.
 */
import { z } from 'zod';
import { Placement } from '../service/placement.ts';
import { ApplicationInfo, CodeVersion, LogLine, NodeInfo, NodeMetrics, ServiceInfo } from './application.ts';
import { domainMethods } from './domains.ts';
import { managerHistoryMethods } from './history.ts';
import { BlobHash, VmId } from './ids.ts';
import { managerLogMethods } from './logs.ts';
import { done, hello, method, nothing } from './method.ts';
import { managerMovingMethods } from './moving.ts';
import { Started } from './operation.ts';
import { movedDirectorManagerMethods } from './recollection.ts';
import { serviceMethods } from './services.ts';
import { terminalMethods } from './terminal.ts';
import { managerUpgradeMethods } from './upgrade.ts';

const service = z.string().min(1);
const counts = z.record(z.string(), z.number().int().min(1).max(64));

/** What a user must say, word by word, to run hosted code on machines where it cannot be contained. */
export const uncontainedWords = 'hosted code may read everything on its machines';

const application = {
  hello,
  get_app_info: method({
    kind: 'query',
    params: nothing,
    result: ApplicationInfo,
    callers: ['user', 'director'],
    since: 1,
    doc: 'The application with its services and nodes.',
  }),
  apply: method({
    kind: 'command',
    params: z.strictObject({ manifest: z.unknown(), operation: z.string(), requestedBy: z.string() }),
    result: Started,
    callers: ['director'],
    since: 1,
    doc: "Makes the application what a manifest says. The operation keeps the director's id; calling again with it is harmless.",
  }),
  export: method({
    kind: 'query',
    params: nothing,
    result: z.record(z.string(), z.unknown()),
    callers: ['user', 'director'],
    since: 1,
    doc: 'A manifest that re-creates the application.',
  }),
  set_running: method({
    kind: 'command',
    params: z.strictObject({ running: z.boolean(), operation: z.string(), requestedBy: z.string() }),
    result: Started,
    callers: ['director'],
    since: 1,
    doc: 'Starts or stops all services; code and data are kept.',
  }),
  set_name: method({
    kind: 'command',
    params: z.strictObject({ name: z.string() }),
    result: done,
    callers: ['director'],
    since: 1,
    doc: 'The application has a new name.',
  }),
  cancel: method({
    kind: 'command',
    params: z.strictObject({ operation: z.string() }),
    result: done,
    callers: ['director'],
    since: 1,
    doc: 'Cancels an operation of this manager.',
  }),
  retry: method({
    kind: 'command',
    params: z.strictObject({ operation: z.string(), requestedBy: z.string() }),
    result: Started,
    callers: ['director'],
    since: 1,
    doc: 'Resumes a failed operation of this manager.',
  }),
  set_revocations: method({
    kind: 'command',
    params: z.strictObject({ revoked: z.array(z.string()) }),
    result: done,
    callers: ['director'],
    since: 1,
    doc: 'Certificates that are no longer valid; passed on to the agents.',
  }),
  accept_uncontained: method({
    kind: 'command',
    params: z.strictObject({ words: z.string().max(200).nullable() }),
    result: done,
    callers: ['user'],
    since: 1,
    doc: `Runs this application even on machines that cannot contain hosted code. The words must be "${uncontainedWords}"; null takes it back.`,
  }),
  set_placement: method({
    kind: 'command',
    params: z.strictObject({ placement: Placement }),
    result: done,
    callers: ['user'],
    since: 1,
    doc: 'Where further nodes go: packed (the first of each role beside the manager) or spread (a machine each). Nodes that there are stay; replacing one moves it.',
  }),
  renew_certificates: method({
    kind: 'command',
    params: z.strictObject({
      /** The manager's own too. */
      own: z.boolean(),
      /** Agents of these machines; all where absent. */
      vms: z.array(VmId).max(1000).optional(),
    }),
    result: z.object({ failed: z.array(z.object({ vm: z.string().optional(), message: z.string() })) }),
    callers: ['director'],
    since: 1,
    timeoutMs: 60_000,
    doc: 'Renews its own certificate and has its agents renew theirs, now.',
  }),
  secrets_changed: method({
    kind: 'command',
    params: nothing,
    result: done,
    callers: ['director'],
    since: 1,
    doc: 'A secret has a new value: fetch and use it.',
  }),
  shutdown: method({
    kind: 'command',
    params: nothing,
    result: done,
    callers: ['director'],
    since: 1,
    doc: 'Ends this manager process; nodes go on.',
  }),
};

const services = {
  add_service: method({
    kind: 'command',
    params: z.strictObject({ type: z.string(), name: z.string() }),
    result: Started.extend({ service: z.string() }),
    callers: ['user'],
    since: 1,
    doc: 'Adds a service (stopped, without code).',
  }),
  remove_service: method({
    kind: 'command',
    params: z.strictObject({ service, confirm: z.string() }),
    result: Started,
    callers: ['user'],
    since: 1,
    doc: 'Removes a service with its code and data. `confirm` must be its name.',
  }),
  startup: method({
    kind: 'command',
    params: z.strictObject({ service }),
    result: Started,
    callers: ['user'],
    since: 1,
    doc: 'Starts a service.',
  }),
  stop: method({
    kind: 'command',
    params: z.strictObject({ service }),
    result: Started,
    callers: ['user'],
    since: 1,
    doc: 'Stops the engines of a service; code and data are kept.',
  }),
  get_service_info: method({
    kind: 'query',
    params: z.strictObject({ service }),
    result: ServiceInfo,
    callers: ['user'],
    since: 1,
    doc: 'One service with its nodes and versions.',
  }),
  add_nodes: method({
    kind: 'command',
    params: z.strictObject({ service, nodes: counts }),
    result: Started,
    callers: ['user'],
    since: 1,
    doc: 'Adds nodes by role: {"backend": 2} means two more.',
  }),
  remove_nodes: method({
    kind: 'command',
    params: z.strictObject({ service, nodes: counts.optional(), ids: z.array(z.string()).optional() }),
    result: Started,
    callers: ['user'],
    since: 1,
    doc: 'Removes nodes by count per role (the newest first) or by id; each is drained first.',
  }),
  list_nodes: method({
    kind: 'query',
    params: z.strictObject({ service: service.optional() }),
    result: z.array(NodeInfo),
    callers: ['user'],
    since: 1,
    doc: 'Nodes of a service, or of all.',
  }),
  get_node_info: method({
    kind: 'query',
    params: z.strictObject({ node: z.string() }),
    result: NodeInfo,
    callers: ['user'],
    since: 1,
    doc: 'One node.',
  }),
  restart_node: method({
    kind: 'command',
    params: z.strictObject({ node: z.string() }),
    result: Started,
    callers: ['user'],
    since: 1,
    doc: 'Restarts the engine of one node.',
  }),
  set_configuration: method({
    kind: 'command',
    params: z.strictObject({
      service,
      configuration: z.record(z.string(), z.unknown()).optional(),
      environment: z.record(z.string(), z.string()).optional(),
    }),
    result: Started,
    callers: ['user'],
    since: 1,
    doc: 'Changes configuration keys (null: back to the default) and, if given, replaces the environment.',
  }),
  set_startup_script: method({
    kind: 'command',
    params: z.strictObject({ service, script: BlobHash.nullable() }),
    result: Started,
    callers: ['user'],
    since: 1,
    doc: 'Sets or removes the script that runs before the roles start.',
  }),
  get_logs: method({
    kind: 'stream',
    params: z.strictObject({
      service: z.string().optional(),
      node: z.string().optional(),
      log: z.string().optional(),
      follow: z.boolean().default(false),
      /** Only lines at or after this time, milliseconds since the epoch. */
      since: z.number().optional(),
      /** At most this many of the newest lines per log, before following. */
      tail: z.number().int().min(0).max(100_000).optional(),
    }),
    result: LogLine,
    callers: ['user'],
    since: 1,
    doc: 'Log lines of nodes, optionally followed.',
  }),
  get_metrics: method({
    kind: 'query',
    params: nothing,
    result: z.array(NodeMetrics),
    callers: ['user'],
    since: 1,
    doc: 'Newest figures per node: CPU (cores), memory and disk (bytes). More, and over time: query_metrics of the director.',
  }),
};

/** Code versions, for the service types whose spec says `code: true`. */
const code = {
  upload_code_version: method({
    kind: 'upload',
    params: z.strictObject({
      service,
      description: z.string().max(500).default(''),
      activate: z.boolean().default(true),
    }),
    result: z.object({ version: z.string(), operation: z.string().optional() }),
    callers: ['user'],
    since: 1,
    maxBytes: 2 * 1024 ** 3,
    doc: 'Uploads an archive (tar, tar.gz, tar.bz2, tar.xz, zip) as a new version, and activates it if asked.',
  }),
  list_code_versions: method({
    kind: 'query',
    params: z.strictObject({ service }),
    result: z.array(CodeVersion),
    callers: ['user'],
    since: 1,
    doc: 'Code versions, newest first.',
  }),
  activate_code_version: method({
    kind: 'command',
    params: z.strictObject({ service, version: z.string() }),
    result: Started,
    callers: ['user'],
    since: 1,
    doc: 'Makes a version live, node by node, health-gated; goes back by itself when it fails.',
  }),
  rollback_code_version: method({
    kind: 'command',
    params: z.strictObject({ service }),
    result: Started,
    callers: ['user'],
    since: 1,
    doc: 'Makes the version that was live before live again.',
  }),
  download_code_version: method({
    kind: 'download',
    params: z.strictObject({ service, version: z.string() }),
    result: z.void(),
    callers: ['user'],
    since: 1,
    doc: 'The archive of a version, as it was uploaded.',
  }),
  delete_code_version: method({
    kind: 'command',
    params: z.strictObject({ service, version: z.string() }),
    result: done,
    callers: ['user'],
    since: 1,
    doc: 'Deletes a version that is not live.',
  }),
  diff_code_versions: method({
    kind: 'query',
    params: z.strictObject({ service, from: z.string(), to: z.string() }),
    result: z.object({ added: z.array(z.string()), changed: z.array(z.string()), removed: z.array(z.string()) }),
    callers: ['user'],
    since: 1,
    doc: 'Difference of the file lists of two versions.',
  }),
};

export const managerMethods = {
  ...application,
  ...services,
  ...code,
  ...managerHistoryMethods,
  ...serviceMethods,
  ...terminalMethods,
  ...domainMethods,
  ...managerLogMethods,
  ...movedDirectorManagerMethods,
  ...managerMovingMethods,
  ...managerUpgradeMethods,
};
export type ManagerMethods = typeof managerMethods;
