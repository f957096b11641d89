/**
 * Volumes of QEMU's machines: a disk file each, in a directory of the deployment. A machine that runs is given it at once,
 * by its monitor; any other when it starts. QEMU itself locks the file, so two machines never write to it.
 */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, rm, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { ConpaasError } from '../../contract/errors.ts';
import { newId } from '../../contract/ids.ts';
import { writeFileAtomic } from '../../files/index.ts';
import type { Volume } from '../cloud.ts';
import type { Volumes } from '../machines/provider.ts';
import { isAbsent } from './absent.ts';
import { blockDevice, diskDevice } from './arguments.ts';
import { withMachineLock } from './lock.ts';
import { runs } from './machine-process.ts';
import { tellMonitor } from './monitor.ts';
import { displace, folderOf, MachineRecord, names, type Placed, placeWhole, readMachines, tidy } from './record.ts';

const VolumeRecord = MachineRecord.pick({ id: true, name: true, tags: true, createdAt: true, lock: true }).extend({
  sizeGb: z.number(),
});
type VolumeRecord = z.infer<typeof VolumeRecord>;

interface Kept {
  readonly record: VolumeRecord;
  readonly directory: string;
  /** Id of the machine that it was last attached to, which need not be there any more. */
  readonly attachedTo: string | undefined;
}

const files = {
  record: 'volume.json',
  disk: 'disk.raw',
  /** There: it is attached to the machine whose id this has. */
  attached: 'attached',
} as const;

/** How long QEMU may take to let go of a disk, milliseconds. */
const releaseMs = 30_000;

/** A name becomes that of a directory. */
const Name = z.string().regex(/^[a-z0-9][a-z0-9-]{0,150}$/);

/** @param root where machines of all deployments are kept */
export function createQemuVolumes(root: string, deployment: string): Volumes {
  const all = (): Promise<Kept[]> => readVolumes(root, deployment);
  const machine = async (id: string | undefined): Promise<Placed | undefined> =>
    id === undefined ? undefined : (await readMachines(root, deployment)).find(({ record }) => record.id === id);
  const required = async (id: string): Promise<Kept> => {
    const kept = (await all()).find(({ record }) => record.id === id);
    if (kept) return kept;
    throw new ConpaasError('not_found', `There is no volume ${id}.`);
  };
  /** Does something to a volume, if it is still there. */
  async function exclusively(id: string, signal: AbortSignal, work: (kept: Kept) => Promise<void>): Promise<void> {
    const kept = (await all()).find(({ record }) => record.id === id);
    if (!kept) return;
    await withMachineLock(kept.record.lock, signal, async () => {
      const now = (await all()).find(({ record }) => record.id === id);
      if (now) await work(now);
    });
  }

  async function toVolume({ record, attachedTo }: Kept): Promise<Volume> {
    const { id, name, tags, sizeGb, createdAt } = record;
    const holder = (await machine(attachedTo))?.record.id;
    const state = holder === undefined ? 'available' : 'attached';
    return { id, name, tags, sizeGb, createdAt, state, attachedTo: holder };
  }

  return {
    available: async () => true,
    pricePerGbMonth: async () => 0,
    list: async () => Promise.all((await all()).map(toVolume)),
    async create({ name, tags, sizeGb }, signal) {
      signal.throwIfAborted();
      await tidy(root, deployment);
      const record: VolumeRecord = {
        ...{ id: newId('vol'), name: Name.parse(name), tags, sizeGb },
        ...{ createdAt: Date.now(), lock: randomBytes(16).toString('hex') },
      };
      // Where somebody else has made it meanwhile, that one counts.
      await placeWhole({
        ...{ root, folder: 'volumes', record, file: files.record },
        async fill(directory) {
          await writeFile(path.join(directory, files.disk), '', { mode: 0o600 });
          await truncate(path.join(directory, files.disk), sizeGb * 1024 ** 3);
        },
      });
      const made = (await all()).find((one) => one.record.name === name);
      if (made) return toVolume(made);
      throw new ConpaasError('conflict', `The volume ${name} was destroyed as it was made.`, { retry: true });
    },
    async attach(volume, server, signal) {
      await required(volume);
      await exclusively(volume, signal, async (kept) => {
        const wanted = await machine(server);
        if (!wanted) throw new ConpaasError('not_found', 'The machine is gone.');
        const holder = await machine(kept.attachedTo);
        if (holder && holder.record.id !== server) {
          throw new ConpaasError('conflict', `The volume ${kept.record.name} is attached to ${holder.record.id}.`);
        }
        await writeFileAtomic(path.join(kept.directory, files.attached), server);
        await withMachineLock(wanted.record.lock, signal, async () => {
          if (runs(wanted)) await plug(wanted, kept.record, signal);
        });
      });
      return [devicePath(volume)];
    },
    detach: (volume, signal) =>
      exclusively(volume, signal, async (kept) => {
        const holder = await machine(kept.attachedTo);
        if (holder) {
          await withMachineLock(holder.record.lock, signal, async () => {
            if (runs(holder)) await unplug(holder, kept.record, signal);
          });
        }
        await rm(path.join(kept.directory, files.attached), { force: true });
      }),
    destroy: (volume, signal) =>
      exclusively(volume, signal, async (kept) => {
        const holder = await machine(kept.attachedTo);
        if (holder) {
          throw new ConpaasError('conflict', `The volume ${kept.record.name} is attached to ${holder.record.id}.`);
        }
        await displace(root, kept);
      }),
  };
}

/** What a machine that starts now is to have. */
export async function volumesOf({ record }: Placed, root: string): Promise<{ id: string; file: string }[]> {
  const kept = await readVolumes(root, record.tags.deployment);
  return kept
    .filter(({ attachedTo }) => attachedTo === record.id)
    .map(({ record: { id, name } }) => ({ id, file: fileOf(name) }));
}

async function readVolumes(root: string, deployment: string): Promise<Kept[]> {
  const folder = folderOf(root, deployment, 'volumes');
  const read = (await names(folder)).map(async (name): Promise<Kept | undefined> => {
    const directory = path.join(folder, name);
    try {
      const record = VolumeRecord.parse(JSON.parse(await readFile(path.join(directory, files.record), 'utf8')));
      const attached = path.join(directory, files.attached);
      return { record, directory, attachedTo: existsSync(attached) ? await readFile(attached, 'utf8') : undefined };
    } catch (error) {
      if (isAbsent(error)) return undefined; // taken away, or detached, meanwhile
      throw error;
    }
  });
  return (await Promise.all(read)).filter((kept) => kept !== undefined);
}

/** As QEMU finds it, which runs in the directory of its machine. */
const fileOf = (name: string): string => path.join('..', '..', 'volumes', name, files.disk);

/** A disk behind SCSI is called so by udev (60-persistent-storage.rules): by its serial number. */
const devicePath = (id: string): string => `/dev/disk/by-id/scsi-0QEMU_QEMU_HARDDISK_${id}`;

/** Idempotent. */
async function plug({ directory }: Placed, { id, name }: VolumeRecord, signal: AbortSignal): Promise<void> {
  const node = blockDevice(id, fileOf(name));
  const present = await has(directory, id, signal);
  if (present.device) return;
  if (!present.node) await tellMonitor(directory, { execute: 'blockdev-add', arguments: node }, signal);
  await tellMonitor(directory, { execute: 'device_add', arguments: diskDevice(id) }, signal);
}

/** Idempotent. The system in the machine is not asked: a disk behind SCSI can be taken from it at any time. */
async function unplug({ directory }: Placed, { id }: VolumeRecord, signal: AbortSignal): Promise<void> {
  const deadline = performance.now() + releaseMs;
  for (let pause = 10; ; pause = Math.min(pause * 1.5, 250)) {
    const present = await has(directory, id, signal);
    if (!present.device && !present.node) return;
    if (performance.now() > deadline) {
      throw new ConpaasError('cloud_failed', 'QEMU does not let go of the disk. It is tried again.', { retry: true });
    }
    try {
      const execute = present.device ? 'device_del' : 'blockdev-del';
      const which = present.device ? { id: diskDevice(id).id } : { 'node-name': id };
      await tellMonitor(directory, { execute, arguments: which }, signal);
    } catch (error) {
      // Still in use for a moment, or on its way out already; the deadline says when that is too long.
      if (!(error instanceof ConpaasError) || error.code !== 'cloud_failed') throw error;
      await delay(pause, undefined, { signal });
    }
  }
}

const Devices = z.array(z.looseObject({ name: z.string() }));
const Nodes = z.array(z.looseObject({ 'node-name': z.string().optional() }));

async function has(directory: string, id: string, signal: AbortSignal): Promise<{ device: boolean; node: boolean }> {
  const list = { execute: 'qom-list', arguments: { path: '/machine/peripheral' } } as const;
  const devices = Devices.parse(await tellMonitor(directory, list, signal));
  const flat = { execute: 'query-named-block-nodes', arguments: { flat: true } } as const;
  const nodes = Nodes.parse(await tellMonitor(directory, flat, signal));
  return {
    device: devices.some(({ name }) => name === diskDevice(id).id),
    node: nodes.some((one) => one['node-name'] === id),
  };
}
