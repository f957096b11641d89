/**
 * What a host does with its VMs. Each request changes the record on disk first and then settles the VM to it, so a host
 * that was killed anywhere in between goes on at its next start. Requests are serial for a VM, parallel over VMs.
 */
import { closeSync, openSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import { hostReleaseFile } from '../core/clouds/local/host-release.ts';
import { ConpaasError, type Handlers, type HostMethods, type HostVm, newId, VmId } from '../core/contract/index.ts';
import { type Allocator, addressAt, createAllocator } from './addresses.ts';
import { type Claim, claimNetwork, retakeClaim } from './claim.ts';
import { readConfined, writeConfined } from './confined-files.ts';
import { type LocalVolumes, openLocalVolumes } from './local-volumes.ts';
import { createMachine, type Machine } from './machine.ts';
import { openRecords, type VmRecord } from './records.ts';
import { keepReleasesSwept, namesIn, statesIn } from './release-sweep.ts';
import { createSerial, type Serial } from './serial.ts';

export interface HypervisorOptions {
  /** Without links in its path. */
  readonly directory: string;
  readonly bundles: string;
  readonly log: (line: string) => void;
  /** Called by `shutdown`, after the answer is under way. */
  readonly onShutdown: () => void;
}

export interface Hypervisor extends AsyncDisposable {
  readonly handlers: Omit<Handlers<HostMethods>, 'hello'>;
  /** Whether the deployment is switched off and nothing of it runs, or is being made or removed. */
  isOff(): boolean;
}

interface Entry {
  readonly machine: Machine;
  readonly serial: Serial;
}

/** A VM that could not be settled (no claim, a full disk) is tried again this often. */
const retryMs = 5000;

/**
 * Reads the records and begins to settle every VM: what lives is adopted, what should run is started, what should not
 * is ended.
 */
export async function openHypervisor(options: HypervisorOptions): Promise<Hypervisor> {
  const records = await openRecords(options.directory);
  const vmsDirectory = path.join(options.directory, 'vms');
  const entries = new Map<VmId, Entry>();
  const host = createSerial();
  let hostRecord = await records.readHost();
  let claim: Claim | undefined;
  // Stands in for the claim where we do not hold it, so that a process is adopted whichever it was started with.
  const nullDevice = openSync('/dev/null', 'r');

  const volumes: LocalVolumes = await openLocalVolumes({
    directory: options.directory,
    records,
    hasVm: (id) => entries.has(id),
    settleVm: async (id) => {
      const entry = find(id);
      await entry.serial(() => settle(entry));
    },
    log: options.log,
  });

  for (const record of await records.readVms()) add(record, false);
  const allocator: Allocator = createAllocator(Array.from(entries.values(), ({ machine }) => machine.record.address));

  function add(record: VmRecord, fresh: boolean): Entry {
    const machine = createMachine(record, {
      directory: path.join(vmsDirectory, record.id),
      supervised: path.join(options.directory, 'supervised', record.id),
      compiled: path.join(options.directory, 'compiled'),
      store: { releases: path.join(options.directory, 'releases'), bundles: options.bundles },
      fresh,
      volumes: () => volumes.placesOf(record.id),
      onGood: () => swept.again(),
      log: options.log,
    });
    const entry = { machine, serial: createSerial() };
    entries.set(record.id, entry);
    return entry;
  }

  /** The claim, taken when it is first needed. */
  function claimed(): Promise<Claim> {
    return host(async () => {
      if (claim) return claim;
      claim = await claimNetwork(hostRecord.network, isOurs);
      if (hostRecord.network !== claim.network) {
        hostRecord = { ...hostRecord, network: claim.network };
        await records.writeHost(hostRecord);
      }
      return claim;
    });
  }

  /** Whether a process is a control process of one of our VMs: it stays in its home. */
  function isOurs(pid: number): boolean {
    try {
      return readlinkSync(`/proc/${pid}/cwd`).startsWith(`${vmsDirectory}/`);
    } catch {
      return false; // ended meanwhile
    }
  }

  /** To be called in the VM's serial. */
  async function settle({ machine }: Entry, record = machine.record): Promise<void> {
    machine.record = record;
    const wanted = record.destroying ? 'gone' : hostRecord.powered ? 'on' : 'off';
    try {
      const descriptor = wanted === 'on' ? (await claimed()).descriptor : undefined;
      await machine.settle(wanted, descriptor ?? nullDevice);
    } catch (error) {
      machine.fail(error);
      options.log(`${record.name}: ${error instanceof Error ? error.message : String(error)}`);
      throw error;
    }
    if (wanted !== 'gone') return;
    await records.removeVm(record.id);
    entries.delete(record.id);
    allocator.free(record.address);
    await machine[Symbol.asyncDispose]();
  }

  function find(id: VmId): Entry {
    const entry = entries.get(id);
    if (!entry || entry.machine.record.destroying) throw new ConpaasError('not_found', `There is no VM ${id}.`);
    return entry;
  }

  async function settleAll(): Promise<void> {
    const settled = await Promise.allSettled(
      Array.from(entries.values(), (entry) => entry.serial(() => settle(entry))),
    );
    for (const outcome of settled) if (outcome.status === 'rejected') throw outcome.reason;
  }

  const creating = new Map<string, Promise<HostVm>>();

  const handlers: Hypervisor['handlers'] = {
    ...volumes.handlers,
    async create_vm({ name, tags, processes }) {
      const under = creating.get(name);
      if (under) return under;
      const work = create(name, tags, processes).finally(() => creating.delete(name));
      creating.set(name, work);
      return work;
    },
    async list_vms() {
      await settled; // before that, who lives is not known
      const alive = Array.from(entries.values()).filter(({ machine }) => !machine.record.destroying);
      return alive.map(({ machine }) => machine.info());
    },
    async set_processes({ vm, processes }) {
      const entry = find(vm);
      await entry.serial(async () => {
        const record = { ...find(vm).machine.record, processes: uniquelyNamed(processes) };
        await records.writeVm(record);
        await settle(entry, record);
      });
      return {};
    },
    async destroy_vm({ vm }) {
      const entry = entries.get(vm);
      await entry?.serial(async () => {
        if (!entries.has(vm)) return; // destroyed by a request before this one
        const record = { ...entry.machine.record, destroying: true };
        await records.writeVm(record);
        await settle(entry, record);
      });
      return {};
    },
    async power({ on }) {
      await host(async () => {
        if (hostRecord.powered === on) return;
        const next = { ...hostRecord, powered: on };
        await records.writeHost(next);
        hostRecord = next;
      });
      // A VM that cannot be started says why in the list, and is tried again; the others do not wait for it.
      await settleAll().catch((error) => {
        if (!on) throw error;
      });
      return {};
    },
    async read_file({ vm, path: file }) {
      return { content: (await readConfined(find(vm).machine.info().directory, file)) ?? null };
    },
    async write_file({ vm, path: file, content }) {
      await writeConfined(find(vm).machine.info().directory, file, content);
      return {};
    },
    async shutdown() {
      setImmediate(options.onShutdown);
      return {};
    },
  };

  async function create(name: string, tags: VmRecord['tags'], processes: VmRecord['processes']): Promise<HostVm> {
    const known = Array.from(entries.values()).find(({ machine }) => machine.record.name === name);
    if (known?.machine.record.destroying) {
      throw new ConpaasError('conflict', `The VM ${name} is being destroyed.`, { retry: true });
    }
    if (known) {
      if (known.machine.problem !== undefined) await known.serial(() => settle(known));
      return known.machine.info();
    }
    const named = uniquelyNamed(processes);
    const { network } = await claimed();
    const record: VmRecord = {
      id: VmId.parse(newId('vm')),
      name,
      address: addressAt(network, allocator.take()),
      tags,
      createdAt: Date.now(),
      processes: named,
      destroying: false,
    };
    await records.writeVm(record);
    const entry = add(record, true);
    await entry.serial(() => settle(entry, record));
    return entry.machine.info();
  }

  // Failures are logged, shown as the VM's cause, and tried again below.
  const settled = settleAll().catch(() => undefined);
  const swept = keepReleasesSwept(
    { releases: path.join(options.directory, 'releases'), log: options.log },
    async () => {
      const homes = await Promise.all((await namesIn(vmsDirectory)).map((vm) => statesIn(path.join(vmsDirectory, vm))));
      const all = Array.from(entries.values(), ({ machine }) => machine.record.processes).flat();
      return {
        states: [...homes.flat(), hostReleaseFile(options.directory)],
        wanted: all.map(({ program }) => program?.release),
      };
    },
  );
  const retrying = setInterval(() => {
    for (const entry of entries.values()) {
      if (entry.machine.problem === undefined) continue;
      void entry.serial(() => settle(entry)).catch(() => undefined); // logged there
    }
    void retake();
  }, retryMs).unref();

  /** Takes over the claim that our control processes inherited from an earlier host, and hands it on. */
  async function retake(): Promise<void> {
    await host(async () => {
      if (claim === undefined || claim.descriptor !== undefined) return;
      claim = (await retakeClaim(claim.network)) ?? claim;
      if (claim.descriptor !== undefined) void settleAll().catch(() => undefined); // logged there
    });
  }

  return {
    handlers,
    isOff: () =>
      !hostRecord.powered &&
      creating.size === 0 &&
      Array.from(entries.values()).every(
        ({ machine }) => !machine.record.destroying && machine.info().state === 'stopped',
      ),
    async [Symbol.asyncDispose]() {
      clearInterval(retrying);
      swept[Symbol.dispose]();
      const disposed = Array.from(entries.values(), ({ machine, serial }) =>
        serial(async () => machine[Symbol.asyncDispose]()),
      );
      await Promise.all(disposed);
      await claim?.[Symbol.asyncDispose]();
      closeSync(nullDevice);
    },
  };
}

function uniquelyNamed(processes: VmRecord['processes']): VmRecord['processes'] {
  const names = new Set(processes.map(({ name }) => name));
  if (names.size !== processes.length) throw new ConpaasError('invalid_request', 'Two processes of one name.');
  return processes;
}
