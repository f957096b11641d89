/** The director's own operations on applications; what happens inside one is handed over to its manager. */
import { ConpaasError } from '../core/contract/errors.ts';
import type { HistoryDocument } from '../core/contract/history.ts';
import type { ApplicationId, OperationId } from '../core/contract/ids.ts';
import { latest } from '../core/events/index.ts';
import type { OperationKind, Operations, Step, StepContext } from '../core/operations/index.ts';
import type { ServiceSpec } from '../core/service/spec.ts';
import type { AddressKeeper } from './addresses.ts';
import type { ConfirmedManagers } from './backup/index.ts';
import type { Inventory } from './inventory.ts';
import { slotOfLost } from './lost-managers.ts';
import type { Machines } from './machines.ts';
import type { Managers } from './managers.ts';
import type { RemoteOperations } from './remote-operations.ts';
import type { StateStore } from './states.ts';
import type { VmRecord } from './store.ts';
import type { VolumeKeeper } from './volumes.ts';

export interface ApplicationParams {
  readonly application: ApplicationId;
  readonly name: string;
}
export interface ApplyParams extends ApplicationParams {
  readonly manifest: unknown;
}

export interface ReturnParams extends ApplicationParams {
  readonly version: number;
  readonly document: HistoryDocument;
}

interface Parts {
  readonly restored?: ConfirmedManagers | undefined;
  readonly inventory: Inventory;
  readonly machines: Machines;
  readonly volumes: VolumeKeeper;
  readonly addresses: Pick<AddressKeeper, 'release'>;
  readonly managers: Pick<Managers, 'ready' | 'target' | 'client' | 'handOver'>;
  readonly operations: Operations;
  readonly remoteOperations: RemoteOperations;
  readonly states: Pick<StateStore, 'get'>;
  readonly specs: Readonly<Record<string, ServiceSpec>>;
}

const minutes = 60_000;
/** Slot of the VM with the manager and, in packed placement, the first nodes. */
export const firstSlot = 'first';

/** Tells the runner the kinds: create, apply, start, stop, delete, replace_manager. */
export function registerApplicationOperations(parts: Parts): void {
  const { inventory, machines, volumes, addresses, managers, operations, remoteOperations } = parts;

  const record = (id: ApplicationId) => {
    const found = inventory.application(id);
    if (!found) throw new ConpaasError('not_found', 'The application has been deleted meanwhile.');
    return found;
  };

  const machine = <P extends ApplicationParams>(): Step<P> => ({
    name: 'machine',
    title: 'Create the first machine',
    run: async ({ params, id, signal, update }) => {
      const { cloud, epoch } = record(params.application);
      if (inventory.vms(params.application).some((vm) => vm.managers.length > 0 && isMade(vm))) return;
      const made = new AbortController();
      void showCause(params.application, update, AbortSignal.any([signal, made.signal]));
      try {
        await machines.ensure(
          { application: params.application, slot: firstSlot, cloud, operation: id, managers: [epoch] },
          signal,
        );
      } finally {
        made.abort();
      }
    },
  });

  /** Shows what the machine of an application waits for, until the signal aborts. */
  const showCause = async (
    application: ApplicationId,
    update: StepContext<unknown>['update'],
    signal: AbortSignal,
  ): Promise<void> => {
    const cause = (): string | undefined => inventory.vms(application).find(({ slot }) => slot === firstSlot)?.cause;
    let shown: string | undefined;
    try {
      for await (const text of latest(inventory.changed, cause, signal)) {
        if (text !== shown) update(undefined, text ?? '');
        shown = text;
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  };

  const manager = <P extends ApplicationParams>(): Step<P> => ({
    name: 'manager',
    title: 'Start the manager',
    run: async ({ params, signal }) => managers.ready(params.application, signal),
  });

  /** As `manager`, on a machine that is asked for again where it did not come up since. */
  const managerOnMachine = <P extends ApplicationParams>(): Step<P> => ({
    ...manager<P>(),
    run: async (context) => {
      await machine<P>().run(context);
      await manager<P>().run(context);
    },
  });

  const cancelThere = async (params: ApplicationParams, id: OperationId): Promise<void> => {
    if (!managers.target(params.application)) return;
    await managers
      .client(params.application)
      .call('cancel', { operation: id }, { timeoutMs: 5000 })
      .catch((error: unknown) => {
        // The manager has not been handed it yet, or is away; ours is cancelled all the same.
        if (!(error instanceof ConpaasError)) throw error;
      });
  };

  const kind = <P extends ApplicationParams>(
    name: string,
    verb: string,
    steps: readonly Step<P>[],
    more: Partial<OperationKind<P>> = {},
  ): OperationKind<P> => ({
    kind: name,
    title: ({ name: application }) => `${verb} ${application}`,
    target: ({ application }) => ({ application }),
    steps: () => steps,
    deadlineMs: 15 * minutes,
    queue: ({ application }) => application,
    onCancel: cancelThere,
    ...more,
  });

  const returning = (): Step<ReturnParams> => ({
    name: 'return',
    title: 'Bring code and configuration back',
    run: async (context) => {
      const { application, version, document } = context.params;
      const { id: operation, requestedBy } = context;
      await managers.handOver(application, context, (client, signal) =>
        client.call('return_to', { version, document, operation, requestedBy }, { signal }),
      );
    },
  });

  const running = (wanted: boolean): Step<ApplicationParams> => ({
    name: 'services',
    title: wanted ? 'Start the services' : 'Stop the services',
    run: async (context) => {
      await managers.handOver(context.params.application, context, (client, signal) =>
        client.call(
          'set_running',
          { running: wanted, operation: context.id, requestedBy: context.requestedBy },
          { signal },
        ),
      );
    },
  });

  operations.register(kind<ApplicationParams>('create', 'Create', [machine(), managerOnMachine()]));
  operations.register(
    kind<ApplyParams>('apply', 'Apply the manifest of', [
      machine(),
      managerOnMachine(),
      {
        name: 'services',
        title: 'Bring the services to the manifest',
        run: async (context) => {
          const { application, manifest } = context.params;
          await managers.handOver(application, context, (client, signal) =>
            client.call('apply', { manifest, operation: context.id, requestedBy: context.requestedBy }, { signal }),
          );
        },
      },
    ]),
  );
  operations.register(
    kind<ReturnParams>('return_to_version', 'Return', [machine(), managerOnMachine(), returning()], {
      title: ({ name, version }) => `Return ${name} to version ${version}`,
    }),
  );
  operations.register(kind<ApplicationParams>('start', 'Start', [machine(), managerOnMachine(), running(true)]));
  operations.register(kind<ApplicationParams>('stop', 'Stop', [manager(), running(false)]));
  operations.register(
    kind<ApplicationParams>(
      'delete',
      'Delete',
      [
        {
          name: 'machines',
          title: 'Destroy the machines',
          run: async ({ params, signal, update }) => {
            const found = inventory.application(params.application);
            if (found && !found.deleting) await inventory.saveApplication({ ...found, deleting: true });
            const vms = inventory.vms(params.application);
            let destroyed = 0;
            await Promise.all(
              vms.map(async (vm) => {
                await machines.destroy(vm, signal);
                destroyed += 1;
                update(destroyed / vms.length, `${destroyed} of ${vms.length}`);
              }),
            );
          },
        },
        {
          name: 'records',
          title: 'Forget code, data and secrets',
          run: async ({ params, signal }) => {
            await volumes.destroyAll(params.application, signal);
            await addresses.release(params.application, signal);
            await inventory.deleteApplication(params.application);
            remoteOperations.forgetApplication(params.application);
            await machines.sweep(signal);
          },
        },
      ],
      { preempts: true, onCancel: async () => undefined },
    ),
  );
  operations.register(kind<ApplicationParams>('replace_manager', 'Replace the manager of', replaceSteps(parts)));
}

const isMade = ({ cloudId, state }: VmRecord): boolean => cloudId !== undefined && state !== 'failed';

/**
 * A new manager on the machine of the old one, or where that has vanished in its place; the old one is refused from the
 * moment the epoch is journaled.
 */
function replaceSteps(parts: Parts): Step<ApplicationParams>[] {
  const { inventory, machines, managers, remoteOperations, restored, states, specs } = parts;
  /** After a restoration there may be managers that the backup does not know: no epoch of theirs is used again. */
  const epochStep = (application: ApplicationId): number => (restored && !restored.isConfirmed(application) ? 1000 : 1);
  const start = async ({ params, id, signal, memory, remember }: StepContext<ApplicationParams>): Promise<void> => {
    const found = inventory.find(params.application);
    const epoch = (memory['epoch'] as number | undefined) ?? found.epoch + epochStep(found.id);
    await remember({ epoch });
    if (found.epoch < epoch) await inventory.saveApplication({ ...found, epoch });
    await remoteOperations.interrupt({ replaced: params.application });
    const vms = inventory.vms(params.application).filter((vm) => vm.managers.length > 0);
    const before = vms.find((vm) => vm.state !== 'gone');
    const lost = before ? undefined : slotOfLost(vms[0], states.get(found.id)?.document, specs);
    await machines.ensure(
      {
        application: params.application,
        slot: before?.slot ?? lost ?? `manager-${epoch}`,
        cloud: found.cloud,
        operation: id,
        managers: [...new Set([...(before?.managers ?? []), epoch])].slice(-2),
      },
      signal,
    );
  };
  return [
    { name: 'start', title: 'Start a new manager', run: start },
    {
      name: 'adopt',
      title: 'Wait until it has taken over',
      run: async ({ params, signal }) => managers.ready(params.application, signal),
    },
    {
      name: 'end',
      title: 'End the old manager',
      run: async ({ params, id, signal }) => {
        const { cloud, epoch } = inventory.find(params.application);
        const vm = inventory.vms(params.application).find(({ managers: epochs }) => epochs.includes(epoch));
        if (!vm?.slot) return;
        await machines.ensure(
          { application: params.application, slot: vm.slot, cloud, operation: id, managers: [epoch] },
          signal,
        );
      },
    },
  ];
}
