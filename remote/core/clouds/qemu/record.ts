/**
 * Machines on disk, and their volumes: a directory each, of the same name, put in place whole. So a name makes one
 * machine however many ask for it, what a driver has begun and not ended is seen by all, and every process can list and destroy.
 */
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { newId } from '../../contract/ids.ts';
import { syncDirectory, writeFileAtomic } from '../../files/index.ts';
import { isAbsent } from './absent.ts';
import { Image } from './image.ts';

export const MachineRecord = z.object({
  id: z.string(),
  name: z.string(),
  tags: z.object({ deployment: z.string(), application: z.string(), operation: z.string() }),
  size: z.string(),
  /** Milliseconds since the epoch. */
  createdAt: z.number(),
  /** Its address on the bus. */
  inside: z.string(),
  /** The loopback address of this computer that its ports are forwarded from. */
  loopback: z.string(),
  /** What it was made of: later ones are for later machines. */
  image: Image,
  /** Name of the lock on it; nobody else can guess it. */
  lock: z.string(),
});
export type MachineRecord = z.infer<typeof MachineRecord>;

/** A machine, and where its files are. */
export interface Placed {
  readonly record: MachineRecord;
  readonly directory: string;
}

export const files = {
  record: 'machine.json',
  disk: 'disk.qcow2',
  seed: 'seed.iso',
  pid: 'qemu.pid',
  monitor: 'qmp.sock',
  console: 'console.log',
  /** What QEMU itself says. */
  log: 'qemu.log',
  /** There: it was started at least once. */
  started: 'started',
  /** There: it should be off. */
  off: 'off',
  /** Why it could not be started. */
  failure: 'failure',
} as const;

type Folder =
  | 'machines'
  | 'volumes'
  /** What is being made. */
  | 'new'
  /** What is being removed. */
  | 'ended';
export const folderOf = (root: string, deployment: string, folder: Folder): string =>
  path.join(root, 'deployments', deployment, folder);
const machinesOf = (root: string, deployment: string): string => folderOf(root, deployment, 'machines');
const unplacedOf = (root: string, deployment: string): string => folderOf(root, deployment, 'new');
const endedOf = (root: string, deployment: string): string => folderOf(root, deployment, 'ended');
/** What a driver has not put in place by then, it never will, milliseconds. */
const abandonedMs = 10 * 60_000;

export function newRecord(given: Omit<MachineRecord, 'id' | 'lock' | 'createdAt'>): MachineRecord {
  return { ...given, id: newId('vm'), lock: randomBytes(16).toString('hex'), createdAt: Date.now() };
}

/**
 * Makes a machine's directory, has it filled, and puts it in place.
 * @returns false: there is one of that name
 */
export function place(
  root: string,
  record: MachineRecord,
  fill: (directory: string) => Promise<void>,
): Promise<boolean> {
  return placeWhole({ root, folder: 'machines', record, file: files.record, fill });
}

export interface Placing {
  readonly root: string;
  readonly folder: Folder;
  readonly record: Pick<MachineRecord, 'id' | 'name' | 'tags'>;
  /** Where the record is kept. */
  readonly file: string;
  fill(directory: string): Promise<void>;
}

/** @returns false: there is something of that name in that folder */
export async function placeWhole({ root, folder, record, file, fill }: Placing): Promise<boolean> {
  const { deployment } = record.tags;
  const unplaced = path.join(unplacedOf(root, deployment), record.id);
  const places = folderOf(root, deployment, folder);
  await mkdir(places, { recursive: true, mode: 0o700 });
  await mkdir(unplaced, { recursive: true, mode: 0o700 });
  try {
    await writeFileAtomic(path.join(unplaced, file), `${JSON.stringify(record, undefined, 2)}\n`);
    await fill(unplaced);
    await rename(unplaced, path.join(places, record.name));
    await syncDirectory(places);
    return true;
  } catch (error) {
    await rm(unplaced, { recursive: true, force: true });
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOTEMPTY' || code === 'EEXIST') return false;
    throw error;
  }
}

/** All machines of a deployment that are in place. */
export async function readMachines(root: string, deployment: string): Promise<Placed[]> {
  const machines = machinesOf(root, deployment);
  const read = (await names(machines)).map((name) => readMachine(path.join(machines, name)));
  return (await Promise.all(read)).filter((placed) => placed !== undefined);
}

export function findByName(root: string, deployment: string, name: string): Promise<Placed | undefined> {
  return readMachine(path.join(machinesOf(root, deployment), name));
}

async function readMachine(directory: string): Promise<Placed | undefined> {
  try {
    const content = await readFile(path.join(directory, files.record), 'utf8');
    return { record: MachineRecord.parse(JSON.parse(content)), directory };
  } catch (error) {
    if (isAbsent(error)) return undefined; // taken away meanwhile
    throw error;
  }
}

/** Takes a machine, whose process must have ended, or a volume out of its place and removes all it has. */
export async function displace(
  root: string,
  { record, directory }: { readonly record: Pick<MachineRecord, 'id' | 'tags'>; readonly directory: string },
): Promise<void> {
  const ended = endedOf(root, record.tags.deployment);
  await mkdir(ended, { recursive: true, mode: 0o700 });
  try {
    await rename(directory, path.join(ended, record.id));
  } catch (error) {
    if (!isAbsent(error)) throw error; // somebody else was quicker
  }
  await rm(path.join(ended, record.id), { recursive: true, force: true });
}

/** Removes what drivers that died have left of machines that were never there, or are not any more. */
export async function tidy(root: string, deployment: string): Promise<void> {
  for (const name of await names(endedOf(root, deployment))) {
    await rm(path.join(endedOf(root, deployment), name), { recursive: true, force: true });
  }
  for (const name of await names(unplacedOf(root, deployment))) {
    const directory = path.join(unplacedOf(root, deployment), name);
    const made = await stat(directory).catch(() => undefined); // put in place meanwhile
    if (made && Date.now() - made.mtimeMs > abandonedMs) await rm(directory, { recursive: true, force: true });
  }
}

/** Removes a deployment that has neither machines nor volumes any more. */
export async function removeDeployment(root: string, deployment: string): Promise<void> {
  if (await hasAnything(root, deployment)) return;
  await rm(path.join(root, 'deployments', deployment), { recursive: true, force: true });
}

/** Deployments that have something here. */
export async function readDeployments(root: string): Promise<string[]> {
  const all = await names(path.join(root, 'deployments'));
  const have = await Promise.all(all.map((one) => hasAnything(root, one)));
  return all.filter((_one, at) => have[at]);
}

async function hasAnything(root: string, deployment: string): Promise<boolean> {
  const volumes = await names(folderOf(root, deployment, 'volumes'));
  return volumes.length > 0 || (await readMachines(root, deployment)).length > 0;
}

/** Loopback addresses of all machines here, whosoever they are. */
export async function readLoopbacks(root: string): Promise<Set<string>> {
  const all = await names(path.join(root, 'deployments'));
  const machines = (await Promise.all(all.map((one) => readMachines(root, one)))).flat();
  return new Set(machines.map(({ record }) => record.loopback));
}

/** What is in a folder, which need not be there. */
export async function names(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (isAbsent(error)) return [];
    throw error;
  }
}
