/**
 * The cloud that is this computer: a VM is a process tree with a directory and a loopback address of its own. The
 * driver is a client of the deployment's host process and starts it when it does not answer.
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { availableParallelism, totalmem } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { ConpaasError } from '../../contract/errors.ts';
import { type HostVm, hostMethods } from '../../contract/host.ts';
import { VmId } from '../../contract/ids.ts';
import { installRelease } from '../../release/index.ts';
import { type Client, connect } from '../../rpc/index.ts';
import { isAlive, type ProcessIdentity } from '../../supervisor/proc.ts';
import type { Cloud, CloudVm, FirstContact, VmRequest } from '../cloud.ts';
import { borrowRelease, chooseHostRelease, readHostRelease, releasesOf } from './host-release.ts';
import { createLocalVolumes, toTags } from './local-volumes.ts';
import { hostSocket } from './socket-path.ts';
import { startHost } from './start-host.ts';

export const LocalSettings = z.strictObject({
  /** Where the local host keeps everything; one host, and one deployment, per directory. */
  directory: z.string(),
  /** Where the bundles `host.mjs`, `director.mjs` … are. */
  bundles: z.string(),
  /** The Node that runs them. */
  runtime: z.string(),
  /** Only VMs with this deployment tag are listed (all where absent). */
  deployment: z.string().optional(),
  /** Directory of the local cloud that the director is on, where this is a further one: both have a host of one release. */
  beside: z.string().optional(),
});
export type LocalSettings = z.infer<typeof LocalSettings>;

/** The one size there is: all of this computer. */
const onlySize = 'this-computer';

type HostClient = Client<typeof hostMethods>;

/** @throws ConpaasError `cloud_failed` from any call, where the host cannot be started */
export function createLocalCloud(given: LocalSettings): Cloud {
  const settings = { ...given, directory: path.resolve(given.directory) };
  let opened: { client: HostClient; socket: Disposable } | undefined;
  let starting: Promise<void> | undefined;
  /** Whoever still has this driver in hand when the cloud goes must not have its host started again. */
  let retired = false;

  function client(): HostClient {
    if (!opened) {
      const socket = hostSocket(settings.directory);
      opened = { client: connect(hostMethods, { address: { socket: socket.path } }), socket };
    }
    return opened.client;
  }

  async function answers(): Promise<boolean> {
    try {
      await client().call('hello', {}, { timeoutMs: 5000 });
      return true;
    } catch (error) {
      if (isAway(error)) return false;
      throw error;
    }
  }

  /** Calls the host; one that is not there never got the request, so it is started and called again. */
  async function withHost<T>(call: (host: HostClient) => Promise<T>, signal: AbortSignal): Promise<T> {
    signal.throwIfAborted();
    if (retired) throw new ConpaasError('not_found', 'This cloud was given up.');
    if (existsSync(path.join(settings.directory, 'host.sock'))) {
      try {
        return await call(client());
      } catch (error) {
        if (!isAway(error)) throw error;
      }
    }
    starting ??= startHost(settings, answers, AbortSignal.timeout(30_000)).finally(() => {
      starting = undefined;
    });
    await starting;
    return call(client());
  }

  /** Asks the host to end, if there is one, and waits until its process is gone. */
  async function endHost(signal: AbortSignal): Promise<void> {
    const host = await readHostIdentity(settings.directory);
    if (!host) return;
    try {
      await client().call('shutdown', {}, { signal });
    } catch (error) {
      if (!isAway(error)) throw error;
    }
    while (isAlive(host)) await delay(5, undefined, { signal });
  }

  const isOurs = ({ tags }: Pick<HostVm, 'tags'>): boolean =>
    settings.deployment === undefined || tags['deployment'] === settings.deployment;
  const volumes = createLocalVolumes(withHost, isOurs);

  const list = (signal: AbortSignal): Promise<CloudVm[]> =>
    withHost(async (host) => (await host.call('list_vms', {}, { signal })).filter(isOurs).map(toCloudVm), signal);
  const destroyVm = (vm: string, signal: AbortSignal): Promise<void> =>
    withHost(async (host) => {
      const found = (await host.call('list_vms', {}, { signal })).find(({ id }) => id === vm);
      if (found && !isOurs(found)) return; // what is not ours is not touched
      await host.call('destroy_vm', { vm: VmId.parse(vm) }, { signal, timeoutMs: 120_000 });
    }, signal);

  return {
    kind: 'local',
    lists: 'set',
    tellsAtOnce: true,
    async check(signal) {
      if (process.platform !== 'linux') {
        throw new ConpaasError('cloud_failed', 'The local cloud needs Linux. Use containers on this computer.');
      }
      for (const file of [settings.runtime, path.join(settings.bundles, 'host.mjs')]) {
        if (existsSync(file)) continue;
        throw new ConpaasError('cloud_failed', `${file} is missing. Build it (npm run build), then try again.`);
      }
      await withHost((host) => host.call('hello', {}, { signal }), signal);
    },
    async createVm(request, signal) {
      const vm = await withHost((host) => host.call('create_vm', toParams(request), { signal }), signal);
      // The director's release has a host as well: that one is started from then on, whatever is built here meanwhile.
      const own = request.processes.find(({ program }) => program?.files['host.mjs'] !== undefined)?.program;
      if (own && !(await readHostRelease(settings.directory))) {
        await chooseHostRelease(settings.directory, { release: own.release });
      }
      return toCloudVm(vm);
    },
    listVms: list,
    destroyVm,
    setProcesses: (vm, processes, signal) =>
      withHost(
        async (host) => void (await host.call('set_processes', { vm, processes: [...processes] }, { signal })),
        signal,
      ),
    install: (_vm, release, signal) => installRelease(release, releasesOf(settings.directory), signal),
    async renewHost(release, signal) {
      const running = async () => (await withHost((host) => host.call('hello', {}, { signal }), signal)).release;
      if ((await running()) === release) return;
      const before = await readHostRelease(settings.directory);
      if (settings.beside !== undefined) await borrowRelease(settings.directory, settings.beside, release);
      // Whoever starts it from now on takes that one, and the one before if it does not start.
      await chooseHostRelease(settings.directory, { release, ...(before && { previous: before.release }) });
      await endHost(signal);
      if ((await running()) === release) return;
      throw new ConpaasError('cloud_failed', `The local host of ${release} did not start; the one before runs again.`, {
        retry: true,
      });
    },
    async offers() {
      const memoryMb = Math.floor(totalmem() / 1024 ** 2);
      return [{ name: onlySize, cpus: availableParallelism(), memoryMb, pricePerHour: 0 }];
    },
    contact: async (vm) => createContact(vm, withHost),
    async power(on, signal) {
      await withHost((host) => host.call('power', { on }, { signal, timeoutMs: 120_000 }), signal);
      if (!on) await endHost(signal); // nothing is left to look after
    },
    async wake(signal) {
      const host = await readHostIdentity(settings.directory);
      if (!host || !isAlive(host)) await withHost((one) => one.call('hello', {}, { signal }), signal);
    },
    volumes,
    // Its host keeps one deployment.
    tagged: async (signal) => [
      ...(await list(signal)).map(({ id, name, tags, createdAt }) => ({ kind: 'machine', id, name, tags, createdAt })),
      ...(await volumes.list(signal)).map(({ id, name, tags, createdAt, attachedTo }) => ({
        ...{ kind: 'volume', id, name, tags, createdAt, attachedTo },
      })),
    ],
    removeTagged: ({ kind, id }, signal) => (kind === 'volume' ? volumes.destroy(id, signal) : destroyVm(id, signal)),
    deployments: async (signal) => [
      ...new Set([...(await list(signal)), ...(await volumes.list(signal))].map(({ tags }) => tags.deployment)),
    ],
    async retire(signal) {
      // The host is not started only to find that it has none.
      if (existsSync(path.join(settings.directory, 'volumes')))
        for (const { id } of await volumes.list(signal)) await volumes.destroy(id, signal);
      retired = true;
      await starting?.catch(() => undefined); // told to whoever wanted it
      try {
        await endHost(signal);
      } catch (error) {
        retired = false; // it is there still
        throw error;
      }
    },
    async [Symbol.asyncDispose]() {
      await opened?.client[Symbol.asyncDispose]();
      opened?.socket[Symbol.dispose]();
      opened = undefined;
    },
  };
}

function createContact(
  vm: VmId,
  withHost: <T>(call: (host: HostClient) => Promise<T>, signal: AbortSignal) => Promise<T>,
): FirstContact {
  return {
    readFile: (file, signal) =>
      withHost(
        async (host) => (await host.call('read_file', { vm, path: file }, { signal })).content ?? undefined,
        signal,
      ),
    writeFile: (file, content, signal) =>
      withHost(async (host) => void (await host.call('write_file', { vm, path: file, content }, { signal })), signal),
    [Symbol.asyncDispose]: async () => undefined,
  };
}

const HostIdentity = z.object({ pid: z.number().int(), startTime: z.number(), bootId: z.string() });

/** Who the host is, as it wrote it down at its start; undefined where there never was one. */
async function readHostIdentity(directory: string): Promise<ProcessIdentity | undefined> {
  try {
    return HostIdentity.parse(JSON.parse(await readFile(path.join(directory, 'host.pid'), 'utf8')));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function toParams({ name, tags, processes }: VmRequest) {
  return { name, tags: { ...tags }, processes: [...processes] };
}

function toCloudVm(vm: HostVm): CloudVm {
  return {
    id: vm.id,
    name: vm.name,
    tags: toTags(vm.tags),
    state: vm.state,
    cause: vm.cause,
    address: vm.address,
    createdAt: vm.createdAt,
    size: onlySize,
  };
}

/** Nobody listens on the socket, or whoever did has gone away. */
function isAway(error: unknown): boolean {
  return error instanceof ConpaasError && error.code === 'unreachable';
}
