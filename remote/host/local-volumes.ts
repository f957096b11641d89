/**
 * Volumes of the `local` cloud: a directory each, which outlives the VMs it is attached to. Each request changes the record
 * on disk first, so a host that was killed anywhere in between goes on at its next start.
 */
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import {
  ConpaasError,
  type Handlers,
  type HostMethods,
  type LocalVolume,
  newId,
  type VmId,
} from '../core/contract/index.ts';
import type { Records, VolumeRecord } from './records.ts';
import { createSerial } from './serial.ts';
import type { VolumePlace } from './volume-links.ts';

export interface LocalVolumesOptions {
  /** Of the host. */
  readonly directory: string;
  readonly records: Records;
  /** Whether a VM is there, processes of it may live. */
  hasVm(id: VmId): boolean;
  /** Has a VM take notice of what is attached to it. @throws ConpaasError not_found */
  settleVm(id: VmId): Promise<void>;
  log(line: string): void;
}

export interface LocalVolumes {
  readonly handlers: Pick<
    Handlers<HostMethods>,
    'create_volume' | 'list_volumes' | 'attach_volume' | 'detach_volume' | 'destroy_volume'
  >;
  /** What is attached to a VM. */
  placesOf(vm: VmId): VolumePlace[];
}

export async function openLocalVolumes(options: LocalVolumesOptions): Promise<LocalVolumes> {
  const { records, log } = options;
  const all = new Map((await records.readVolumes()).map((record) => [record.id, record]));
  /** Requests one after the other: there are few, and none takes long. */
  const serial = createSerial();

  const directoryOf = (id: string): string => path.join(options.directory, 'volumes', id);
  const dataOf = (id: string): string => path.join(directoryOf(id), 'data');
  const holderOf = ({ attachedTo }: VolumeRecord): VmId | undefined =>
    attachedTo !== undefined && options.hasVm(attachedTo) ? attachedTo : undefined;

  async function save(record: VolumeRecord): Promise<void> {
    await records.writeVolume(record);
    all.set(record.id, record);
  }

  async function remove(record: VolumeRecord): Promise<void> {
    await save({ ...record, destroying: true });
    await rm(directoryOf(record.id), { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
    await records.removeVolume(record.id);
    all.delete(record.id);
  }

  function find(id: string): VolumeRecord {
    const record = all.get(id);
    if (!record || record.destroying) throw new ConpaasError('not_found', `There is no volume ${id}.`);
    return record;
  }

  const toInfo = (record: VolumeRecord): LocalVolume => {
    const { id, name, tags, sizeGb, createdAt } = record;
    const attachedTo = holderOf(record);
    return { id, name, tags, sizeGb, createdAt, ...(attachedTo === undefined ? {} : { attachedTo }) };
  };

  void serial(async () => {
    for (const record of [...all.values()]) if (record.destroying) await remove(record);
  }).catch((error: unknown) => log(`removing volumes: ${String(error)}`));

  return {
    placesOf: (vm) =>
      [...all.values()]
        .filter((record) => record.attachedTo === vm && !record.destroying)
        .map(({ id, name }) => ({ name, directory: dataOf(id) })),
    handlers: {
      create_volume: ({ name, tags, sizeGb }) =>
        serial(async () => {
          const present = [...all.values()].find((record) => record.name === name && !record.destroying);
          const record = present ?? { id: newId('vol'), name, tags, sizeGb, createdAt: Date.now(), destroying: false };
          if (!present) await save(record);
          await mkdir(dataOf(record.id), { recursive: true, mode: 0o755 });
          return toInfo(record);
        }),
      list_volumes: async () => [...all.values()].filter(({ destroying }) => !destroying).map(toInfo),
      attach_volume: ({ volume, vm }) =>
        serial(async () => {
          const record = find(volume);
          const holder = holderOf(record);
          if (holder !== undefined && holder !== vm) {
            throw new ConpaasError('conflict', `The volume ${record.name} is attached to ${holder}.`, { retry: true });
          }
          if (!options.hasVm(vm)) throw new ConpaasError('not_found', `There is no VM ${vm}.`);
          if (record.attachedTo !== vm) await save({ ...record, attachedTo: vm });
          await options.settleVm(vm);
          return {};
        }),
      detach_volume: ({ volume }) =>
        serial(async () => {
          const record = all.get(volume);
          if (record?.attachedTo === undefined) return {};
          const holder = holderOf(record);
          const { attachedTo: _gone, ...rest } = record;
          await save(rest);
          if (holder !== undefined) await options.settleVm(holder);
          return {};
        }),
      destroy_volume: ({ volume }) =>
        serial(async () => {
          const record = all.get(volume);
          if (!record) return {};
          const holder = holderOf(record);
          if (holder !== undefined) {
            throw new ConpaasError('conflict', `The volume ${record.name} is attached to ${holder}.`, { retry: true });
          }
          await remove(record);
          return {};
        }),
    },
  };
}
