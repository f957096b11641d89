/** Worlds for the tests of the manager's pure parts, and a service type made for them. */
import { z } from 'zod';
import type { NodeObservation, VmInfo } from '../core/contract/application.ts';
import { ApplicationId, NodeId, ServiceId, VmId } from '../core/contract/ids.ts';
import type { ServiceManager } from '../core/service/manager.ts';
import type { ServiceSpec } from '../core/service/spec.ts';
import { type DesiredNode, type DesiredService, type DesiredState, emptyService } from '../core/service/state.ts';
import type { World } from './views.ts';

const role = (title: string, count: number, min: number, max: number) => ({
  title,
  doc: title,
  count,
  min,
  max,
  packages: [],
  executables: [],
  logs: [],
});

/** A type `web` with roles front (1 to 2) and back (1 to 4), and a type `store` that others may need. */
export const specs: Readonly<Record<string, ServiceSpec>> = {
  web: {
    type: 'web',
    title: 'Web',
    doc: 'For tests',
    roles: { front: role('Front', 1, 1, 2), back: role('Back', 1, 1, 4) },
    defaultRole: 'back',
    code: true,
    dump: false,
    configuration: z.object({ limit: z.number().default(1) }),
    managerMethods: {},
    agentMethods: {},
  },
  store: {
    type: 'store',
    title: 'Store',
    doc: 'For tests',
    roles: { data: { ...role('Data', 1, 1, 1), volume: 'gb' } },
    defaultRole: 'data',
    code: false,
    dump: true,
    configuration: z.object({}),
    managerMethods: {},
    agentMethods: {},
  },
};

export const type = (more: Partial<ServiceManager>): ServiceManager => ({
  describeNodes: (view) =>
    new Map(
      view.nodes.map(({ desired }) => [
        desired.id,
        { role: desired.role, version: desired.version ?? null, environment: view.environment },
      ]),
    ),
  provides: () => ({}),
  generatedSecrets: () => [],
  address: () => undefined,
  drained: () => true,
  inService: () => true,
  rollingRoles: [],
  warnings: () => [],
  handlers: {},
  ...more,
});

export const types: Readonly<Record<string, ServiceManager>> = {
  web: type({ rollingRoles: ['back'], address: () => 'http://127.0.0.9' }),
  store: type({
    irreplaceable: () => 'It holds the data.',
    provides: ({ nodes }) => (nodes[0]?.address === undefined ? undefined : { STORE_HOST: nodes[0].address }),
  }),
};

export function service(id: string, typeName: string, more: Partial<DesiredService> = {}): DesiredService {
  return { ...emptyService(ServiceId.parse(id), typeName, id), running: true, ...more };
}

export function node(id: string, serviceId: string, roleName: string, more: Partial<DesiredNode> = {}): DesiredNode {
  return {
    id: NodeId.parse(id),
    service: ServiceId.parse(serviceId),
    role: roleName,
    slot: 'first',
    phase: 'wanted',
    restarts: 0,
    operation: 'op-test',
    createdAt: 0,
    ...more,
  };
}

export function state(services: DesiredService[], nodes: DesiredNode[]): DesiredState {
  return {
    schema: 1,
    application: ApplicationId.parse('app-test'),
    name: 'test',
    description: '',
    services,
    nodes,
    nextService: 9,
    nextSlot: 2,
  };
}

export function vm(slot: string, more: Partial<VmInfo> = {}): VmInfo {
  return {
    id: VmId.parse(`vm-${slot}`),
    cloud: 'local',
    application: ApplicationId.parse('app-test'),
    role: 'application',
    state: 'joined',
    address: '127.9.0.2',
    agentPort: 5555,
    createdAt: 0,
    slot,
    ...more,
  };
}

export function observation(id: string, more: Partial<NodeObservation> = {}): NodeObservation {
  return {
    node: NodeId.parse(id),
    state: 'running',
    ports: {},
    detail: {},
    restarts: 0,
    since: 0,
    ...more,
  };
}

export function world(desired: DesiredState, vms: VmInfo[], nodes: NodeObservation[] = []): World {
  const observed = (id: NodeId) => nodes.find(({ node: name }) => name === id);
  const ports = (id: NodeId) => observed(id)?.ports ?? {};
  return { state: desired, vms, node: observed, isConnected: () => true, ports, secrets: {}, types };
}
