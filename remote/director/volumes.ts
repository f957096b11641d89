/**
 * Volumes with the data of nodes. As for machines, the record is written before the cloud is asked, and every step can be
 * repeated. Data goes only when a manager, or the deletion of its application, says so: a sweep destroys what no
 * application has, and nothing else.
 */
import type { Cloud, CloudVolumes, Volume } from '../core/clouds/cloud.ts';
import { untilVolume, type VolumeWait } from '../core/clouds/volume-wait.ts';
import { ConpaasError, toFailure } from '../core/contract/errors.ts';
import type { ApplicationId, DeploymentId, NodeId, VmId } from '../core/contract/ids.ts';
import type { HostVolume } from '../core/contract/machine-host.ts';
import type { VolumeInfo } from '../core/contract/volumes.ts';
import type { Journal } from '../core/journal/index.ts';
import type { Inventory } from './inventory.ts';
import { deleteVolume, loadVolumes, saveVolume, type VmRecord, type VolumeRecord } from './store.ts';

export interface VolumeKeeperOptions {
  readonly deployment: DeploymentId;
  readonly inventory: Inventory;
  readonly journal: Journal;
  readonly clouds: ReadonlyMap<string, Cloud>;
  /** Until then what belongs to nothing here stays, milliseconds since the epoch: after a restoration. */
  readonly orphansStayUntil?: number | undefined;
  log(line: string): void;
}

export interface WantedVolume {
  readonly name: string;
  readonly node: NodeId;
  readonly sizeGb: number;
}

/** How long a cloud may take to make a volume or to take it from a machine, milliseconds. */
const workMs = 100_000;
/** Lists of clouds may not tell of a volume for so long after it was made, milliseconds. */
const lagMs = 120_000;
/** Clouds bill volumes by the month: of 730 hours, on average. */
export const hoursPerMonth = 730;

export class VolumeKeeper {
  readonly #options: VolumeKeeperOptions;
  readonly #records = new Map<string, VolumeRecord>();
  /** What is being done to each, one thing after the other. */
  readonly #turns = new Map<string, Promise<unknown>>();

  constructor(options: VolumeKeeperOptions) {
    this.#options = options;
    for (const record of options.journal.read(loadVolumes)) this.#records.set(record.name, record);
  }

  list(application?: ApplicationId): VolumeInfo[] {
    return this.#of(application).map((record) => this.#info(record));
  }

  /** What the host of a machine is to mount. */
  ofMachine(vm: VmId): HostVolume[] {
    return [...this.#records.values()]
      .filter((record) => record.attachedTo === vm && record.state === 'attached')
      .flatMap(({ host }) => host ?? []);
  }

  /** Where a machine must be to get the volumes of its slot; undefined: anywhere. */
  zoneOf(application: ApplicationId, slot: string): string | undefined {
    return this.#of(application).find((record) => record.slot === slot && record.zone !== undefined)?.zone;
  }

  /** Names of clouds that have volumes now. @throws what a cloud says that cannot tell */
  async clouds(signal: AbortSignal): Promise<string[]> {
    const all = [...this.#options.clouds];
    const have = await Promise.all(all.map(async ([, { volumes }]) => (await volumes?.available(signal)) ?? false));
    return all.filter((_one, at) => have[at]).map(([name]) => name);
  }

  /**
   * Has a machine have a volume. Answers when the cloud says so; the machine's host mounts it then.
   * @throws ConpaasError conflict: another machine that lives has it, or it is being destroyed; cloud_failed
   */
  async attach(vm: VmRecord, wanted: WantedVolume, operation: string, signal: AbortSignal): Promise<VolumeInfo> {
    return this.#inTurn(wanted.name, async () => {
      const record = await this.#ensure(vm, wanted, operation);
      try {
        await this.#attach(record, vm, signal);
      } catch (error) {
        const cause = toFailure(error).message;
        if (!signal.aborted && record.cause !== cause) await this.#save(Object.assign(record, { cause }));
        throw error;
      }
      return this.#info(record);
    });
  }

  /** Destroys volumes with all that is on them. Idempotent. */
  async destroy(application: ApplicationId, names: readonly string[], signal: AbortSignal): Promise<void> {
    const own = this.#of(application).filter(({ name }) => names.includes(name));
    await Promise.all(own.map((record) => this.#destroy(record, signal)));
  }

  /** All of an application, also those that only the cloud knows. */
  async destroyAll(application: ApplicationId, signal: AbortSignal): Promise<void> {
    await Promise.all(this.#of(application).map((record) => this.#destroy(record, signal)));
    for (const { volumes } of this.#options.clouds.values()) {
      if (!volumes || !(await volumes.available(signal))) continue;
      for (const volume of await this.#found(volumes, signal)) {
        if (volume.tags.application === application) await remove(volumes, volume.id, signal);
      }
    }
  }

  /**
   * Compares clouds and records: destroys what no application has, finishes what was being destroyed, notes what is
   * attached no longer.
   * @throws ConpaasError the first failure, once all else is done
   */
  async sweep(signal: AbortSignal): Promise<void> {
    const failures: unknown[] = [];
    for (const [name, { volumes }] of this.#options.clouds) {
      try {
        if (!volumes || !(await volumes.available(signal))) continue;
        const found = await this.#found(volumes, signal);
        for (const volume of found) {
          await this.#sweepOne(volumes, volume, signal).catch((error: unknown) => failures.push(error));
        }
        for (const record of [...this.#records.values()].filter(({ cloud }) => cloud === name)) {
          await this.#settle(record, found, volumes, signal).catch((error: unknown) => failures.push(error));
        }
      } catch (error) {
        failures.push(error);
      }
      signal.throwIfAborted();
    }
    if (failures.length > 0) throw failures[0];
  }

  async #sweepOne(volumes: CloudVolumes, volume: Volume, signal: AbortSignal): Promise<void> {
    const { inventory, orphansStayUntil = 0, log } = this.#options;
    const { application } = volume.tags;
    if (application === '' || inventory.application(application as ApplicationId)) return;
    if (this.#records.has(volume.name) || Date.now() < orphansStayUntil) return;
    log(`sweep: destroying the volume ${volume.name} of ${application}: no application has it`);
    await remove(volumes, volume.id, signal);
  }

  async #settle(
    record: VolumeRecord,
    found: readonly Volume[],
    volumes: CloudVolumes,
    signal: AbortSignal,
  ): Promise<void> {
    const { inventory } = this.#options;
    if (record.state === 'destroying' || !inventory.application(record.application)) {
      return this.#destroy(record, signal);
    }
    // Somebody is at work on it.
    if (this.#turns.has(record.name)) return;
    await this.#price(record, volumes, signal);
    const there = found.find(({ name }) => name === record.name);
    const holder = record.attachedTo && inventory.vm(record.attachedTo)?.cloudId;
    if (record.state !== 'attached' || there?.attachedTo === holder) return;
    if (!there && Date.now() - record.createdAt < lagMs) return;
    // Managers ask for it again.
    record.attachedTo = undefined;
    await this.#save(Object.assign(record, { state: 'available' as const, host: undefined }));
  }

  async #ensure(vm: VmRecord, wanted: WantedVolume, operation: string): Promise<VolumeRecord> {
    const { application } = vm;
    if (application === undefined) throw new Error(`VM ${vm.id} belongs to no application`);
    const { name, node, sizeGb } = wanted;
    const known = this.#records.get(name);
    if (known?.state === 'destroying') {
      throw new ConpaasError('conflict', `The volume ${name} is being destroyed.`, { retry: true });
    }
    if (known && known.cloud !== vm.cloud) {
      throw new ConpaasError(
        'conflict',
        `The volume ${name} is at ${known.cloud}, and ${node} is to run at ${vm.cloud}.`,
      );
    }
    const record: VolumeRecord = known ?? {
      ...{ name, application, node, cloud: vm.cloud, sizeGb, operation },
      ...{ state: 'creating', createdAt: Date.now() },
    };
    if (known && known.slot === vm.slot) return known;
    await this.#save(Object.assign(record, { slot: vm.slot }));
    return record;
  }

  async #attach(record: VolumeRecord, vm: VmRecord, signal: AbortSignal): Promise<void> {
    const volumes = this.#volumes(record.cloud);
    const { cloudId } = vm;
    if (cloudId === undefined) throw new ConpaasError('conflict', 'The machine is not there yet.', { retry: true });
    const volume = await this.#make(record, volumes, cloudId as VmId, signal);
    if (volume.attachedTo !== undefined && volume.attachedTo !== cloudId) {
      const holder = this.#options.inventory.vms().find((one) => one.cloudId === volume.attachedTo);
      if (holder && holder.state !== 'gone' && holder.state !== 'destroying') {
        throw new ConpaasError('conflict', `The volume ${record.name} is attached to ${holder.id}, which is there.`, {
          retry: true,
        });
      }
      await volumes.detach(volume.id, signal);
      await until(volumes, volume.id, (one) => one?.attachedTo === undefined, signal);
    }
    const host = await volumes.attach(volume.id, cloudId as VmId, signal);
    await this.#price(record, volumes, signal);
    const attached = { state: 'attached' as const, attachedTo: vm.id, host, cause: undefined, zone: volume.zone };
    await this.#save(Object.assign(record, attached));
  }

  /** The volume at the cloud, made where there never was one. What had data is never made anew. */
  async #make(record: VolumeRecord, volumes: CloudVolumes, vm: VmId, signal: AbortSignal): Promise<Volume> {
    const { name, sizeGb, application, operation } = record;
    const present = (await this.#found(volumes, signal)).find((one) => one.name === name);
    if (!present && record.cloudId !== undefined) {
      const isYoung = Date.now() - record.createdAt < lagMs;
      if (!isYoung) await this.#save(Object.assign(record, { state: 'lost' as const }));
      throw new ConpaasError(
        'cloud_failed',
        `The cloud does not have the volume ${name} with the data of ${record.node}${isYoung ? ' yet' : ' any more'}. ${isYoung ? 'It is asked again.' : 'Remove the service, and load a dump into a new one.'}`,
        { retry: isYoung },
      );
    }
    const tags = { deployment: this.#options.deployment, application, operation };
    const volume = present ?? (await volumes.create({ name, tags, sizeGb }, vm, signal));
    if (record.cloudId !== volume.id) {
      await this.#save(Object.assign(record, { cloudId: volume.id, zone: volume.zone, sizeGb: volume.sizeGb }));
    }
    const ready = await until(volumes, volume.id, (one) => one !== undefined && one.state !== 'creating', signal);
    if (ready?.state === 'failed') {
      throw new ConpaasError('cloud_failed', `The cloud says that the volume ${name} has failed.`);
    }
    return ready ?? volume;
  }

  async #destroy(record: VolumeRecord, signal: AbortSignal): Promise<void> {
    await this.#inTurn(record.name, async () => {
      if (this.#records.get(record.name) !== record) return; // done meanwhile
      // From now on its machine's host is not told of it, and unmounts it.
      if (record.state !== 'destroying') await this.#save(Object.assign(record, { state: 'destroying' as const }));
      const volumes = this.#volumes(record.cloud);
      const there = (await this.#found(volumes, signal)).find(({ name }) => name === record.name);
      if (there) await remove(volumes, there.id, signal);
      await this.#options.journal.write((db) => deleteVolume(db, record.name));
      this.#records.delete(record.name);
      this.#options.inventory.volumesChanged(record.application);
    });
  }

  async #price(record: VolumeRecord, volumes: CloudVolumes, signal: AbortSignal): Promise<void> {
    const price = await volumes.pricePerGbMonth?.(signal);
    // Unknown now does not make unknown what was known.
    if (price === undefined) return;
    const pricePerHour = (price * record.sizeGb) / hoursPerMonth;
    if (record.pricePerHour !== pricePerHour) await this.#save(Object.assign(record, { pricePerHour }));
  }

  #volumes(cloud: string): CloudVolumes {
    const volumes = this.#options.clouds.get(cloud)?.volumes;
    if (!volumes) throw new ConpaasError('cloud_failed', `The cloud ${cloud} has no volumes.`);
    return volumes;
  }

  async #found(volumes: CloudVolumes, signal: AbortSignal): Promise<readonly Volume[]> {
    const { deployment } = this.#options;
    return (await volumes.list(signal)).filter(({ tags }) => tags.deployment === deployment);
  }

  #of(application: ApplicationId | undefined): VolumeRecord[] {
    const all = [...this.#records.values()];
    return application === undefined ? all : all.filter((record) => record.application === application);
  }

  async #save(record: VolumeRecord): Promise<void> {
    this.#records.set(record.name, record);
    await this.#options.journal.write((db) => saveVolume(db, record));
    this.#options.inventory.volumesChanged(record.application);
  }

  async #inTurn<T>(name: string, work: () => Promise<T>): Promise<T> {
    const before = this.#turns.get(name);
    const result = (async () => {
      await before?.catch(() => undefined); // its caller is told
      return work();
    })();
    this.#turns.set(name, result);
    try {
      return await result;
    } finally {
      if (this.#turns.get(name) === result) this.#turns.delete(name);
    }
  }

  /** One whose machine has gone is attached to nothing, whether the cloud has said so or not. */
  #info(record: VolumeRecord): VolumeInfo {
    const { name, application, node, cloud, sizeGb, cause, createdAt, pricePerHour } = record;
    const vm = record.attachedTo && this.#options.inventory.vm(record.attachedTo);
    const isThere = vm && vm.state !== 'gone' && vm.state !== 'destroying';
    const state = record.state === 'attached' && !isThere ? 'available' : record.state;
    const attachedTo = state === 'attached' ? record.attachedTo : undefined;
    return { name, application, node, cloud, sizeGb, state, cause, attachedTo, createdAt, pricePerHour };
  }
}

async function remove(volumes: CloudVolumes, id: string, signal: AbortSignal): Promise<void> {
  await volumes.detach(id, signal);
  await until(volumes, id, (one) => one?.attachedTo === undefined, signal);
  await volumes.destroy(id, signal);
}

/** @throws ConpaasError cloud_failed: the cloud takes too long */
function until(
  volumes: CloudVolumes,
  id: string,
  test: VolumeWait['until'],
  signal: AbortSignal,
): Promise<Volume | undefined> {
  const late = (): string => 'The cloud takes too long with a volume. It is tried again.';
  return untilVolume(volumes, id, { until: test, withinMs: workMs, late }, signal);
}
