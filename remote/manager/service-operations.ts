/** Operations on services beside scaling: start, stop, remove, configure, activate, restart a node. */
import { ConpaasError, toFailure } from '../core/contract/errors.ts';
import type { NodeId } from '../core/contract/ids.ts';
import type { HealthCheck } from '../core/contract/scripts.ts';
import type { OperationKind, Step, StepContext } from '../core/operations/index.ts';
import type { DesiredService } from '../core/service/state.ts';
import type { Manager } from './manager.ts';
import { findService } from './nodes.ts';
import { isPassing, patient } from './patience.ts';
import { switchVersion } from './versions.ts';
import { isSettled, until } from './waits.ts';

export interface ServiceParams {
  readonly service: string;
}
export interface RunningParams {
  readonly running: boolean;
  /** Of these services; undefined: all. */
  readonly service?: string;
}
export interface ActivateParams extends ServiceParams {
  readonly version: string;
}
export interface ConfigureParams extends ServiceParams {
  /** null: back to the default. */
  readonly configuration?: Readonly<Record<string, unknown>> | undefined;
  readonly environment?: Readonly<Record<string, string>> | undefined;
  readonly script?: string | null | undefined;
  /** null: the default check. */
  readonly healthCheck?: HealthCheck | null | undefined;
  readonly secrets?: readonly string[] | undefined;
  readonly domains?: readonly string[] | undefined;
}
export interface RestartParams {
  readonly node: string;
}

const minutes = 60_000;

/** Tells the runner the kinds. */
export function registerServiceOperations(manager: Manager): void {
  const { desired, operations } = manager;

  const kind = <P extends object>(
    name: string,
    title: (params: P) => string,
    steps: readonly Step<P>[],
    more: Partial<OperationKind<P>> = {},
  ): OperationKind<P> =>
    patient({
      kind: name,
      title,
      target: (params) => ({
        application: manager.application,
        ...('service' in params ? { service: manager.serviceName(params.service as string) } : {}),
        ...('node' in params ? { node: params.node as string } : {}),
      }),
      steps: () => steps,
      deadlineMs: 10 * minutes,
      queue: () => 'application',
      ...more,
    });

  const settle = async (context: Pick<StepContext<unknown>, 'signal' | 'update'>, ids: () => NodeId[]): Promise<void> =>
    until(manager, (world) => ids().every((id) => isSettled(world, id)), {
      signal: context.signal,
      nodes: ids(),
      progress: (world) => {
        const ready = ids().filter((id) => isSettled(world, id)).length;
        context.update(ready / Math.max(1, ids().length), `${ready} of ${ids().length} nodes are ready`);
      },
    });
  const nodesOfService = (service: string) => (): NodeId[] =>
    desired.state.nodes.filter((node) => node.service === service).map(({ id }) => id);

  operations.register(
    kind<RunningParams>(
      'set_running',
      ({ running, service }) => {
        const what = service === undefined ? 'all services' : manager.serviceName(service);
        return `${running ? 'Start' : 'Stop'} ${what}`;
      },
      [
        {
          name: 'change',
          title: 'Record it',
          run: async ({ params }) =>
            desired.change((state) => {
              for (const one of state.services) {
                if (params.service === undefined || one.id === params.service) one.running = params.running;
              }
            }),
        },
        {
          name: 'settle',
          title: 'Start or stop the engines',
          run: async (context) => {
            const { service } = context.params;
            await settle(
              context,
              service === undefined ? () => desired.state.nodes.map(({ id }) => id) : nodesOfService(service),
            );
            const address = manager.address();
            if (address) context.result({ address });
          },
        },
      ],
      { preempts: true },
    ),
  );

  operations.register(
    kind<ServiceParams>('remove_service', ({ service }) => `Remove ${manager.serviceName(service)}`, [
      {
        name: 'change',
        title: 'Remove it with its code and data',
        run: async ({ params, signal }) => {
          const leaving = desired.state.nodes.filter((node) => node.service === params.service);
          await manager.logShipping.last(
            leaving.map(({ id }) => id),
            signal,
          );
          await desired.change((state) => {
            const name = state.services.find(({ id }) => id === params.service)?.name;
            state.services = state.services.filter(({ id }) => id !== params.service);
            state.nodes = state.nodes.filter((node) => node.service !== params.service);
            for (const other of state.services) other.needs = other.needs.filter((need) => need !== name);
          });
        },
      },
      {
        name: 'machines',
        title: 'Stop the engines and destroy the machines',
        run: async ({ signal }) =>
          until(
            manager,
            (world) => {
              const slots = new Set(world.state.nodes.map(({ slot }) => slot));
              return world.vms.every(({ slot }) => slot === undefined || slot === manager.ownSlot || slots.has(slot));
            },
            { signal },
          ),
      },
    ]),
  );

  operations.register(
    kind<ActivateParams>(
      'activate_code_version',
      ({ service, version }) => `Make ${version} of ${manager.serviceName(service)} live`,
      [
        {
          name: 'switch',
          title: 'Switch node by node, each checked first',
          run: async (context) => {
            await switchVersion(manager, context.params.service, context.params.version, context);
            context.result({ version: context.params.version });
          },
        },
      ],
    ),
  );

  operations.register(
    kind<ConfigureParams>('set_configuration', ({ service }) => `Configure ${manager.serviceName(service)}`, [
      {
        name: 'apply',
        title: 'Change it on all nodes',
        run: async (context) => {
          const { service, configuration, environment, script, healthCheck, secrets, domains } = context.params;
          const before =
            (context.memory['before'] as Partial<DesiredService> | undefined) ?? pick(desired.state.services, service);
          await context.remember({ before });
          await desired.change((state) => {
            const own = findService(state, service);
            if (healthCheck === null) delete own.healthCheck;
            else if (healthCheck !== undefined) own.healthCheck = healthCheck;
            if (secrets) own.secrets = [...secrets];
            if (domains) own.domains = [...domains];
            for (const [key, value] of Object.entries(configuration ?? {})) {
              if (value === null) delete own.configuration[key];
              else own.configuration[key] = value;
            }
            if (environment) own.environment = { ...environment };
            if (script === null) delete own.startupScript;
            else if (script !== undefined) own.startupScript = { blob: script as never };
          });
          try {
            await settle(context, nodesOfService(service));
          } catch (error) {
            const failure = toFailure(error);
            if (isPassing(failure)) throw error;
            await desired.change((state) => {
              const own = findService(state, service);
              // What was not there before must not be there now.
              delete own.startupScript;
              delete own.healthCheck;
              Object.assign(own, before);
            });
            throw new ConpaasError(failure.code, `The configuration is as it was before: ${failure.message}`, {
              ...(failure.log ? { log: failure.log } : {}),
              cause: failure,
            });
          }
        },
      },
    ]),
  );

  operations.register(
    kind<RestartParams>('restart_node', ({ node }) => `Restart ${node}`, [
      {
        name: 'restart',
        title: 'Restart the engine',
        run: async (context) => {
          const before = context.memory['before'] as number | undefined;
          const id = context.params.node as NodeId;
          const count = before ?? desired.state.nodes.find((node) => node.id === id)?.restarts ?? 0;
          await context.remember({ before: count });
          await desired.change((state) => {
            for (const node of state.nodes) if (node.id === id) node.restarts = count + 1;
          });
          await settle(context, () => [id]);
        },
      },
    ]),
  );
}

function pick(services: readonly DesiredService[], id: string): Partial<DesiredService> {
  const service = services.find((one) => one.id === id);
  if (!service) throw new ConpaasError('not_found', 'The service has been removed meanwhile.');
  const { configuration, environment, secrets, domains, startupScript, healthCheck } = service;
  return {
    configuration,
    environment,
    secrets,
    domains,
    ...(startupScript ? { startupScript } : {}),
    ...(healthCheck ? { healthCheck } : {}),
  };
}
