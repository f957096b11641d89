/**
 * A stand-in for a director and the manager of its applications, for showing states of the window that are hard to
 * bring about: it serves the real contract over real mutual TLS, but what it tells is a script, and nothing runs.
 */
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { openVault } from '../../main/vault/index.ts';
import type {
  ApplicationInfo,
  ApplicationSummary,
  Event,
  LogLine,
  NodeInfo,
  ServiceInfo,
} from '../../remote/core/contract/application.ts';
import { type DirectorMethods, directorMethods } from '../../remote/core/contract/director.ts';
import { ConpaasError, type Failure } from '../../remote/core/contract/errors.ts';
import {
  ApplicationId,
  BlobHash,
  NodeId,
  OperationId,
  ServiceId,
  UserName,
  VmId,
} from '../../remote/core/contract/ids.ts';
import { type ManagerMethods, managerMethods } from '../../remote/core/contract/manager.ts';
import type { Handlers } from '../../remote/core/contract/method.ts';
import type { Operation, OperationStep } from '../../remote/core/contract/operation.ts';
import { Topic } from '../../remote/core/events/index.ts';
import { createTrust } from '../../remote/core/identity/fixtures.ts';
import { identifyPeer } from '../../remote/core/identity/index.ts';
import { serve } from '../../remote/core/rpc/index.ts';
import { openHome } from './home.ts';

/** Test-only addresses, away from those that deployments choose. */
const host = '127.90.7.1';
const day = 86_400_000;

export interface ScriptedDirector extends AsyncDisposable {
  /** A data directory whose only deployment is this one. */
  readonly dataDirectory: string;
  readonly applications: Map<string, ApplicationInfo>;
  /** Methods that were called, with their parameters, in order. */
  readonly calls: { readonly name: string; readonly params: unknown }[];
  /** What a method fails with from now on; undefined: it works again. */
  fail(method: string, failure: Failure | undefined): void;
  /** Tells the window of a new state of an application, and keeps it. */
  put(info: ApplicationInfo): void;
  remove(id: string): void;
  /** Tells the window of an operation, and keeps it. */
  putOperation(operation: Operation): void;
  /** A line in the log of every node. */
  log(text: string): void;
  /** Closes every connection and answers no more. */
  stop(): Promise<void>;
}

export async function startScriptedDirector(): Promise<ScriptedDirector> {
  const home = await openHome();
  const dataDirectory = home.directory;
  const trust = await createTrust('d-scripted');
  const events = new Topic<Event>();
  const lines = new Topic<LogLine>();
  const applications = new Map<string, ApplicationInfo>();
  const operations = new Map<string, Operation>();
  const calls: { name: string; params: unknown }[] = [];
  const failures = new Map<string, Failure>();

  const take = <T>(name: string, params: unknown, result: T): T => {
    calls.push({ name, params });
    const failure = failures.get(name);
    if (failure) throw ConpaasError.of(failure);
    return result;
  };
  const put = (info: ApplicationInfo): void => {
    applications.set(info.summary.id, info);
    events.publish({ type: 'application', application: info.summary });
  };
  const putOperation = (operation: Operation): void => {
    operations.set(operation.id, operation);
    events.publish({ type: 'operation', operation });
  };
  const find = (application: string): ApplicationInfo => {
    const found = [...applications.values()].find(
      ({ summary }) => summary.id === application || summary.name === application,
    );
    if (found) return found;
    throw new ConpaasError('not_found', `There is no application ${application}.`);
  };
  /** An operation that has ended well at once. */
  const done = (kind: string, title: string, target: Operation['target']): { operation: OperationId } => {
    const operation = operationOf({ kind, title, target, state: 'done' });
    putOperation(operation);
    return { operation: operation.id };
  };
  const notScripted = async (): Promise<never> => {
    throw new ConpaasError('unknown_method', 'The stand-in does not do this.');
  };
  const notStreamed = async function* (): AsyncGenerator<never> {
    yield await notScripted();
  };

  const director: Partial<Omit<Handlers<DirectorMethods>, 'hello'>> = {
    get_status: async () => ({
      deployment: trust.deployment,
      cloud: 'local',
      product: '0.1.0',
      startedAt: Date.now(),
      applications: applications.size,
      vms: 1,
      user: 'ann',
    }),
    list_applications: async (params) =>
      take(
        'list_applications',
        params,
        [...applications.values()].map(({ summary }) => summary),
      ),
    list_operations: async (params) => take('list_operations', params, [...operations.values()].reverse()),
    get_application: async (params) => take('get_application', params, find(params.application)),
    get_operation: async ({ operation }) => {
      const found = operations.get(operation);
      if (!found) throw new ConpaasError('not_found', 'There is no such operation.');
      return found;
    },
    plan_manifest: async (params) => {
      const { Application } = params.manifest as { Application: string };
      const application = params.name ?? Application;
      const exists = [...applications.values()].some(({ summary }) => summary.name === application);
      return take('plan_manifest', params, {
        application,
        exists,
        changes: [
          {
            action: exists ? 'keep' : 'create',
            text: `${exists ? 'Keep' : 'Create'} application ${application}`,
            fields: [],
          },
          { action: 'create', service: 'web', text: 'Create service web (php): proxy 1, web 1, backend 1', fields: [] },
        ],
        warnings: [],
      });
    },
    apply_manifest: async (params) => {
      const { Application } = params.manifest as { Application: string };
      const info = applicationOf({ name: params.name ?? Application });
      take('apply_manifest', params, undefined);
      put(info);
      return {
        application: info.summary.id,
        ...done('apply', `Apply ${info.summary.name}`, { application: info.summary.id }),
      };
    },
    rename_application: async (params) => {
      const info = take('rename_application', params, find(params.application));
      put({ ...info, summary: { ...info.summary, name: params.name } });
      return {};
    },
    stop_application: async (params) => {
      const info = take('stop_application', params, find(params.application));
      put({ ...info, summary: { ...info.summary, state: 'stopped' } });
      return done('stop', `Stop ${info.summary.name}`, { application: info.summary.id });
    },
    delete_application: async (params) => {
      const { summary } = take('delete_application', params, find(params.application));
      if (params.confirm !== summary.name) throw new ConpaasError('invalid_request', 'The name does not match.');
      applications.delete(summary.id);
      events.publish({ type: 'application_deleted', id: summary.id });
      return done('delete', `Delete ${summary.name}`, {});
    },
    upload_blob: async (params, body) =>
      take('upload_blob', params, { blob: BlobHash.parse(body.sha256), size: body.size }),
    async *events(_params, { signal }) {
      yield* events.subscribe(signal);
    },
  };

  const manager: Partial<Omit<Handlers<ManagerMethods>, 'hello'>> = {
    add_nodes: async (params) => {
      take('add_nodes', params, undefined);
      return done('add_nodes', `Add nodes to ${params.service}`, {
        application: 'app-guestbook',
        service: params.service,
      });
    },
    remove_nodes: async (params) => {
      take('remove_nodes', params, undefined);
      return done('remove_nodes', `Remove nodes from ${params.service}`, {
        application: 'app-guestbook',
        service: params.service,
      });
    },
    rollback_code_version: async (params) => {
      take('rollback_code_version', params, undefined);
      return done('rollback_code_version', 'Roll back to v1', {
        application: 'app-guestbook',
        service: params.service,
      });
    },
    upload_code_version: async (params, body) => {
      take('upload_code_version', { ...params, size: body.size }, undefined);
      const target = { application: 'app-guestbook', service: params.service };
      const failure = failures.get('activate');
      const operation = operationOf({
        kind: 'activate_code_version',
        title: 'Make v3 live',
        target,
        state: failure ? 'failed' : 'done',
        ...(failure ? { failure } : {}),
      });
      putOperation(operation);
      return { version: 'v3', operation: operation.id };
    },
    async *get_logs(params, { signal }) {
      take('get_logs', params, undefined);
      yield* lines.subscribe(signal);
    },
  };

  const spool = path.join(dataDirectory, 'spool');
  const identified = (peer: { chain: readonly string[]; authorized: boolean }) =>
    identifyPeer({ ...peer, deployment: trust.deployment, revoked: new Set() });
  const managerIdentity = {
    kind: 'manager',
    deployment: trust.deployment,
    application: ApplicationId.parse('app-guestbook'),
    epoch: 1,
  } as const;
  const directorIdentity = { kind: 'director', deployment: trust.deployment } as const;
  const [directorCredentials, managerCredentials] = await Promise.all([
    trust.credentials(directorIdentity),
    trust.credentials(managerIdentity),
  ]);
  const common = { product: '0.1.0', identify: identified, authorize: () => undefined, log: () => undefined };
  const managerServer = await serve({
    ...common,
    role: 'manager',
    table: managerMethods,
    handlers: complete(managerMethods, manager, notScripted, notStreamed),
    listen: { host, port: 0 },
    tls: { credentials: managerCredentials },
    spool: path.join(spool, 'manager'),
  });
  const directorServer = await serve({
    ...common,
    role: 'director',
    table: directorMethods,
    handlers: complete(directorMethods, director, notScripted, notStreamed),
    listen: { host, port: 0 },
    tls: { credentials: directorCredentials },
    spool: path.join(spool, 'director'),
    relay: async () => ({ host, port: managerServer.port, expect: managerIdentity, credentials: directorCredentials }),
  });

  await writeDeployment(dataDirectory, trust, { host, port: directorServer.port });
  let stopped = false;
  const stop = async (): Promise<void> => {
    if (stopped) return;
    stopped = true;
    await Promise.all([directorServer[Symbol.asyncDispose](), managerServer[Symbol.asyncDispose]()]);
  };
  return {
    dataDirectory,
    applications,
    calls,
    fail: (name, failure) => void (failure ? failures.set(name, failure) : failures.delete(name)),
    put,
    putOperation,
    remove(id) {
      applications.delete(id);
      events.publish({ type: 'application_deleted', id: ApplicationId.parse(id) });
    },
    log: (text) => lines.publish({ node: 'web-backend-1', service: 'web', log: 'error', time: Date.now(), text }),
    stop,
    async [Symbol.asyncDispose]() {
      await stop();
      // The window starts the local host of any deployment on this computer: it goes with this.
      await home[Symbol.asyncDispose]();
    },
  };
}

/** Every method of a table: those of the script, and for the others a refusal. */
function complete<Table extends DirectorMethods | ManagerMethods>(
  table: Table,
  scripted: Partial<Omit<Handlers<Table>, 'hello'>>,
  refuse: () => Promise<never>,
  refuseStream: () => AsyncGenerator<never>,
): Omit<Handlers<Table>, 'hello'> {
  const all = Object.fromEntries(
    Object.entries(table).map(([name, { kind }]) => [name, kind === 'stream' ? refuseStream : refuse]),
  );
  return { ...all, ...scripted } as unknown as Omit<Handlers<Table>, 'hello'>;
}

/** What `main/deploy` would have recorded of a deployment that runs. */
async function writeDeployment(
  directory: string,
  trust: Awaited<ReturnType<typeof createTrust>>,
  director: { host: string; port: number },
): Promise<void> {
  await mkdir(directory, { recursive: true });
  using vault = await openVault(directory, { kind: 'keyfile' });
  await vault.set(`deployment/${trust.deployment}/root`, JSON.stringify(trust.root));
  const deployment = {
    id: trust.deployment,
    name: 'this-computer',
    owner: UserName.parse('ann'),
    cloud: { kind: 'local' },
    state: 'running',
    createdAt: Date.now(),
    vm: 'vm-scripted',
    director,
    intermediate: { notBefore: Date.now() - day, notAfter: Date.now() + 700 * day },
  };
  await writeFile(path.join(directory, 'deployments.json'), JSON.stringify({ version: 1, deployments: [deployment] }), {
    mode: 0o600,
  });
}

let lastOperation = 0;

/** An operation in some state. */
export function operationOf(about: Partial<Operation> & { title: string }): Operation {
  lastOperation += 1;
  const state = about.state ?? 'running';
  const steps: OperationStep[] = [
    {
      name: 'check',
      title: 'Check the request',
      state: 'done',
      startedAt: Date.now() - 400,
      endedAt: Date.now() - 200,
    },
    {
      name: 'work',
      title: 'Start what is wanted',
      state: state === 'cancelled' ? 'skipped' : state,
      startedAt: Date.now() - 200,
    },
  ];
  return {
    id: OperationId.parse(`op-${lastOperation}`),
    kind: 'apply',
    target: {},
    state,
    steps,
    log: [],
    startedAt: Date.now() - 400,
    ...(state === 'running' ? {} : { endedAt: Date.now() }),
    deadline: Date.now() + 60_000,
    requestedBy: 'ann',
    cancellable: state === 'running',
    retryable: state === 'failed',
    ...about,
  };
}

/** An application with a PHP and a MySQL service. */
export function applicationOf(about: {
  name: string;
  summary?: Partial<ApplicationSummary>;
  services?: readonly ServiceInfo[];
}): ApplicationInfo {
  const services = about.services ?? [phpService(), mysqlService()];
  const nodes = services.reduce((sum, service) => sum + service.nodes.length, 0);
  return {
    summary: {
      id: ApplicationId.parse(`app-${about.name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}`),
      name: about.name,
      state: 'running',
      address: 'http://127.41.0.2',
      services: services.map(({ name, type, state }) => ({ name, type, state })),
      nodes: { running: nodes, wanted: nodes },
      createdAt: Date.now() - 3 * day,
      reportedAt: Date.now(),
      ...about.summary,
    },
    description: 'A guestbook that remembers what its visitors write.',
    services: [...services],
    warnings: [],
  };
}

export function node(service: string, role: string, number: number, more: Partial<NodeInfo> = {}): NodeInfo {
  return {
    id: NodeId.parse(`${service}-${role}-${number}`),
    service,
    role,
    vm: VmId.parse(`vm-${number}`),
    address: `127.41.0.${number + 1}`,
    state: 'running',
    ports: { http: 80 },
    detail: {},
    restarts: 0,
    since: Date.now() - 2 * 3_600_000,
    logs: ['error', 'access'],
    ...more,
  };
}

function role(name: string, title: string, count: number, scalable = true): ServiceInfo['roles'][number] {
  return { name, title, count, min: 1, max: 16, scalable };
}

export function phpService(more: Partial<ServiceInfo> = {}): ServiceInfo {
  const blob = (text: string): BlobHash => BlobHash.parse(createHash('sha256').update(text).digest('hex'));
  const version = { name: 'guestbook.zip', size: 214_000, files: 14, createdBy: 'ann' };
  return {
    id: ServiceId.parse('svc-web'),
    name: 'web',
    type: 'php',
    running: true,
    state: 'running',
    address: 'http://127.41.0.2',
    roles: [
      role('proxy', 'Proxy', 1, false),
      role('web', 'Web', 1),
      role('backend', 'Backend', 2),
      role('session', 'Session', 1, false),
    ],
    defaultRole: 'backend',
    nodes: [node('web', 'proxy', 1), node('web', 'web', 1), node('web', 'backend', 1), node('web', 'backend', 2)],
    configuration: { memory_limit: '128M', upload_max_filesize: '16M' },
    environment: { TITLE: 'Guestbook' },
    secrets: ['SMTP_PASSWORD'],
    needs: ['db'],
    code: {
      active: 'v2',
      previous: 'v1',
      versions: [
        {
          ...version,
          id: 'v2',
          blob: blob('2'),
          description: 'Faster first page',
          createdAt: Date.now() - 3_600_000,
          active: true,
        },
        { ...version, id: 'v1', blob: blob('1'), description: '', createdAt: Date.now() - 2 * day, active: false },
      ],
    },
    hasStartupScript: false,
    ...more,
  };
}

export function mysqlService(more: Partial<ServiceInfo> = {}): ServiceInfo {
  return {
    id: ServiceId.parse('svc-db'),
    name: 'db',
    type: 'mysql',
    running: true,
    state: 'running',
    roles: [role('node', 'Node', 1, false)],
    defaultRole: 'node',
    nodes: [node('db', 'node', 1)],
    configuration: {},
    environment: {},
    secrets: [],
    needs: [],
    hasStartupScript: false,
    ...more,
  };
}
