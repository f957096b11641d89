/** The manager's methods: the common ones here, those of a service type handed to it. */
import { ConpaasError } from '../core/contract/errors.ts';
import { OperationId } from '../core/contract/ids.ts';
import { managerMethods, uncontainedWords } from '../core/contract/manager.ts';
import type { Call, Handlers, MethodTable, UploadedFile } from '../core/contract/method.ts';
import { directorEpoch } from '../core/identity/index.ts';
import { exportManifest } from '../core/manifest/index.ts';
import { attributed, startedOnce } from '../core/operations/index.ts';
import type { ServerOptions } from '../core/rpc/index.ts';
import type { DesiredService, DesiredState } from '../core/service/state.ts';
import type { ApplyParams } from './apply.ts';
import { newService } from './apply-change.ts';
import { renewCertificates } from './certificates.ts';
import { movingHandlers } from './freezing.ts';
import { applicationInfo, nodeInfo, serviceInfo, versionList } from './info.ts';
import { mergedLogs } from './logs.ts';
import type { Manager } from './manager.ts';
import { addNodes, checkCounts, findService } from './nodes.ts';
import { ofAgents } from './read-logs.ts';
import type { ReturnToParams } from './return-to-version.ts';
import { type AddParams, type RemoveParams, removalParams } from './scaling.ts';
import { serviceContext } from './service-context.ts';
import { refuseIrreplaceable, servicePageHandlers } from './service-handlers.ts';
import type {
  ActivateParams,
  ConfigureParams,
  RestartParams,
  RunningParams,
  ServiceParams,
} from './service-operations.ts';
import { relayTerminal } from './terminal.ts';
import { addVersion, compareFiles, findVersion, listFiles, prepareVersion } from './versions.ts';
import type { World } from './views.ts';
import { volumeSizes } from './volume-sizes.ts';
import { domainHandlers } from './web/handlers.ts';
import { wrongConfiguration } from './wrong-configuration.ts';

type ManagerHandlers = Omit<Handlers<typeof managerMethods>, 'hello'>;

export function managerHandlers(manager: Manager, typeMethods: MethodTable): ServerOptions<MethodTable>['handlers'] {
  return {
    ...typeHandlers(manager, typeMethods),
    ...startedOnce(managerMethods, commonHandlers(manager), (id) => manager.operations.get(id) !== undefined),
  } as unknown as ServerOptions<MethodTable>['handlers'];
}

function commonHandlers(manager: Manager): ManagerHandlers {
  const { desired, operations, specs } = manager;
  const world = (): World => {
    const known = manager.world();
    if (!known)
      throw new ConpaasError('unreachable', 'The manager is starting. Try again in a moment.', { retry: true });
    return known;
  };
  const find = (service: string): DesiredService => findService(desired.state, service);
  const user = (call: Call): string => call.user ?? 'director';
  const start = async <P extends object>(kind: string, params: P, call: Call) => {
    const operation = await operations.start<P>(kind, params, {
      requestedBy: user(call),
      ...(call.operation === undefined ? {} : { id: call.operation }),
    });
    await manager.reporter.tell(manager.director, operations.get(operation));
    return { operation };
  };
  const withCode = (name: string): DesiredService => {
    const service = find(name);
    if (!specs[service.type]?.code)
      throw new ConpaasError('conflict', `${service.name} (${service.type}) takes no code.`);
    return service;
  };
  /** An operation that the director hands over with its own id; asked for again, it is told about again. */
  const handedOver = async <P extends object>(kind: string, params: P, id: string, requestedBy: string) => {
    const operation = OperationId.parse(id);
    const known = operations.get(operation);
    if (known) manager.reporter.operation(known);
    else await operations.start<P>(kind, params, { id: operation, requestedBy });
    return { operation };
  };

  return {
    ...servicePageHandlers({ manager, world, start }),
    ...domainHandlers(manager, start),
    ...movingHandlers(manager),
    get_app_info: async () => applicationInfo(world(), specs, manager.startedAt),
    apply: ({ manifest, operation, requestedBy }) =>
      handedOver<ApplyParams>('apply', { manifest, requestedBy }, operation, requestedBy),
    export: async () => ({ ...exportManifest(desired.state, specs) }),
    set_running: ({ running, operation, requestedBy }) =>
      handedOver<RunningParams>('set_running', { running }, operation, requestedBy),
    return_to: ({ version, document, operation, requestedBy }) =>
      handedOver<ReturnToParams>('return_to_version', { version, document }, operation, requestedBy),
    set_name: async ({ name }) => {
      await desired.change((state) => {
        state.name = name;
      });
      return {};
    },
    cancel: async ({ operation }) => {
      await operations.cancel(OperationId.parse(operation));
      return {};
    },
    retry: async ({ operation, requestedBy }) => {
      const id = OperationId.parse(operation);
      await operations.retry(id, requestedBy);
      return { operation: id };
    },
    set_placement: async ({ placement }, call) => {
      const whose = { by: user(call), kind: 'set_placement', title: `Place further nodes ${placement}` };
      await attributed(whose, () =>
        desired.change((state) => {
          state.placement = placement;
        }),
      );
      return {};
    },
    set_revocations: async ({ revoked }, call) => {
      for (const serial of revoked) manager.revoked.add(serial);
      await Promise.allSettled(
        manager.agents
          .all()
          .map(([, client]) => client.call('set_revocations', { revoked }, { signal: call.signal, timeoutMs: 5000 })),
      );
      return {};
    },
    recollect: async () => ({
      n: manager.desired.number,
      document: manager.desired.number > 0 ? manager.desired.state : null,
      vms: [...(manager.observed.vms ?? [])],
      secrets: { ...manager.secrets.values },
      revoked: [...manager.revoked],
    }),
    follow_director: async (params, call) => {
      const moved = await manager.directorPlace.move({ ...params.director, epoch: directorEpoch(call.presented) });
      if (!moved) throw new ConpaasError('superseded', 'This director was replaced by a newer one.');
      manager.desired.doubt();
      await manager.agents.tellDirector();
      return {};
    },
    renew_certificates: async (params, call) => renewCertificates(manager, params, call.signal),
    check_agents: (_params, call) => manager.agents.check(call.signal),
    secrets_changed: async () => {
      manager.secrets.refresh();
      return {};
    },
    shutdown: async () => {
      setImmediate(() => process.kill(process.pid, 'SIGTERM'));
      return {};
    },

    add_service: async ({ type, name }, call) => {
      const spec = specs[type];
      if (!spec) {
        throw new ConpaasError(
          'invalid_request',
          `There is no service type "${type}". There are: ${Object.keys(specs).join(', ')}.`,
        );
      }
      const whose = { by: user(call), kind: 'add_service', title: `Add service ${name} (${type})` };
      const volumeGb = await volumeSizes(manager, [type], call.signal);
      const add = (state: DesiredState) => {
        if (state.services.some((service) => service.name === name)) {
          throw new ConpaasError('conflict', `There is a service "${name}" already. Choose another name.`);
        }
        const service = newService(state, spec, name);
        state.services.push(service);
        const counts = Object.fromEntries(Object.entries(spec.roles).map(([role, { count }]) => [role, count]));
        const packed = manager.ownSlot;
        addNodes(state, service, counts, { operation: 'add_service', packed, now: Date.now(), volumeGb });
        return service.id;
      };
      const id = await attributed(whose, () => desired.change(add));
      const started = await start<RunningParams>('set_running', { running: false, service: id }, call);
      return { ...started, service: id };
    },
    remove_service: async ({ service, confirm }, call) => {
      const { id, name } = find(service);
      if (confirm !== name)
        throw new ConpaasError('invalid_request', `To remove it, confirm with its name: "${name}".`);
      return start<ServiceParams>('remove_service', { service: id }, call);
    },
    startup: async ({ service }, call) =>
      start<RunningParams>('set_running', { running: true, service: find(service).id }, call),
    stop: async ({ service }, call) =>
      start<RunningParams>('set_running', { running: false, service: find(service).id }, call),
    get_service_info: async ({ service }) => serviceInfo(world(), specs, find(service)),
    add_nodes: async ({ service, nodes }, call) => {
      const own = find(service);
      const spec = specs[own.type];
      if (spec) checkCounts(spec, desired.state, own, nodes);
      return start<AddParams>('add_nodes', { service: own.id, nodes }, call);
    },
    remove_nodes: async ({ service, nodes, ids }, call) => {
      const params = removalParams(manager, { service, nodes, ids });
      refuseIrreplaceable(world(), params);
      return start<RemoveParams>('remove_nodes', params, call);
    },
    list_nodes: async ({ service }) => {
      const now = world();
      const services = service === undefined ? now.state.services : [find(service)];
      return services.flatMap((one) => serviceInfo(now, specs, one).nodes);
    },
    get_node_info: async ({ node }) => {
      const now = world();
      const found = now.state.nodes.find(({ id }) => id === node);
      const service = now.state.services.find(({ id }) => id === found?.service);
      if (!found || !service) throw new ConpaasError('not_found', `There is no node "${node}".`);
      return nodeInfo(now, specs, service, found);
    },
    restart_node: async ({ node }, call) => {
      if (!desired.state.nodes.some(({ id }) => id === node)) {
        throw new ConpaasError('not_found', `There is no node "${node}".`);
      }
      return start<RestartParams>('restart_node', { node }, call);
    },
    set_configuration: async ({ service, configuration, environment }, call) => {
      const own = find(service);
      const given = Object.entries(configuration ?? {}).filter(([, value]) => value !== null);
      const checked = specs[own.type]?.configuration.partial().strict().safeParse(Object.fromEntries(given));
      if (checked && !checked.success) {
        throw wrongConfiguration(own.name, checked.error, Object.keys(specs[own.type]?.configuration.shape ?? {}));
      }
      return start<ConfigureParams>('set_configuration', { service: own.id, configuration, environment }, call);
    },
    set_startup_script: async ({ service, script }, call) =>
      start<ConfigureParams>('set_configuration', { service: find(service).id, script }, call),
    accept_uncontained: async ({ words }, call) => {
      if (words !== null && words !== uncontainedWords) {
        throw new ConpaasError('invalid_request', `To accept it, the words must be: ${uncontainedWords}`);
      }
      await desired.change((state) => {
        if (words === null) delete state.uncontained;
        else state.uncontained = { by: user(call), at: Date.now() };
      });
      return {};
    },
    get_logs: (params, call) => mergedLogs(manager, params, call.signal),
    open_terminal: (params, open, call) => relayTerminal(manager, params, open, call.signal),
    read_logs: (params, call) =>
      ofAgents(manager, params, (client, sources) =>
        client.stream('read_logs', { ...given(params), sources, follow: params.follow }, { signal: call.signal }),
      ),
    search_logs: (params, call) =>
      ofAgents(manager, params, (client, sources) =>
        client.stream('search_logs', { ...given(params), sources, query: params.query }, { signal: call.signal }),
      ),
    get_metrics: async (_params, call) => {
      const all = await Promise.all(
        manager.agents
          .all()
          .map(([, client]) =>
            client.call('get_metrics', {}, { signal: call.signal, timeoutMs: 5000 }).catch(() => []),
          ),
      );
      return all.flat();
    },

    upload_code_version: async ({ service, description, activate }, body, call) => {
      const own = withCode(service);
      const prepared = await prepareVersion(
        manager,
        body.path,
        { name: body.name, description, createdBy: user(call) },
        call.signal,
      );
      const version = await desired.change((state) => addVersion(findService(state, own.id), prepared));
      if (!activate) return { version };
      return { version, ...(await start<ActivateParams>('activate_code_version', { service: own.id, version }, call)) };
    },
    list_code_versions: async ({ service }) => versionList(withCode(service)),
    activate_code_version: async ({ service, version }, call) => {
      const own = withCode(service);
      findVersion(own, version);
      return start<ActivateParams>('activate_code_version', { service: own.id, version }, call);
    },
    rollback_code_version: async ({ service }, call) => {
      const own = withCode(service);
      if (own.previousVersion === undefined) {
        throw new ConpaasError(
          'conflict',
          `${own.name} has had no other version live, so there is nothing to go back to.`,
        );
      }
      return start<ActivateParams>('activate_code_version', { service: own.id, version: own.previousVersion }, call);
    },
    download_code_version: async ({ service, version }, call) => {
      const { blob, name } = findVersion(withCode(service), version);
      const { stream, size, sha256 } = await manager.director.download(
        'download_blob',
        { blob },
        { signal: call.signal },
      );
      return { stream, size, sha256, name };
    },
    delete_code_version: async ({ service, version }) => {
      const own = withCode(service);
      findVersion(own, version);
      await desired.change((state) => {
        const changing = findService(state, own.id);
        if (
          changing.activeVersion === version ||
          state.nodes.some((node) => node.service === own.id && node.version === version)
        ) {
          throw new ConpaasError('conflict', `${version} is live. Make another version live first.`);
        }
        changing.versions = changing.versions.filter(({ id }) => id !== version);
        if (changing.previousVersion === version) delete changing.previousVersion;
      });
      return {};
    },
    diff_code_versions: async ({ service, from, to }, call) => {
      const own = withCode(service);
      const [before, after] = await Promise.all([
        listFiles(manager, findVersion(own, from), call.signal),
        listFiles(manager, findVersion(own, to), call.signal),
      ]);
      return compareFiles(before, after);
    },
  };
}

/** Methods that service types add: the service named in the parameters decides whose handler it is. */
function typeHandlers(manager: Manager, methods: MethodTable): Record<string, unknown> {
  const handlers: Record<string, unknown> = {};
  for (const [name, { kind }] of Object.entries(methods)) {
    const run = async (params: { service?: unknown }, call: Call, body?: UploadedFile): Promise<unknown> => {
      const service = findService(manager.desired.state, String(params.service));
      const handler = manager.types[service.type]?.handlers[name];
      if (!handler)
        throw new ConpaasError('unknown_method', `${service.name} (${service.type}) has no method ${name}.`);
      const whose = { by: call.user ?? 'director', kind: name, title: `${name} of ${service.name}` };
      return attributed(whose, () => handler(serviceContext(manager, service.id), { ...params }, call, body));
    };
    handlers[name] =
      kind === 'upload'
        ? (params: { service?: unknown }, body: UploadedFile, call: Call) => run(params, call, body)
        : (params: { service?: unknown }, call: Call) => run(params, call);
  }
  return handlers;
}

/** The parameters that are given: one that is `undefined` is none. */
function given<T extends object>(params: T): { [Key in keyof T]: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(params).filter(([, one]) => one !== undefined)) as never;
}
