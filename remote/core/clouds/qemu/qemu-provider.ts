/**
 * QEMU on this computer as a cloud: a machine is a process and a directory. There is no service of ours behind it; every
 * driver reads and changes what is on disk, one at a time for each machine.
 */
import { existsSync } from 'node:fs';
import { open, readFile, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, totalmem } from 'node:os';
import path from 'node:path';
import { ConpaasError } from '../../contract/errors.ts';
import type { Offer } from '../cloud.ts';
import type { Provider, Server, ServerRequest } from '../machines/provider.ts';
import { findAcceleration } from './acceleration.ts';
import { chooseInside, chooseLoopback } from './addresses.ts';
import { type Acceleration, machineArguments } from './arguments.ts';
import { boards } from './boards.ts';
import { type Image, readImage } from './image.ts';
import { withMachineLock } from './lock.ts';
import { cutPower, runs, shutDown, startProcess } from './machine-process.ts';
import { tellMonitor } from './monitor.ts';
import { refuseWithoutPorts } from './ports.ts';
import { diskTool, runTool } from './programs.ts';
import {
  displace,
  files,
  findByName,
  type MachineRecord,
  newRecord,
  type Placed,
  place,
  readDeployments,
  readLoopbacks,
  readMachines,
  removeDeployment,
  tidy,
} from './record.ts';
import { isoImage, seedFiles } from './seed.ts';
import { QemuSettings, type SizeName, sizes, usualDirectory, usualImage } from './settings.ts';
import { createQemuVolumes, volumesOf } from './volumes.ts';

/** Of machines whose addresses are somebody else's after all, so many are made. */
const attempts = 10;
/** An emulated processor has a tenth of the speed of a real one; limits leave room for slow clouds anyway. */
const emulatedPatience = 4;
const consoleBytes = 64 * 1024;

export function createQemuProvider(given: QemuSettings): Provider {
  const settings = QemuSettings.parse(given);
  const { deployment, architecture } = settings;
  const root = settings.directory ?? usualDirectory();
  const imageDirectory = settings.image ?? usualImage(architecture);

  const list = (): Promise<Placed[]> => readMachines(root, deployment);
  const own = async (id: string): Promise<Placed | undefined> => (await list()).find(({ record }) => record.id === id);
  const required = async (id: string): Promise<Placed> => {
    const placed = await own(id);
    if (placed) return placed;
    throw new ConpaasError('not_found', 'The machine is gone.');
  };
  /** Does something to a machine that is still there. */
  const exclusively = (placed: Placed, signal: AbortSignal, work: () => Promise<void>): Promise<void> =>
    withMachineLock(placed.record.lock, signal, async () => {
      if (existsSync(path.join(placed.directory, files.record)) && (await own(placed.record.id))) await work();
    });

  const accelerationFor = async (image: Image, signal: AbortSignal): Promise<Acceleration> =>
    settings.acceleration === 'auto' ? findAcceleration(imageDirectory, image, signal) : settings.acceleration;

  async function start(placed: Placed, signal: AbortSignal): Promise<void> {
    if (runs(placed)) return;
    const { record, directory } = placed;
    const { image } = record;
    const acceleration = await accelerationFor(image, signal);
    const words = machineArguments({
      ...{ record, imageDirectory, acceleration, volumes: await volumesOf(placed, root) },
      ...sizes[record.size as SizeName],
    });
    const failure = path.join(directory, files.failure);
    try {
      await startProcess(placed, words, signal);
      await writeFile(path.join(directory, files.started), '');
      await rm(failure, { force: true });
    } catch (error) {
      if (error instanceof ConpaasError) await writeFile(failure, error.message);
      throw error;
    }
  }

  /** Puts a machine in place that nobody has made yet. @returns undefined: somebody has, at the same time */
  async function make(request: ServerRequest, signal: AbortSignal): Promise<Placed | undefined> {
    const { name, tags, userData, size = settings.size } = request;
    if (!Object.hasOwn(sizes, size)) throw new ConpaasError('invalid_request', `There is no size ${size} of machines.`);
    const image = await readImage(imageDirectory, architecture);
    const inside = chooseInside(new Set((await list()).map(({ record }) => record.inside)));
    const loopback = chooseLoopback(await readLoopbacks(root));
    const record = newRecord({ name, tags, size, inside, loopback, image });
    const placed = await place(root, record, async (directory) => {
      const seed = isoImage('cidata', seedFiles(record, userData));
      await writeFile(path.join(directory, files.seed), seed, { mode: 0o600 });
      await writeFile(path.join(directory, files.console), '', { mode: 0o600 });
      const disk = ['create', '-q', '-f', 'qcow2', '-F', 'qcow2', '-b', path.join(imageDirectory, image.disk)];
      const { code, errors } = await runTool(diskTool, [...disk, files.disk, `${settings.diskGb}G`], directory, signal);
      if (code !== 0) throw new ConpaasError('cloud_failed', `The disk could not be made: ${errors.trim()}`);
    });
    return placed ? findByName(root, deployment, name) : undefined;
  }

  /** Whether another machine has chosen the same address at the same time; the later one gives way. */
  async function collides({ id, inside, loopback, createdAt }: MachineRecord): Promise<boolean> {
    const others = (await list()).map(({ record }) => record).filter((other) => other.id !== id);
    return others.some(
      (other) =>
        (other.inside === inside || other.loopback === loopback) &&
        (other.createdAt < createdAt || (other.createdAt === createdAt && other.id < id)),
    );
  }

  async function createServer(request: ServerRequest, signal: AbortSignal): Promise<Server> {
    signal.throwIfAborted();
    await tidy(root, deployment);
    for (let attempt = 1; ; attempt += 1) {
      const present = await findByName(root, deployment, request.name);
      const placed = present ?? (await make(request, signal));
      if (!placed) continue; // put in place by somebody else: found now
      const begun = async (): Promise<boolean> => existsSync(path.join(placed.directory, files.started));
      try {
        if (!(await begun()) && !present && (await collides(placed.record))) await destroy(placed, signal);
        else if (!(await begun())) await exclusively(placed, signal, () => start(placed, signal));
        const found = await own(placed.record.id);
        if (found) return await toServer(found);
      } catch (error) {
        signal.throwIfAborted();
        // The loopback address is taken by a program that is none of ours.
        const taken = error instanceof ConpaasError && /host forwarding/i.test(error.message);
        if (!taken || attempt >= attempts) throw error;
        await destroy(placed, signal);
      }
      if (attempt >= attempts)
        throw new ConpaasError('cloud_failed', `The machine ${request.name} vanishes again and again.`);
    }
  }

  const destroy = (placed: Placed, signal: AbortSignal): Promise<void> =>
    exclusively(placed, signal, async () => {
      await cutPower(placed, signal);
      await displace(root, placed);
    });

  const off = (placed: Placed): string => path.join(placed.directory, files.off);

  return {
    kind: 'qemu',
    architecture,
    async check(signal) {
      if (process.platform !== 'linux') throw new ConpaasError('cloud_failed', 'Machines of QEMU need Linux.');
      for (const program of [boards[architecture].emulator, diskTool])
        await runTool(program, ['--version'], '/', signal);
      await readImage(imageDirectory, architecture);
      await refuseWithoutPorts();
    },
    async offers() {
      const fits = ({ cpus, memoryMb }: (typeof sizes)[SizeName]): boolean =>
        cpus <= availableParallelism() && memoryMb * 1024 ** 2 <= totalmem();
      return Object.entries(sizes)
        .filter(([name, size]) => name === settings.size || fits(size))
        .map(([name, size]): Offer => ({ name, ...size, pricePerHour: 0, default: name === settings.size }));
    },
    zones: async () => [],
    async patience(signal) {
      // Without a disk no machine is made, which check() says; what is there may still be destroyed.
      const image = await readImage(imageDirectory).catch(() => undefined);
      return image && (await accelerationFor(image, signal)) === 'kvm' ? 1 : emulatedPatience;
    },
    createServer,
    listServers: async () => Promise.all((await list()).map(toServer)),
    async destroyServer(id, signal) {
      const placed = await own(id);
      if (placed) await destroy(placed, signal);
    },
    async power(id, on, signal) {
      const placed = await required(id);
      await exclusively(placed, signal, async () => {
        if (on) await rm(off(placed), { force: true });
        else await writeFile(off(placed), '');
        await (on ? start(placed, signal) : shutDown(placed, signal));
      });
    },
    async reboot(id, signal) {
      const placed = await required(id);
      await exclusively(placed, signal, async () => {
        await tellMonitor(placed.directory, { execute: 'system_reset' }, signal);
      });
    },
    async console(id) {
      const placed = await own(id);
      return placed && readEnd(path.join(placed.directory, files.console), consoleBytes);
    },
    volumes: createQemuVolumes(root, deployment),
    belongings: async () => [],
    destroyBelonging: async () => undefined,
    deployments: () => readDeployments(root),
    /** A computer that was switched off has taken all its machines with it. */
    async wake(signal) {
      for (const placed of await list()) {
        const sleeps = existsSync(path.join(placed.directory, files.started)) && !existsSync(off(placed));
        if (sleeps && !runs(placed)) await exclusively(placed, signal, () => start(placed, signal));
      }
    },
    async retire() {
      await tidy(root, deployment);
      await removeDeployment(root, deployment);
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
}

async function toServer(placed: Placed): Promise<Server> {
  const { id, name, tags, size, createdAt, inside, loopback } = placed.record;
  const has = (file: string): boolean => existsSync(path.join(placed.directory, file));
  const about = { id, name, tags, size, createdAt, privateAddress: inside, publicAddress: loopback };
  if (runs(placed)) return { ...about, state: 'running' };
  if (has(files.off)) return { ...about, state: 'stopped' };
  if (has(files.failure)) {
    const cause = await readFile(path.join(placed.directory, files.failure), 'utf8');
    return { ...about, state: 'failed', cause };
  }
  // Its process is not there any more: the system has ended by itself, or the computer did.
  return { ...about, state: has(files.started) ? 'stopped' : 'creating' };
}

/** The last bytes of a file, as text. */
async function readEnd(file: string, bytes: number): Promise<string> {
  await using handle = await open(file, 'r');
  const { size } = await handle.stat();
  const length = Math.min(size, bytes);
  const { buffer } = await handle.read(Buffer.alloc(length), 0, length, size - length);
  return buffer.toString('utf8');
}
