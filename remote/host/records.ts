/** What a host remembers: one small JSON file for itself and one per VM, each replaced as a whole. */
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

export const HostRecord = z.object({
  /** The second number of the deployment's addresses 127.<network>.a.b, chosen once. */
  network: z.number().int().optional(),
  /** Off: nothing runs until `power` on. */
  powered: z.boolean(),
});
export type HostRecord = z.infer<typeof HostRecord>;

export interface Records {
  readHost(): Promise<HostRecord>;
  writeHost(record: HostRecord): Promise<void>;
  readVms(): Promise<VmRecord[]>;
  writeVm(record: VmRecord): Promise<void>;
  removeVm(id: VmId): Promise<void>;
}

/**
 * Records below a host's directory; every write is durable when it resolves.
 * @throws at reading, when a record was damaged: a host that guessed would leave processes behind
 */
export async function openRecords(directory: string): Promise<Records> {
  const hostFile = path.join(directory, 'host.json');
  const folder = path.join(directory, 'records');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const vmFile = (id: VmId): string => path.join(folder, `${id}.json`);
  return {
    async readHost() {
      const text = await readIfThere(hostFile);
      return text === undefined ? { powered: true } : HostRecord.parse(JSON.parse(text));
    },
    writeHost: (record) => committed(() => writeFileAtomic(hostFile, JSON.stringify(record))),
    async readVms() {
      const names = (await readdir(folder)).filter((name) => name.endsWith('.json'));
      return Promise.all(
        names.map(async (name) => VmRecord.parse(JSON.parse(await readFile(path.join(folder, name), 'utf8')))),
      );
    },
    writeVm: (record) => committed(() => writeFileAtomic(vmFile(record.id), JSON.stringify(record))),
    removeVm: (id) => committed(() => removeDurably(vmFile(id))),
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
