/** What the director does for managers: always for the application of the calling identity, never for another. */
import type { directorMethods } from '../core/contract/director.ts';
import { ConpaasError } from '../core/contract/errors.ts';
import type { Identity } from '../core/contract/identity.ts';
import type { Call, Handlers } from '../core/contract/method.ts';
import { latest } from '../core/events/index.ts';
import type { Director } from './director.ts';
import { vmInfo } from './inventory.ts';
import type { ApplicationRecord, VmRecord } from './store.ts';

type Names =
  | 'get_volume_clouds'
  | 'attach_volumes'
  | 'destroy_volumes'
  | 'watch_volumes'
  | 'create_vms'
  | 'destroy_vms'
  | 'hold_address'
  | 'watch_vms'
  | 'get_state'
  | 'put_state'
  | 'report'
  | 'get_secrets'
  | 'put_secret'
  | 'get_revocations';

/** The application of the calling manager. @throws ConpaasError forbidden, superseded */
export function managedApplication(director: Director, call: Call): { record: ApplicationRecord; epoch: number } {
  const { inventory } = director;
  const caller: Identity | undefined = call.caller;
  const record = caller?.kind === 'manager' ? inventory.application(caller.application) : undefined;
  if (caller?.kind !== 'manager' || !record)
    throw new ConpaasError('forbidden', 'Only the manager of an application may call this.');
  if (caller.epoch !== record.epoch) throw new ConpaasError('superseded', 'A newer manager has taken over.');
  return { record, epoch: caller.epoch };
}

export function managerHandlers(director: Director): Pick<Handlers<typeof directorMethods>, Names> {
  const { inventory, machines, managers, secrets, states, revocations, volumes, addresses } = director;

  /** On a machine that has vanished no manager is started again. */
  const managersOf = (known: VmRecord | undefined): readonly number[] =>
    known && known.state !== 'gone' ? known.managers : [];

  const managed = (call: Call) => managedApplication(director, call);

  return {
    create_vms: async ({ slots, operation, cloud }, call) => {
      const { record } = managed(call);
      if (record.deleting) throw new ConpaasError('conflict', 'The application is being deleted.');
      const vms = await Promise.all(
        slots.map((slot) => {
          const known = inventory.vms(record.id).find((vm) => vm.slot === slot);
          return machines.ensure(
            { application: record.id, slot, cloud: cloud ?? record.cloud, operation, managers: managersOf(known) },
            call.signal,
          );
        }),
      );
      return vms.map(vmInfo);
    },
    destroy_vms: async ({ vms }, call) => {
      const { record, epoch } = managed(call);
      for (const id of vms) {
        const vm = inventory.vm(id);
        if (vm && vm.application !== record.id)
          throw new ConpaasError('forbidden', `${id} is not of this application.`);
        if (vm?.managers.includes(epoch))
          throw new ConpaasError('conflict', 'A manager cannot destroy its own machine.');
      }
      await Promise.all(
        vms.map(async (id) => {
          const vm = inventory.vm(id);
          if (vm) await machines.destroy(vm, call.signal);
        }),
      );
      return {};
    },
    hold_address: async ({ vm: id }, call) => {
      const { record } = managed(call);
      if (id === undefined) {
        await addresses.release(record.id, call.signal);
        return {};
      }
      if (record.deleting) throw new ConpaasError('conflict', 'The application is being deleted.');
      const vm = inventory.vm(id);
      if (vm?.application !== record.id) throw new ConpaasError('forbidden', `${id} is not of this application.`);
      const address = await addresses.hold(record.id, vm, call.signal);
      return address === undefined ? {} : { address };
    },
    watch_vms: (_params, call) => {
      const { record } = managed(call);
      return latest(inventory.changed, () => inventory.vms(record.id).map(vmInfo), call.signal);
    },
    get_volume_clouds: async (_params, call) => ({
      clouds: await volumes.clouds(call.signal),
      own: managed(call).record.cloud,
    }),
    attach_volumes: async ({ operation, vm: id, volumes: wanted }, call) => {
      const { record } = managed(call);
      if (record.deleting) throw new ConpaasError('conflict', 'The application is being deleted.');
      const vm = inventory.vm(id);
      if (vm?.application !== record.id) throw new ConpaasError('forbidden', `${id} is not of this application.`);
      const foreign = wanted.find(({ name }) => !name.startsWith(`${record.id}-`));
      if (foreign) throw new ConpaasError('forbidden', `${foreign.name} is not of this application.`);
      return Promise.all(wanted.map((one) => volumes.attach(vm, one, operation, call.signal)));
    },
    destroy_volumes: async ({ names }, call) => {
      await volumes.destroy(managed(call).record.id, names, call.signal);
      return {};
    },
    watch_volumes: (_params, call) => {
      const { record } = managed(call);
      return latest(inventory.changed, () => volumes.list(record.id), call.signal);
    },
    get_state: async (_params, call) => {
      const { record } = managed(call);
      const stored = states.get(record.id);
      return { epoch: stored?.epoch ?? 0, n: stored?.n ?? 0, document: stored?.document ?? null, name: record.name };
    },
    put_state: async ({ n, document, attribution }, call) => {
      const { record, epoch } = managed(call);
      await states.put(record.id, epoch, n, document, attribution);
      return {};
    },
    report: async ({ summary, operations, notices }, call) => {
      const { record } = managed(call);
      if (summary) inventory.report(record.id, summary);
      managers.reportOperations(operations);
      await director.remoteOperations.report(
        record.id,
        operations.filter(({ id }) => !director.operations.get(id)),
      );
      for (const { level, text } of notices) inventory.notice(level, text, record.id);
      return {};
    },
    get_secrets: async ({ names }, call) => secrets.get(managed(call).record.id, names),
    put_secret: async ({ name, value, unlessSet }, call) => {
      const { record } = managed(call);
      if (unlessSet) return { value: await secrets.setOnce(record.id, name, value) };
      await secrets.set(record.id, name, value);
      return { value };
    },
    get_revocations: async (_params, call) => {
      const application = call.caller && 'application' in call.caller ? call.caller.application : undefined;
      const epoch = application === undefined ? undefined : inventory.application(application)?.epoch;
      return { revoked: [...revocations.all()], epoch };
    },
  };
}
