/** Applications, services, nodes and operations to script with. */
import { createHash } from 'node:crypto';
import type {
  ApplicationInfo,
  ApplicationSummary,
  NodeInfo,
  ServiceInfo,
} from '../../../remote/core/contract/application.ts';
import { ApplicationId, BlobHash, NodeId, OperationId, ServiceId, VmId } from '../../../remote/core/contract/ids.ts';
import type { Operation, OperationStep } from '../../../remote/core/contract/operation.ts';

const day = 86_400_000;

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
    domains: ['shop.test', 'shop.conpaas.eu'],
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
