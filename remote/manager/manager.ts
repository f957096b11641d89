/** A manager: makes one application what it should be, with the agents it has and the machines it asks for. */
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { managerPort } from '../core/clouds/machines/ports.ts';
import type { Failure } from '../core/contract/errors.ts';
import type { ApplicationId } from '../core/contract/ids.ts';
import { managerMethods } from '../core/contract/manager.ts';
import type { MethodTable } from '../core/contract/method.ts';
import { Changed } from '../core/events/index.ts';
import { authorize, identifyPeer, type ManagerBootstrap } from '../core/identity/index.ts';
import { openJournal } from '../core/journal/index.ts';
import { attribution, Operations, type StepContext } from '../core/operations/index.ts';
import { type DirectorPlace, openMembership } from '../core/process/index.ts';
import { lateHandlers, type ServerOptions, serve } from '../core/rpc/index.ts';
import type { ServiceManager } from '../core/service/manager.ts';
import type { ServiceSpec } from '../core/service/spec.ts';
import type { DesiredService } from '../core/service/state.ts';
import { Agents } from './agents.ts';
import { applyKind } from './apply.ts';
import { Desired } from './desired.ts';
import { type DirectorClient, directorMethodsOfManagers } from './director-client.ts';
import { thawInTime } from './freezing.ts';
import { managerHandlers } from './handlers.ts';
import { addressOf } from './info.ts';
import { LogShipping } from './log-shipping.ts';
import { pushMetrics } from './metrics.ts';
import { Observed } from './observed.ts';
import { patient } from './patience.ts';
import { reconcile } from './reconciler.ts';
import { Reporter } from './reporter.ts';
import { returnToVersionKind } from './return-to-version.ts';
import { addNodesKind, removeNodesKind, replaceNodesKind } from './scaling.ts';
import { SecretCache } from './secret-cache.ts';
import { serviceContext, serviceWorkKind } from './service-context.ts';
import { registerServiceOperations } from './service-operations.ts';
import { compatibleFrom, migrations } from './store.ts';
import { viewOf, type World } from './views.ts';
import { watchVms, watchVolumes } from './watch-director.ts';
import { orderCertificate } from './web/acme.ts';
import { WebCertificates } from './web/certificates.ts';
import { StableAddress } from './web/stable-address.ts';

export interface ManagerOptions {
  readonly home: string;
  readonly bootstrap: ManagerBootstrap;
  readonly specs: Readonly<Record<string, ServiceSpec>>;
  readonly types: Readonly<Record<string, ServiceManager>>;
  readonly product: string;
  readonly signal: AbortSignal;
  log(line: string): void;
}

/** The parts, as operations and handlers see them. */
export interface Manager {
  readonly application: ApplicationId;
  readonly startedAt: number;
  readonly specs: Readonly<Record<string, ServiceSpec>>;
  readonly types: Readonly<Record<string, ServiceManager>>;
  readonly director: DirectorClient;
  readonly desired: Desired;
  readonly observed: Observed;
  readonly agents: Agents;
  readonly secrets: SecretCache;
  /** Certificates of domains. */
  readonly web: WebCertificates;
  readonly operations: Operations;
  readonly reporter: Reporter;
  readonly logShipping: LogShipping;
  readonly revoked: Set<string>;
  /** Gets a fresh certificate from the director. */
  renewCertificate(): Promise<void>;
  readonly directorPlace: DirectorPlace;
  /** Directory for work in progress; emptied at each start. */
  readonly temporary: string;
  /** Slot of the VM that this manager lives on: packed placement puts the first nodes there. */
  readonly ownSlot: string;
  /** Name of its cloud, which is the application's; undefined while that is not known. */
  readonly ownCloud: string | undefined;
  readonly machineChanged: Changed;
  /** Why machines cannot be had now. */
  readonly machineFailure: Failure | undefined;
  /** Desired and observed; undefined until enough is known to act on it. */
  world(): World | undefined;
  /** URL of the application's first service that has one. */
  address(): string | undefined;
  serviceName(id: string): string;
  /** Whether its machines are on the `local` cloud (then private addresses may be fetched from). */
  isLocal(): boolean;
  loadDump(service: DesiredService, file: string, context: StepContext<unknown>): Promise<void>;
  log(line: string): void;
}

/** So many of the newest operations are told again at each start. */
const toldAtStart = 20;

/** Starts a manager and works until it is disposed of. Engines never notice that it ends. */
export async function startManager(options: ManagerOptions): Promise<AsyncDisposable> {
  const { home, bootstrap, specs, types, log } = options;
  const { deployment, application, epoch } = bootstrap;
  const stopping = new AbortController();
  const signal = AbortSignal.any([options.signal, stopping.signal]);
  await using stack = new AsyncDisposableStack();
  stack.defer(() => stopping.abort(new Error('the manager is ending')));

  let superseded = false;
  const onSuperseded = (): void => {
    if (superseded) return;
    superseded = true;
    log(`a newer manager has taken over: epoch ${epoch} does nothing any more`);
    stopping.abort(new Error('superseded'));
  };
  const revoked = new Set<string>();
  const typeMethods: MethodTable = Object.assign({}, ...Object.values(specs).map((spec) => spec.managerMethods));
  let handlers: ServerOptions<MethodTable>['handlers'] | undefined;
  const table: MethodTable = { ...typeMethods, ...managerMethods };
  const membership = stack.use(openMembership({ home, bootstrap, signal, log }));
  const director = membership.director.as(directorMethodsOfManagers);
  const server = stack.use(
    await serve<MethodTable>({
      role: 'manager',
      product: options.product,
      table,
      // The port must be known to join, and joining comes before everything else: handlers are put in place later.
      handlers: lateHandlers('manager', table, () => handlers),
      listen: { host: bootstrap.address, port: managerPort, fallback: true },
      tls: { credentials: undefined },
      identify: (peer) => {
        const identity = identifyPeer({ ...peer, deployment, revoked });
        return identity?.kind === 'director' && !membership.place.admits(peer.chain) ? undefined : identity;
      },
      authorize: (request) => authorize({ role: 'manager', deployment, application }, request),
      spool: path.join(home, 'spool'),
      log,
    }),
  );

  await membership.join(server, async (greeting) => {
    for (const serial of greeting.revoked) revoked.add(serial);
    if (greeting.epoch !== undefined && greeting.epoch > epoch) onSuperseded();
  });

  const temporary = path.join(home, 'work');
  await rm(temporary, { recursive: true, force: true });
  await mkdir(temporary, { recursive: true, mode: 0o700 });
  const journal = stack.use(
    openJournal({ path: path.join(home, 'manager.db'), name: 'manager', migrations, compatibleFrom }),
  );
  const desired = await Desired.open({
    journal,
    application,
    director: {
      get: (within) => director.call('get_state', {}, { signal: within }),
      put: async (n, document, within) => {
        const whose = attribution();
        await director.call('put_state', { n, document, ...(whose ? { attribution: whose } : {}) }, { signal: within });
      },
    },
    wait: async (reason) => {
      log(`waiting for the director: ${reason}`);
      await delay(200, undefined, { signal });
    },
    signal,
  });

  const observed = new Observed();
  const agents = stack.use(
    new Agents({
      deployment,
      application,
      observed,
      desired,
      methods: Object.assign({}, ...Object.values(specs).map((spec) => spec.agentMethods)) as MethodTable,
      credentials: membership.credentials,
      directorPlace: membership.place.moved,
      onSuperseded,
      log,
    }),
  );
  const secrets = new SecretCache();
  const reporter = new Reporter();
  const web = new WebCertificates({
    director,
    desired,
    served: (service) => {
      const world = manager.world();
      return world && types[service.type]?.webService?.(viewOf(world, service));
    },
    servedChanged: observed.changed,
    order: orderCertificate,
    notice: (text) => reporter.notice('warning', text),
    file: path.join(home, 'certificate-attempts.json'),
    log,
  });
  const stable = new StableAddress({
    director,
    world: () => manager.world(),
    triggers: [desired.changed, observed.changed, secrets.changed],
    notice: (text) => reporter.notice('warning', text),
    log,
  });
  const operations = stack.use(
    new Operations({ journal, onChange: (operation) => reporter.operation(operation), log }),
  );
  const logShipping = new LogShipping({ desired, director, specs, agents, observed, log });
  const machineChanged = new Changed();
  let machineFailure: Failure | undefined;

  const manager: Manager = {
    application,
    startedAt: Date.now(),
    specs,
    types,
    director,
    desired,
    observed,
    agents,
    secrets,
    web,
    operations,
    reporter,
    logShipping,
    revoked,
    renewCertificate: membership.renewNow,
    directorPlace: membership.place,
    temporary,
    machineChanged,
    get ownSlot() {
      return observed.vms?.find(({ id }) => id === bootstrap.vm)?.slot ?? 'first';
    },
    get ownCloud() {
      return observed.vms?.find(({ id }) => id === bootstrap.vm)?.cloud;
    },
    get machineFailure() {
      return machineFailure;
    },
    world: () =>
      observed.vms === undefined || !secrets.complete
        ? undefined
        : {
            state: desired.state,
            vms: observed.vms,
            volumes: observed.volumes,
            node: (id) => observed.node(id),
            isConnected: (vm) => observed.nodesOf(vm) !== undefined,
            ports: (id) => observed.portsOf(id),
            secrets: secrets.values,
            types,
            web: (service) => web.of(service),
            stableAddress: stable.address,
          },
    address: () => {
      const world = manager.world();
      if (!world) return undefined;
      for (const service of desired.state.services) {
        const address = addressOf(world, service);
        if (address !== undefined) return address;
      }
      return undefined;
    },
    serviceName: (id) => desired.state.services.find((service) => service.id === id)?.name ?? id,
    isLocal: () => observed.vms?.every(({ cloud, cloudKind }) => (cloudKind ?? cloud) === 'local') ?? false,
    loadDump: async (service, file, context) => {
      const type = types[service.type];
      if (type?.loadDump) await type.loadDump(serviceContext(manager, service.id), file, context);
    },
    log,
  };
  operations.register(patient(applyKind(manager)));
  operations.register(patient(addNodesKind(manager)));
  operations.register(patient(removeNodesKind(manager)));
  operations.register(patient(replaceNodesKind(manager)));
  operations.register(serviceWorkKind(manager));
  operations.register(patient(returnToVersionKind(manager)));
  registerServiceOperations(manager);
  handlers = managerHandlers(manager, typeMethods);

  void watchVms(manager, signal, onSuperseded);
  void watchVolumes(manager, signal, onSuperseded);
  void logShipping.run(signal);
  void thawInTime(manager, signal);
  void web.run(signal);
  void stable.run(signal);
  void secrets.run({ director, desired, types, signal, log });
  void reporter.run({
    director,
    world: manager.world,
    specs,
    triggers: [desired.changed, observed.changed, secrets.changed, web.changed, stable.changed],
    onSuperseded,
    signal,
  });
  void pushMetrics({
    director,
    sources: () =>
      agents
        .all()
        .map(([vm, client]) => [
          vm,
          { samples: (after, within) => client.call('get_samples', { after }, { signal: within, timeoutMs: 5000 }) },
        ]),
    state: () => desired.state,
    onSuperseded,
    signal,
    log,
  });
  void reconcile({
    agents,
    director,
    specs,
    get ownSlot() {
      return manager.ownSlot;
    },
    triggers: [observed.changed, desired.changed, secrets.changed, web.changed],
    world: manager.world,
    onSuperseded,
    onMachineFailure: (failure) => {
      machineFailure = failure;
      machineChanged.notify();
    },
    signal,
    log,
  });
  // What ended right before we did may not have been told, and the director would show it as running for ever.
  for (const operation of operations.list().slice(0, toldAtStart)) reporter.operation(operation);
  operations.resume();
  log(`serving ${application} (epoch ${epoch}) on ${bootstrap.address}:${server.port}`);
  return stack.move();
}
