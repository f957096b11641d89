/** What a host remembers: one small JSON file for itself, one per VM and one per volume, each replaced as a whole. */
import { mkdir, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { HostProcess, VmId } from '../core/contract/index.ts';
import { crashPoint, removeDurably, writeFileAtomic } from '../core/files/index.ts';

export const VmRecord = z.object({
  id: VmId,
  /** The caller's name for it. */
  name: z.string(),
  address: z.string(),
  tags: z.record(z.string(), z.string()),
  createdAt: z.number(),
  processes: z.array(HostProcess),
  /** Set before anything of it is ended, so that a destruction that was cut short goes on. */
  destroying: z.boolean(),
});
export type VmRecord = z.infer<typeof VmRecord>;

const HostRecord = z.object({
  /** The second number of the deployment's addresses 127.<network>.a.b, chosen once. */
  network: z.number().int().optional(),
  /** Off: nothing runs until `power` on. */
  powered: z.boolean(),
});
export type HostRecord = z.infer<typeof HostRecord>;

export const VolumeRecord = z.object({
  id: z.string().regex(/^vol-[a-z2-7]+$/),
  /** The caller's name for it. */
  name: z.string(),
  tags: z.record(z.string(), z.string()),
  sizeGb: z.number(),
  createdAt: z.number(),
  /** It may have been destroyed since: then the volume is attached to nothing. */
  attachedTo: VmId.optional(),
  /** Set before anything of it is removed, so that a destruction that was cut short goes on. */
  destroying: z.boolean(),
});
export type VolumeRecord = z.infer<typeof VolumeRecord>;

export interface Records {
  readHost(): Promise<HostRecord>;
  writeHost(record: HostRecord): Promise<void>;
  readVms(): Promise<VmRecord[]>;
  writeVm(record: VmRecord): Promise<void>;
  removeVm(id: VmId): Promise<void>;
  readVolumes(): Promise<VolumeRecord[]>;
  writeVolume(record: VolumeRecord): Promise<void>;
  removeVolume(id: string): Promise<void>;
}

/**
 * Records below a host's directory; every write is durable when it resolves.
 * @throws at reading, when a record was damaged: a host that guessed would leave processes behind
 */
export async function openRecords(directory: string): Promise<Records> {
  const hostFile = path.join(directory, 'host.json');
  const vms = await openFolder(path.join(directory, 'records'), VmRecord);
  const volumes = await openFolder(path.join(directory, 'volume-records'), VolumeRecord);
  return {
    async readHost() {
      const text = await readIfThere(hostFile);
      return text === undefined ? { powered: true } : HostRecord.parse(JSON.parse(text));
    },
    writeHost: (record) => committed(() => writeFileAtomic(hostFile, JSON.stringify(record))),
    readVms: vms.read,
    writeVm: vms.write,
    removeVm: vms.remove,
    readVolumes: volumes.read,
    writeVolume: volumes.write,
    removeVolume: volumes.remove,
  };
}

/** A directory with a file for each record. */
async function openFolder<Id extends string, T extends { readonly id: Id }>(folder: string, schema: z.ZodType<T>) {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const fileOf = (id: Id): string => path.join(folder, `${id}.json`);
  return {
    async read(): Promise<T[]> {
      const names = (await readdir(folder)).filter((name) => name.endsWith('.json'));
      return Promise.all(
        names.map(async (name) => schema.parse(JSON.parse(await readFile(path.join(folder, name), 'utf8')))),
      );
    },
    write: (record: T) => committed(() => writeFileAtomic(fileOf(record.id), JSON.stringify(record))),
    remove: (id: Id) => committed(() => removeDurably(fileOf(id))),
  };
}

async function committed(write: () => Promise<void>): Promise<void> {
  crashPoint('host', 'before');
  await write();
  crashPoint('host', 'after');
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
