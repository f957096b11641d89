/**
 * What all real clouds have in common: makes a {@link Cloud} of a {@link Provider}. Machines are made with a script of
 * their own (`user-data.ts`), programs are copied or fetched, and lists of processes are kept by each machine's host.
 */
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { ConpaasError, toFailure } from '../../contract/errors.ts';
import type { HostProcess } from '../../contract/host.ts';
import { VmId } from '../../contract/ids.ts';
import { type HostVolume, MachineList, machineHostMethods } from '../../contract/machine-host.ts';
import { bundleFiles, type HostFacts, type Program as HostProgram, incoming } from '../../contract/release.ts';
import type { Cloud, CloudVm, CloudVolumes, Tagged, VmRequest } from '../cloud.ts';
import type { Contact } from './contact.ts';
import { isLiving } from './create-once.ts';
import { callMachineHost } from './host-call.ts';
import { programsDirectory } from './layout.ts';
import type { Program, ProgramName, ProgramSource } from './programs.ts';
import type { Provider, Server, Volumes } from './provider.ts';
import type { Transport } from './transport.ts';
import { composeUserData } from './user-data.ts';

export interface MachineCloudOptions {
  readonly provider: Provider;
  /** Absent where whoever drives the cloud has no way into its machines: they are made for `fetch` only. */
  readonly transport?: Transport | undefined;
  /** What opens that way, for clouds that have none of their own: machines are given its keys. */
  readonly contact?: Contact | undefined;
  readonly source: ProgramSource;
}

/** Between two looks at a host that is being replaced, milliseconds. */
const lookMs = 500;
/** A host that has not let go of a disk by then is dead, or what uses it hangs; milliseconds. */
const letGoMs = 60_000;
type MachineFacts = z.output<typeof machineHostMethods.get_machine.result>;

/** The runtime among programs. */
function nodeOf(programs: readonly Program[]): Program {
  const found = programs.find(({ name }) => name === 'node');
  if (!found) throw new ConpaasError('internal', 'There is no Node among the programs.');
  return found;
}

export function createMachineCloud({ provider, transport: given, contact, source }: MachineCloudOptions): Cloud {
  const transport: Transport = given ?? noWayIn;
  /**
   * The director's machine, and any other whose programs are copied, gets its list by the first contact: whoever makes it
   * is in touch with it anyway, and what it is told stays out of user-data.
   */
  async function createVm(request: VmRequest, signal: AbortSignal): Promise<CloudVm> {
    const { name, tags, size, zone, processes, follow } = request;
    const programs = needed(await source.programs(provider.architecture), processes);
    const copied = source.kind === 'copy';
    const director = copied ? undefined : source.director;
    const keys = await contact?.keys(name);
    // Where there is a way in, machines are made of an image of ours or they are a director's.
    const packages = source.kind === 'fetch' && !given ? source.packages : undefined;
    const list = MachineList.parse({
      ...{ name, processes: copied ? [] : processes },
      ...(follow && { follow }),
      ...(packages && { packages: [...packages] }),
    });
    const userData = composeUserData({ list, programs, director, contact: keys });
    // A zone of volumes may be none of machines.
    const placed = zone !== undefined && (await provider.zones(signal)).includes(zone) ? zone : undefined;
    const server = await provider.createServer({ name, tags, size, zone: placed, userData }, signal);
    if (copied && !(await isMade(server.id, signal))) {
      await copyPrograms(server.id, programs, signal);
      await setProcesses(server.id, processes, signal);
    }
    return toCloudVm(server);
  }

  /** Whether a machine has all that it was made for: what runs on it is replaced by an upgrade alone, with a way back. */
  async function isMade(server: string, signal: AbortSignal): Promise<boolean> {
    const { code } = await transport.run(server, ['/usr/bin/test', '-e', `${programsDirectory}/ready`], '', signal);
    return code === 0 && (await getMachine(server, signal)).processes.length > 0;
  }

  const getMachine = (server: string, signal: AbortSignal): Promise<MachineFacts> =>
    callMachineHost(transport, server, 'get_machine', {}, machineHostMethods.get_machine.result, signal);

  /** Waits until its host is the one that is wanted, or the one before again. */
  async function replaceHost(server: VmId, program: HostProgram, signal: AbortSignal): Promise<HostFacts> {
    await callMachineHost(transport, server, 'replace_machine_host', { program }, z.object({}), signal);
    for (;;) {
      const { host } = await getMachine(server, signal);
      const failed = host?.failed?.release === program.release && host.failed.attempt === program.attempt;
      if (host && (failed || (host.release === program.release && host.good === program.release))) return host;
      await delay(lookMs, undefined, { signal });
    }
  }

  async function copyPrograms(server: string, programs: readonly Program[], signal: AbortSignal): Promise<void> {
    const there = await transport.run(
      server,
      ['/usr/bin/sha256sum', ...programs.map(({ name }) => `${programsDirectory}/${name}`)],
      '',
      signal,
    );
    // `sha256sum` tells of those that are there; that others are not is its exit code.
    const present = new Set(there.output.split('\n'));
    const missing = programs.filter(({ name, sha256 }) => !present.has(`${sha256}  ${programsDirectory}/${name}`));
    const files = missing.map(({ name, path }) => ({ from: path, to: `${programsDirectory}/${name}`, mode: 0o755 }));
    if (files.length > 0) await transport.copy(server, files, signal);
  }

  async function setProcesses(server: string, processes: readonly HostProcess[], signal: AbortSignal): Promise<void> {
    const params = { processes: [...processes] };
    await callMachineHost(transport, server, 'set_machine_processes', params, z.object({}), signal);
  }

  return {
    kind: provider.kind,
    architecture: provider.architecture,
    lists: given ? 'set' : 'followed',
    check: (signal) => provider.check(signal),
    createVm,
    listVms: async (signal) => (await provider.listServers(signal)).map(toCloudVm),
    destroyVm: (id, signal) => provider.destroyServer(id, signal),
    setProcesses,
    ...(given && { replaceHost, hostFacts: async (id, signal) => (await getMachine(id, signal)).host }),
    ...(source.kind === 'copy' && {
      runtimeDigest: async () => nodeOf(await source.programs(provider.architecture)).sha256,
    }),
    async install(id, release, signal) {
      const place = `${programsDirectory}/releases/${incoming}`;
      const made = await transport.run(id, ['/usr/bin/mkdir', '-p', place], '', signal);
      if (made.code !== 0) throw new ConpaasError('cloud_failed', `There is no place for programs: ${made.errors}`);
      // A copy may break off: the host checks each before it puts it in place.
      const files = bundleFiles.map((name) => ({
        from: path.join(release.directory, name),
        to: `${place}/${name}`,
        mode: 0o644,
      }));
      const runtime = nodeOf(await source.programs(provider.architecture));
      const known = [`${programsDirectory}/node`, `${place}/node`];
      const there = await transport.run(id, ['/usr/bin/sha256sum', ...known], '', signal);
      const missing = !there.output.split('\n').some((line) => line.startsWith(`${runtime.sha256}  `));
      const node = { from: runtime.path, to: `${place}/node`, mode: 0o755 };
      await transport.copy(id, missing ? [...files, node] : files, signal);
    },
    offers: (signal) => provider.offers(signal),
    quotas: async (signal) => (await provider.quotas?.(signal)) ?? [],
    patience: async (signal) => (await provider.patience?.(signal)) ?? 1,
    volumes: provider.volumes && createCloudVolumes(provider, provider.volumes, given),
    addresses: provider.addresses,
    contact: async (id) => ({
      async readFile(file, signal) {
        const schema = machineHostMethods.read_machine_file.result;
        const found = await callMachineHost(transport, id, 'read_machine_file', { path: file }, schema, signal);
        return found.content ?? undefined;
      },
      async writeFile(file, content, signal) {
        const params = { path: file, content };
        await callMachineHost(transport, id, 'write_machine_file', params, z.object({}), signal);
      },
      [Symbol.asyncDispose]: async () => undefined,
    }),
    async power(on, signal) {
      const servers = (await provider.listServers(signal)).filter(({ state }) => state !== 'gone');
      const wrong = servers.filter(({ state }) => (state === 'running') !== on);
      const done = await Promise.allSettled(wrong.map(({ id }) => provider.power(id, on, signal)));
      for (const outcome of done) {
        // One that cannot be started says why in the list; the others do not wait for it.
        if (outcome.status === 'rejected' && (!on || toFailure(outcome.reason).code === 'unreachable'))
          throw outcome.reason;
      }
    },
    startVm: (id, signal) => provider.power(id, true, signal),
    wake: async (signal) => provider.wake?.(signal),
    tagged: (signal) => taggedOf(provider, signal),
    async removeTagged({ kind, id }, signal) {
      if (kind === 'machine') return provider.destroyServer(id, signal);
      if (kind === 'volume') return provider.volumes?.destroy(id, signal);
      const found = (await provider.belongings(signal)).find((one) => one.kind === kind && one.id === id);
      if (found) await provider.destroyBelonging(found, signal);
    },
    deployments: (signal) => provider.deployments(signal),
    async retire(signal) {
      const { volumes } = provider;
      for (const volume of (await volumes?.list(signal)) ?? []) await volumes?.destroy(volume.id, signal);
      for (const belonging of await provider.belongings(signal)) await provider.destroyBelonging(belonging, signal);
      await provider.retire?.(signal);
    },
    async [Symbol.asyncDispose]() {
      await transport[Symbol.asyncDispose]?.();
      await provider[Symbol.asyncDispose]();
    },
  };
}

/** @param transport the way into machines, where there is one: their hosts are then told by us what is attached */
function createCloudVolumes(provider: Provider, volumes: Volumes, transport: Transport | undefined): CloudVolumes {
  const nameOf = async (id: string, signal: AbortSignal): Promise<string> =>
    (await volumes.list(signal)).find((one) => one.id === id)?.name ?? id;

  /** Before a disk is taken from a machine its host unmounts it. One that does not, or does not answer, is not waited for. */
  async function letGo(server: string, volume: string, signal: AbortSignal): Promise<void> {
    const limited = AbortSignal.any([signal, AbortSignal.timeout(letGoMs)]);
    while (!limited.aborted) {
      try {
        return await tell(server, new Map(), limited, volume);
      } catch (error) {
        signal.throwIfAborted();
        const { code } = toFailure(error);
        if (code === 'unreachable' || code === 'not_found') return;
      }
      // In use for a moment.
      await delay(lookMs, undefined, { signal });
    }
  }

  /** All that a machine has, but for one. */
  async function tell(
    server: string,
    found: ReadonlyMap<string, readonly string[]>,
    signal: AbortSignal,
    without?: string,
  ): Promise<void> {
    if (!transport) return;
    const all = await volumes.list(signal);
    const attached = all.filter(({ id, attachedTo }) => attachedTo === server && id !== without);
    const told: HostVolume[] = [];
    for (const { id, name } of attached) {
      told.push(hostVolume(name, found.get(id) ?? (await volumes.attach(id, server, signal))));
    }
    const params = { volumes: told };
    await callMachineHost(transport, server, 'set_machine_volumes', params, z.object({}), signal);
  }

  return {
    available: async (signal) => (await volumes.available?.(signal)) ?? true,
    async create(request, vm, signal) {
      const server = (await provider.listServers(signal)).find(({ id }) => id === vm);
      return volumes.create({ ...request, zone: server?.zone }, signal);
    },
    list: (signal) => volumes.list(signal),
    async attach(volume, vm, signal) {
      const devices = await volumes.attach(volume, vm, signal);
      await tell(vm, new Map([[volume, devices]]), signal);
      return hostVolume(await nameOf(volume, signal), devices);
    },
    async detach(volume, signal) {
      const holder = (await volumes.list(signal)).find(({ id }) => id === volume)?.attachedTo;
      if (holder !== undefined) await letGo(holder, volume, signal);
      await volumes.detach(volume, signal);
    },
    destroy: (volume, signal) => volumes.destroy(volume, signal),
    pricePerGbMonth: async (signal) => volumes.pricePerGbMonth?.(signal),
  };
}

function hostVolume(name: string, places: readonly string[]): HostVolume {
  const devices = places.filter((one) => one.startsWith('/dev/'));
  const directory = places.find((one) => !one.startsWith('/dev/'));
  return { name, ...(directory === undefined ? { devices } : { directory }) };
}

async function taggedOf(provider: Provider, signal: AbortSignal): Promise<readonly Tagged[]> {
  const [servers, volumes = [], belongings] = await Promise.all([
    provider.listServers(signal),
    provider.volumes?.list(signal),
    provider.belongings(signal),
  ]);
  return [
    ...servers
      .filter(isLiving)
      .map(({ id, name, tags, createdAt }): Tagged => ({ kind: 'machine', id, name, tags, createdAt })),
    ...volumes.map(
      ({ id, name, tags, createdAt, attachedTo }): Tagged => ({
        kind: 'volume',
        id,
        name,
        tags,
        createdAt,
        attachedTo,
      }),
    ),
    ...belongings,
  ];
}

/** Where there is no first contact. Nobody but a mistake of ours gets here: machines then follow their lists. */
const refuse = async (): Promise<never> => {
  throw new ConpaasError('internal', 'From here nobody can run programs on a machine of this cloud.');
};
const noWayIn: Transport = { copy: refuse, run: refuse };

/** The runtime, the host, and the bundles of the listed processes; an agent's machine may get a manager later. */
function needed(programs: readonly Program[], processes: readonly HostProcess[]): readonly Program[] {
  const director = processes.some(({ bundle }) => bundle === 'director');
  const names: readonly ProgramName[] = director
    ? ['node', 'host.mjs', 'director.mjs', 'manager.mjs', 'agent.mjs']
    : ['node', 'host.mjs', 'manager.mjs', 'agent.mjs'];
  return programs.filter(({ name }) => names.includes(name));
}

function toCloudVm(server: Server): CloudVm {
  const { id, name, tags, state, cause, createdAt, size, privateAddress, publicAddress, forwarded } = server;
  const address = privateAddress ?? publicAddress;
  return { id: VmId.parse(id), name, tags, state, cause, address, publicAddress, forwarded, createdAt, size };
}
