/**
 * After a restoration: the managers go on without us, and know more than the backup. Each is asked what has happened since,
 * that is taken over, and only then it is told where we are: from that moment on it acts by our records.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { CloudVm } from '../../core/clouds/cloud.ts';
import type { VmInfo } from '../../core/contract/application.ts';
import { ConpaasError, toFailure } from '../../core/contract/errors.ts';
import type { ApplicationId } from '../../core/contract/ids.ts';
import type { Recollection } from '../../core/contract/recollection.ts';
import { noSuchCloud } from '../cloud-keeper.ts';
import type { Director } from '../director.ts';
import type { ApplicationRecord, VmRecord } from '../store.ts';

/** Between attempts to reach managers, milliseconds. */
const pauseMs = { first: 100, most: 10_000 };
/** A manager answers at once, or is away. */
const answerMs = 10_000;
/** Machines that nobody knows are kept for so long after a restoration: somebody may know them yet. Milliseconds. */
export const keptAfterMs = 60 * 60_000;

type Parts = Pick<
  Director,
  | 'inventory'
  | 'managers'
  | 'states'
  | 'secrets'
  | 'revocations'
  | 'clouds'
  | 'blobs'
  | 'deployment'
  | 'restored'
  | 'log'
>;

/**
 * Goes on until `signal` aborts: a manager that is made, or comes back, is told as well.
 * @param directorAt where machines of a cloud reach us
 */
export async function adoptManagers(
  parts: Parts,
  directorAt: (cloud: string) => { readonly host: string; readonly port: number },
  signal: AbortSignal,
): Promise<void> {
  const { inventory, managers, log } = parts;
  /** Epoch of the manager that was told, by application. */
  const told = new Map<ApplicationId, number>();
  const said = new Map<ApplicationId, string>();
  for (let pause = pauseMs.first; !signal.aborted; ) {
    const seen = inventory.changed.generation;
    const waiting = inventory.applications().filter(({ id, epoch }) => told.get(id) !== epoch && managers.target(id));
    await Promise.all(
      waiting.map(async (record) => {
        try {
          await adopt(parts, record, directorAt(record.cloud), signal);
          told.set(record.id, record.epoch);
        } catch (error) {
          if (signal.aborted) return;
          const why = toFailure(error).message;
          if (said.get(record.id) !== why) log(`the manager of ${record.name} does not follow yet: ${why}`);
          said.set(record.id, why);
        }
      }),
    );
    const isDone = waiting.every(({ id, epoch }) => told.get(id) === epoch);
    pause = isDone ? pauseMs.first : Math.min(pause * 2, pauseMs.most);
    try {
      await (isDone ? inventory.changed.next(seen, signal) : delay(pause, undefined, { signal }));
    } catch {
      // aborted: ends above
    }
  }
}

async function adopt(
  director: Parts,
  record: ApplicationRecord,
  address: { readonly host: string; readonly port: number },
  signal: AbortSignal,
): Promise<void> {
  const client = director.managers.client(record.id);
  const limits = { signal, timeoutMs: answerMs };
  if (director.restored?.isConfirmed(record.id) !== true) {
    const recollection = await client.call('recollect', {}, limits);
    await takeOver(director, record, recollection, signal);
    await director.restored?.confirm(record.id);
  }
  await client.call('follow_director', { director: { host: address.host, port: address.port } }, limits);
  director.log(`the manager of ${record.name} (epoch ${record.epoch}) follows`);
}

/** Idempotent: what the manager knows is never older than what we have. */
async function takeOver(
  { inventory, states, secrets, revocations, clouds, blobs, deployment, log }: Parts,
  record: ApplicationRecord,
  { n, document, vms, secrets: values, revoked }: Recollection,
  signal: AbortSignal,
): Promise<void> {
  const { id, name } = record;
  for (const serial of revoked) if (!revocations.all().has(serial)) await revocations.add(serial);
  const present = secrets.get(id, Object.keys(values));
  for (const [key, value] of Object.entries(values)) if (present[key] !== value) await secrets.set(id, key, value);
  // Of machines that the backup knows a cloud need not tell anything: one that is away now holds nobody up for these.
  const unknown = vms.filter((vm) => inventory.vm(vm.id) === undefined);
  const found = new Map<string, readonly CloudVm[]>();
  for (const name of new Set(unknown.map((vm) => vm.cloud))) {
    found.set(name, await listedAt(clouds, name, signal));
  }
  for (const vm of vms) {
    const there = found
      .get(vm.cloud)
      ?.find((one) => one.name === vm.id && one.tags.deployment === deployment && one.state !== 'gone');
    await takeMachine(inventory, id, vm, there, log);
  }
  if (document === null || !(await states.recover(id, record.epoch, n, document))) return;
  log(`the state of ${name} was taken over from its manager (record ${n})`);
  const used = states.blobsOf(id);
  const here = await blobs.sizes(used);
  if (here.length === used.size) return;
  inventory.notice(
    'warning',
    `Code of ${name} that was uploaded after the backup is lost at the director. What runs goes on; upload it again before you add nodes.`,
    id,
  );
}

/**
 * What a cloud has, of which a manager knows more than we do. A cloud that was added after the backup is told of by the desktop
 * in a moment; to go on without it would be to take its machines for lost, and to have others made in their place.
 * @throws ConpaasError not_found: we do not know that cloud (yet); what the cloud says
 */
async function listedAt(clouds: Parts['clouds'], name: string, signal: AbortSignal): Promise<readonly CloudVm[]> {
  const cloud = clouds.get(name);
  if (cloud) return cloud.listVms(signal);
  throw new ConpaasError('not_found', `It has machines on ${name}. ${noSuchCloud(name, [...clouds.keys()])}`);
}

/** One that was made after the backup is put on record; of one that we know, only the manager knows where it serves now. */
async function takeMachine(
  inventory: Parts['inventory'],
  application: ApplicationId,
  vm: VmInfo,
  there: CloudVm | undefined,
  log: Parts['log'],
): Promise<void> {
  const known = inventory.vm(vm.id);
  if (known) {
    const isSame = known.agentPort === vm.agentPort && known.state === vm.state;
    if (!isSame && vm.state === 'joined')
      await inventory.saveVm(Object.assign(known, { agentPort: vm.agentPort, state: vm.state }));
    return;
  }
  if (!there) return;
  // Its slot had another machine when the backup was taken.
  const before = inventory.vms(application).find(({ slot }) => slot === vm.slot);
  if (before) await inventory.deleteVm(before.id);
  const fresh: VmRecord = {
    ...vm,
    application,
    cloudId: there.id,
    operation: there.tags.operation,
    managers: [],
    managerPorts: {},
  };
  await inventory.adoptVm(fresh);
  log(`${vm.id} was made after the backup, and is on record again`);
}
