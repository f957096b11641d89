/**
 * One VM of a host: its directory and the control processes in it. Level-triggered: `settle` compares what should run
 * with what does and may be called at any time, after a crash of this host at any point too.
 */
import { existsSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { HostProcess, HostVm } from '../core/contract/index.ts';
import { toFailure } from '../core/contract/index.ts';
import { writeFileAtomic } from '../core/files/index.ts';
import { removeShortDirectories } from '../core/service/short-directory.ts';
import { createSupervisor, endRecorded, type ProcessSpec, type Supervised } from '../core/supervisor/index.ts';
import { createProgramSwitch, type ProgramSwitch, type SwitchOptions } from './program-switch.ts';
import type { VmRecord } from './records.ts';
import { nodeOf, type ReleaseStore } from './release-store.ts';
import { linkVolumes, type VolumePlace } from './volume-links.ts';

export interface MachineOptions {
  /** The VM's own directory; the homes of its processes lie below. */
  readonly directory: string;
  /** Where this host keeps the records of the VM's control processes, out of their reach. */
  readonly supervised: string;
  /** Where Node keeps the bundles as it has compiled them, for all control processes of this host. */
  readonly compiled: string;
  /** Where programs are. */
  readonly store: ReleaseStore;
  /** Of trials of programs, for tests. */
  readonly limits?: SwitchOptions['limits'];
  /** Called when one of its processes runs another release for good. */
  readonly onGood?: SwitchOptions['onGood'];
  /** Made in this life of the host: nothing of it can be left over from an earlier one. */
  readonly fresh: boolean;
  /** What is attached to it and can be used. */
  readonly volumes?: (() => readonly VolumePlace[]) | undefined;
  readonly log: (line: string) => void;
}

export interface Machine extends AsyncDisposable {
  /** What it should be; to be set before `settle`. */
  record: VmRecord;
  info(): HostVm;
  /**
   * Makes it so: `on` starts (or adopts) the listed processes and ends others, `off` ends all, `gone` ends all and
   * removes the directory. Call it for one state at a time.
   * @param descriptor handed on to the processes that are started, as their fourth
   */
  settle(wanted: 'on' | 'off' | 'gone', descriptor: number): Promise<void>;
  /** Notes why it could not be settled; shown until it is. */
  fail(cause: unknown): void;
  /** What the last attempt to settle failed with. */
  readonly problem: string | undefined;
}

export function createMachine(initial: VmRecord, options: MachineOptions): Machine {
  let power: 'on' | 'off' | 'gone' = 'off';
  let problem: string | undefined;
  let searched = options.fresh;
  const running = new Map<string, Supervised>();
  const switches = new Map<string, ProgramSwitch>();
  const supervisor = createSupervisor({
    directory: options.supervised,
    onChange: (name, state) => {
      if (state.kind === 'backing_off' || state.kind === 'failed') {
        options.log(`${machine.record.name}: ${name}: ${state.failure.message}`);
      }
    },
  });

  /** Adopts or starts a process, or replaces one that runs another way. */
  async function start(process: HostProcess, descriptor: number): Promise<void> {
    const home = path.join(options.directory, process.name);
    await mkdir(home, { recursive: true, mode: 0o700 });
    const file = path.join(home, 'bootstrap.json');
    // A VM's id and address are known here first; whoever asked for it may have left them out.
    const bootstrap = { vm: machine.record.id, address: machine.record.address, ...process.bootstrap };
    if (!existsSync(file)) await writeFileAtomic(file, JSON.stringify(bootstrap));
    // Of an application they carry the data of its nodes; of a director its backups.
    if (process.bundle !== 'manager') await linkVolumes(home, options.volumes?.() ?? []);
    handedOn = descriptor;
    const known = switches.get(process.name);
    const programs = known ?? createProgramSwitch({ ...options, home, launch: launchFor(home) });
    switches.set(process.name, programs);
    await programs.settle(process);
  }

  /** For those that are started between two calls of `settle`, by a trial. */
  let handedOn = 0;
  const launchFor =
    (home: string): SwitchOptions['launch'] =>
    async (process, bundles) => {
      const supervised = await supervisor.start(
        specification(process, home, { bundles, node: nodeFor(bundles), compiled: options.compiled }, handedOn),
      );
      running.set(process.name, supervised);
      return supervised;
    };

  const nodeFor = (bundles: string): string => nodeOf(options.store, path.basename(bundles));

  async function stop(name: string): Promise<void> {
    await switches.get(name)?.cancel();
    switches.delete(name);
    await running.get(name)?.stop();
    running.delete(name);
  }

  /** Ends what an earlier life of the host has left and nobody has claimed. Costs a look at every process there is. */
  async function endLeftovers(): Promise<void> {
    if (searched) return;
    await supervisor.endLeftovers();
    searched = true;
  }

  async function turnOn(descriptor: number): Promise<void> {
    for (const directory of [options.directory, options.compiled]) {
      await mkdir(directory, { recursive: true, mode: 0o700 });
    }
    await Promise.all(machine.record.processes.map((process) => start(process, descriptor)));
    const listed = new Set(machine.record.processes.map((process) => process.name));
    for (const name of [...running.keys()]) if (!listed.has(name)) await stop(name);
    await endLeftovers();
    for (const name of await homes(options.directory)) {
      if (listed.has(name)) continue;
      const home = path.join(options.directory, name);
      await endEngines(home);
      await removeTree(home);
    }
  }

  async function turnOff(): Promise<void> {
    await Promise.all([...new Set([...switches.keys(), ...running.keys()])].map(stop));
    await endLeftovers();
    const names = await homes(options.directory);
    await Promise.all(names.map((name) => endEngines(path.join(options.directory, name))));
  }

  const machine: Machine = {
    record: initial,
    get problem() {
      return problem;
    },
    info: () => ({
      id: machine.record.id,
      name: machine.record.name,
      state: problem === undefined ? (power === 'on' ? 'running' : 'stopped') : 'failed',
      ...(problem === undefined ? {} : { cause: problem }),
      address: machine.record.address,
      tags: machine.record.tags,
      createdAt: machine.record.createdAt,
      directory: options.directory,
      processes: machine.record.processes.map(({ name }) => describeProcess(name, running.get(name))),
    }),
    async settle(wanted, descriptor) {
      if (wanted === 'on') await turnOn(descriptor);
      else await turnOff();
      if (wanted === 'gone') {
        await removeTree(options.directory);
        await removeTree(options.supervised);
      }
      power = wanted;
      problem = undefined;
    },
    fail(cause) {
      problem = toFailure(cause).message;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(Array.from(switches.values(), (one) => one.cancel()));
      await supervisor[Symbol.asyncDispose]();
    },
  };
  return machine;
}

/** Names of the homes below a VM's directory. */
async function homes(directory: string): Promise<string[]> {
  if (!existsSync(directory)) return [];
  const entries = await readdir(directory, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
}

/** Ends the engines that the (dead) agent of a home has recorded, and removes the places of their sockets. */
async function endEngines(home: string): Promise<void> {
  const records = path.join(home, 'supervisor');
  if (existsSync(records)) await endRecorded(records);
  await removeShortDirectories(home);
}

/** An engine that was just ended may still have made a file in a directory that is being removed. */
function removeTree(directory: string): Promise<void> {
  return rm(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
}

function specification(
  { name, bundle }: HostProcess,
  home: string,
  { bundles, node, compiled }: { readonly bundles: string; readonly node: string; readonly compiled: string },
  descriptor: number,
): ProcessSpec {
  return {
    name,
    executable: node,
    arguments: ['--disable-warning=ExperimentalWarning', path.join(bundles, `${bundle}.mjs`), home],
    directory: home,
    environment: { HOME: home, NODE_COMPILE_CACHE: compiled, ...crashPoints() },
    descriptors: [descriptor],
    ready: { kind: 'none' },
    stop: { signal: 'SIGTERM', timeoutMs: 5000 },
    log: { path: path.join(home, 'log'), maxBytes: 5 * 1024 * 1024, keep: 2 },
    // A control process is never given up: without it nothing of its application could be changed or ended.
    restart: { firstMs: 50, maxMs: 5000, limit: Number.MAX_SAFE_INTEGER, windowMs: 60_000 },
  };
}

/** Crash points of tests (core/files/crash-point.ts) reach the processes that have the journals. */
function crashPoints(): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of ['CONPAAS_CRASH', 'CONPAAS_CRASH_COUNT']) {
    const value = process.env[name];
    if (value !== undefined) found[name] = value;
  }
  return found;
}

function describeProcess(name: string, supervised: Supervised | undefined): HostVm['processes'][number] {
  if (!supervised) return { name, state: 'stopped', restarts: 0 };
  const { state, restarts } = supervised;
  return {
    name,
    state: state.kind,
    restarts,
    ...('pid' in state ? { pid: state.pid } : {}),
    ...('failure' in state ? { cause: state.failure.message } : {}),
  };
}
