/** What is said of the application to users: states derived from desired and observed, never stored. Pure. */
import { outsideOf } from '../core/clouds/cloud.ts';
import type {
  ApplicationInfo,
  ApplicationSummary,
  CodeVersion,
  Health,
  NodeInfo,
  ReportedSummary,
  ServiceInfo,
} from '../core/contract/application.ts';
import { VmId } from '../core/contract/ids.ts';
import { placementOf } from '../core/service/placement.ts';
import type { ServiceSpec } from '../core/service/spec.ts';
import type { DesiredNode, DesiredService } from '../core/service/state.ts';
import { switchProgress } from './switch-progress.ts';
import { irreplaceable, needsAreMet, viewOf, type World } from './views.ts';

export type Specs = Readonly<Record<string, ServiceSpec>>;

export function nodeInfo(world: World, specs: Specs, service: DesiredService, node: DesiredNode): NodeInfo {
  const vm = world.vms.find(({ slot }) => slot === node.slot);
  const observed = world.node(node.id);
  let state: Health = 'creating';
  let cause: string | undefined = vm ? (vm.cause ?? 'its machine is starting') : 'its machine is being created';
  if (vm?.state === 'gone') {
    state = 'failed';
    cause = 'its machine has vanished';
  } else if (vm?.state === 'failed') {
    state = 'failed';
    cause = `its machine cannot be had: ${vm.cause ?? 'the cloud gives no reason'}`;
  } else if (observed) {
    const states = {
      preparing: 'starting',
      starting: 'starting',
      failed: 'failed',
      stopping: 'stopping',
      stopped: 'stopped',
      running: 'running',
    } as const;
    state = states[observed.state];
    cause = observed.failure?.message ?? (node.phase === 'draining' ? 'being drained' : undefined);
  } else if (vm?.state === 'joined' && world.isConnected(vm.id)) {
    cause = needsAreMet(world, service) ? 'its agent has not begun with it' : 'what it needs is not running';
  } else if (vm?.state === 'joined') {
    state = 'unreachable';
    cause = 'its agent is not connected';
  }
  return {
    id: node.id,
    service: service.name,
    role: node.role,
    vm: vm?.id ?? VmId.parse('none'),
    address: vm?.address,
    state,
    cause,
    failure: observed?.failure,
    ports: observed?.ports ?? {},
    detail: observed?.detail ?? {},
    restarts: observed?.restarts ?? 0,
    since: observed?.since,
    logs: logNames(service, node, specs),
    createdAt: node.createdAt,
    version: node.version,
    irreplaceable: irreplaceable(world, service, node),
  };
}

/** Names of a node's logs: those of its role, and what its agent has to say of it. */
export function logNames(service: DesiredService | undefined, node: DesiredNode, specs: Specs): string[] {
  return [...((service && specs[service.type]?.roles[node.role]?.logs) ?? []), 'conpaas'];
}

export function serviceInfo(world: World, specs: Specs, service: DesiredService): ServiceInfo {
  const spec = specs[service.type];
  const nodes = world.state.nodes.filter((node) => node.service === service.id);
  const switching = switchProgress(world, service);
  const infos = nodes.map((node) => ({
    ...nodeInfo(world, specs, service, node),
    ...(switching.has(node.id) && { switch: switching.get(node.id) }),
  }));
  const { state, cause } = summarize(service.running, infos);
  const defaults = spec ? spec.configuration.partial().parse({}) : {};
  return {
    id: service.id,
    name: service.name,
    type: service.type,
    running: service.running,
    state,
    cause,
    address: service.running ? addressOf(world, service) : undefined,
    roles: Object.entries(spec?.roles ?? {}).map(([name, { title, min, max }]) => ({
      name,
      title,
      count: nodes.filter((node) => node.role === name && node.phase === 'wanted').length,
      min,
      max,
      scalable: max > min,
    })),
    defaultRole: spec?.defaultRole ?? '',
    nodes: infos,
    configuration: { ...(defaults as Record<string, unknown>), ...service.configuration },
    environment: service.environment,
    secrets: service.secrets,
    ownSecrets: [...(world.types[service.type]?.generatedSecrets(service) ?? [])],
    needs: service.needs,
    code: spec?.code
      ? { active: service.activeVersion, previous: service.previousVersion, versions: versionList(service) }
      : undefined,
    ...(spec?.domains ? { domains: service.domains } : {}),
    hasStartupScript: service.startupScript !== undefined,
    cloud: service.cloud,
    healthCheck: service.healthCheck,
    changedKeys: Object.keys(service.configuration),
  };
}

/** Newest first. */
export function versionList(service: DesiredService): CodeVersion[] {
  return service.versions
    .map(({ id, blob, name, description, size, files, createdAt, createdBy, refused }) => ({
      id,
      blob,
      name,
      description,
      size,
      files,
      createdAt,
      createdBy,
      active: id === service.activeVersion,
      ...(refused && { refused }),
    }))
    .reverse();
}

export function applicationInfo(world: World, specs: Specs, createdAt: number): ApplicationInfo {
  const services = world.state.services.map((service) => serviceInfo(world, specs, service));
  const warnings = world.state.services.flatMap(
    (service) =>
      world.types[service.type]?.warnings(
        service,
        world.state.nodes.filter((node) => node.service === service.id),
      ) ?? [],
  );
  const { uncontained } = world.state;
  if (uncontained) {
    warnings.push(
      `Where a machine cannot contain it, hosted code runs all the same: ${uncontained.by} has accepted that.`,
    );
  }
  if (world.state.frozen) {
    warnings.push('Its databases are read only: it is being moved. Go on, or take it back, with: conpaas move');
  }
  const summary: ApplicationSummary = {
    id: world.state.application,
    name: world.state.name,
    createdAt,
    ...applicationSummary(world, specs),
  };
  return {
    summary,
    description: world.state.description,
    services,
    warnings: [...new Set(warnings)],
    placement: placementOf(world.state),
    ...(uncontained && { uncontained }),
  };
}

export function applicationSummary(world: World, specs: Specs): ReportedSummary {
  const services = world.state.services.map((service) => serviceInfo(world, specs, service));
  const nodes = services.flatMap((service) => service.nodes);
  const worst = (['failed', 'degraded', 'unreachable', 'starting', 'creating', 'stopping'] as const).find((state) =>
    services.some((service) => service.state === state),
  );
  const state: Health =
    worst ?? (services.some((one) => one.state === 'running') || services.length === 0 ? 'running' : 'stopped');
  const troubled = services.find((service) => service.state === worst);
  return {
    state,
    cause: troubled?.cause,
    address: services.find(({ address }) => address !== undefined)?.address,
    services: services.map(({ name, type, state: own }) => ({ name, type, state: own })),
    nodes: {
      running: nodes.filter((node) => node.state === 'running').length,
      wanted: services.filter(({ running }) => running).flatMap((service) => service.nodes).length,
    },
  };
}

const usualPort = (protocol: string): number => (protocol === 'https:' ? 443 : 80);
const portOf = (protocol: string, port: number): string => (port === usualPort(protocol) ? '' : `:${port}`);

/** URL of a service, where it has one: as users reach it, also from outside of the cloud's network. */
export function addressOf(world: World, service: DesiredService): string | undefined {
  const view = viewOf(world, service);
  const inside = world.types[service.type]?.address(view);
  if (inside === undefined) return undefined;
  const { hostname, port, protocol } = new URL(inside);
  if (view.stableAddress !== undefined) return inside.replace(hostname, view.stableAddress);
  const vm = world.vms.find(({ address }) => address === hostname);
  const outside = vm && outsideOf(vm, port === '' ? usualPort(protocol) : Number(port));
  return outside ? `${protocol}//${outside.host}${portOf(protocol, outside.port)}` : inside;
}

function summarize(running: boolean, nodes: readonly NodeInfo[]): { state: Health; cause: string | undefined } {
  const broken = nodes.find(({ state }) => state === 'failed') ?? nodes.find(({ state }) => state === 'unreachable');
  const cause = broken
    ? `${broken.id}: ${broken.cause ?? 'failed'}`
    : nodes.find((node) => node.cause !== undefined)?.cause;
  if (!running)
    return { state: nodes.every(({ state }) => state === 'stopped') ? 'stopped' : 'stopping', cause: undefined };
  const good = nodes.filter(({ state }) => state === 'running').length;
  // A node that runs but could not take its newest change still counts as running; its failure is told.
  if (nodes.length > 0 && good === nodes.length)
    return { state: nodes.some((one) => one.failure) ? 'degraded' : 'running', cause };
  if (broken) return { state: good > 0 ? 'degraded' : broken.state, cause };
  return { state: good > 0 ? 'degraded' : 'starting', cause };
}
