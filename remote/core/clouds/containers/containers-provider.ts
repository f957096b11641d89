/**
 * Docker or Podman as a cloud: a machine is a container of our image with an address of its own on the deployment's
 * network. The container's name is the client token. What the machine runs at its first boot is in its environment, which
 * the engine keeps as other clouds keep user-data; the process that the machine runs takes it out before anything else.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { ConpaasError, toFailure } from '../../contract/errors.ts';
import type { Offer } from '../cloud.ts';
import type { Provider, Server, ServerRequest } from '../machines/provider.ts';
import { type EngineApi, openEngineApi } from './engine-api.ts';
import { kernelOf } from './kernel.ts';
import { addressLabel, anyDeployment, fromLabels, ofDeployment, portsLabel, sizeLabel, toLabels } from './labels.ts';
import { ensureNetwork, freeAddress, listNetworks, reachedBy, removeNetwork } from './network.ts';
import { choosePorts, EngineInfo, portBindings, portsText, reachOf } from './reach.ts';
import { containerOf, Inspected, idOf, Labels, stateOf, toServer } from './servers.ts';
import { ContainersSettings } from './settings.ts';
import { directorsSocket, engineSocket, usualSocket } from './socket.ts';
import { createShelves, shelfPlace } from './volumes.ts';

const Listed = z.object({
  Id: z.string(),
  Labels,
  State: z.string(),
  /** Seconds since the epoch. */
  Created: z.number(),
});

const sizes = {
  small: { cpus: 1, memoryMb: 1024 },
  medium: { cpus: 2, memoryMb: 2048 },
  large: { cpus: 4, memoryMb: 4096 },
} as const;

/** Takes the script out of the environment, where everything that is started from it would inherit it. */
const boot =
  'umask 077; printf %s "$CONPAAS_USER_DATA" | base64 -d > /run/conpaas-user-data; unset CONPAAS_USER_DATA; exec /bin/sh /run/conpaas-user-data';

/** Of drivers that make the same machine at once, or choose the same address, all but one try again so often. */
const attempts = 20;
/** So long a machine may take to end its processes before they are killed, seconds. */
const stopSeconds = 10;
const consoleLines = 200;

export interface ContainersProvider {
  readonly provider: Provider;
  readonly api: EngineApi;
}

export function createContainersProvider(given: ContainersSettings): ContainersProvider {
  const settings = ContainersSettings.parse(given);
  const { deployment } = settings;
  const socket = settings.socket ?? engineSocket();
  const api = openEngineApi(socket);

  async function inspect(container: string, signal: AbortSignal): Promise<z.infer<typeof Inspected> | undefined> {
    try {
      const found = await api.request({ method: 'GET', path: `/containers/${container}/json` }, signal);
      return Inspected.parse(found);
    } catch (error) {
      if (error instanceof ConpaasError && error.code === 'not_found') return undefined;
      throw error;
    }
  }

  async function list(signal: AbortSignal): Promise<z.infer<typeof Listed>[]> {
    const query = { all: '1', ...ofDeployment(deployment) };
    return z.array(Listed).parse(await api.request({ method: 'GET', path: '/containers/json', query }, signal));
  }

  const shelves = createShelves(api, deployment, async (signal) => {
    const found = await Promise.all((await list(signal)).map(({ Id }) => inspect(Id, signal)));
    return found
      .filter((one) => one !== undefined)
      .map(({ Id, Config, State, Mounts }) => ({
        ...{ server: idOf(Id), container: Id, application: fromLabels(Config.Labels).tags.application },
        running: stateOf(State) === 'running',
        hasShelf: Mounts.some(({ Destination }) => Destination === shelfPlace),
      }));
  });

  const info = async (signal: AbortSignal): Promise<EngineInfo> =>
    EngineInfo.parse(await api.request({ method: 'GET', path: '/info' }, signal));
  const nameOf = (name: string): string => `conpaas-${deployment}-${name}`;
  const start = (id: string, signal: AbortSignal) =>
    api.request({ method: 'POST', path: `/containers/${id}/start` }, signal);

  /** @throws ConpaasError cloud_failed: machines cannot be made, and how that is mended */
  async function requireImage(signal: AbortSignal): Promise<void> {
    try {
      await api.request({ method: 'GET', path: `/images/${settings.image}/json` }, signal);
    } catch (error) {
      if (toFailure(error).code !== 'not_found') throw error;
      throw new ConpaasError(
        'cloud_failed',
        `The container engine has no image ${settings.image}. Make it with: conpaas image build`,
        { retry: true },
      );
    }
  }

  /** Makes the container; of two that do so at once the engine refuses one, who then has that of the other. */
  async function make(request: ServerRequest, signal: AbortSignal): Promise<string> {
    const size = sizes[(request.size ?? settings.size) as keyof typeof sizes];
    if (!size) throw new ConpaasError('invalid_request', `There is no size ${request.size} of containers.`);
    const network = await ensureNetwork(api, deployment, async () => reachOf(await info(signal)), signal);
    const isDirector = request.tags.application === '';
    const ports = reachedBy(network) === 'ports' ? choosePorts(isDirector) : {};
    const { ExposedPorts, PortBindings } = portBindings(ports);
    const taken = new Set((await list(signal)).map(({ Labels: labels }) => labels[addressLabel] ?? ''));
    const address = freeAddress(network, taken);
    const body = {
      Image: settings.image,
      Hostname: request.name,
      Entrypoint: ['/usr/bin/tini', '--'],
      Cmd: ['/bin/sh', '-c', boot],
      Env: [`CONPAAS_USER_DATA=${Buffer.from(request.userData).toString('base64')}`],
      Labels: {
        ...toLabels(request.name, request.tags),
        [addressLabel]: address,
        [sizeLabel]: request.size ?? settings.size,
        ...(reachedBy(network) === 'ports' ? { [portsLabel]: portsText(ports) } : {}),
      },
      ExposedPorts,
      HostConfig: {
        PortBindings,
        ...kernelOf(await api.engine(signal)),
        // Docker may have two of one name.
        NetworkMode: network.Id,
        NanoCpus: size.cpus * 1e9,
        Memory: size.memoryMb * 1024 ** 2,
        Binds: [
          // The director makes the machines of applications, so it must reach the engine as the desktop does.
          ...(isDirector ? [`${await directorsSocket(api, socket, signal)}:${settings.socket ?? usualSocket}`] : []),
          ...(await shelves.bindsOf(request.tags, signal)),
        ],
      },
      NetworkingConfig: { EndpointsConfig: { [network.Id]: { IPAMConfig: { IPv4Address: address } } } },
    };
    const query = { name: nameOf(request.name) };
    const made = await api
      .request({ method: 'POST', path: '/containers/create', query, body }, signal)
      .catch(async (error: unknown) => {
        if (toFailure(error).code === 'not_found') await requireImage(signal);
        throw error;
      });
    return z.object({ Id: z.string() }).parse(made).Id;
  }

  async function createServer(request: ServerRequest, signal: AbortSignal): Promise<Server> {
    for (let attempt = 1; ; attempt += 1) {
      const present = await inspect(nameOf(request.name), signal);
      try {
        const id = present?.Id ?? (await make(request, signal));
        if (present?.State.Status !== 'exited') await start(id, signal);
        const server = (await listServers(signal)).find((one) => one.id === idOf(id));
        if (server) return server;
        throw new ConpaasError('not_found', `The container ${request.name} vanished as it was made.`);
      } catch (error) {
        signal.throwIfAborted();
        const what = collision(error);
        if (what === undefined || attempt >= attempts) throw error;
        // Another container, or another program, had that address or port before our start: choose others.
        if (what === 'place') await remove(nameOf(request.name), signal);
        await delay(100, undefined, { signal });
      }
    }
  }

  async function remove(container: string, signal: AbortSignal): Promise<void> {
    const query = { force: '1', v: '1' };
    for (let attempt = 1; ; attempt += 1) {
      try {
        await api.request({ method: 'DELETE', path: `/containers/${container}`, query }, signal);
      } catch (error) {
        const code = error instanceof ConpaasError ? error.code : undefined;
        if (code === 'not_found') return;
        // Somebody else is removing it: it is gone when the engine no longer knows it.
        // Podman refuses with 500 one that is just ending ("container state improper"): tried again for a while.
        const passing = code === 'conflict' || code === 'cloud_failed';
        if ((!passing || attempt >= attempts) && (await inspect(container, signal)) !== undefined) throw error;
        await delay(100, undefined, { signal });
      }
      if ((await inspect(container, signal)) === undefined) return;
    }
  }

  async function listServers(signal: AbortSignal): Promise<Server[]> {
    const found = await Promise.all((await list(signal)).map(({ Id }) => inspect(Id, signal)));
    const there = found.filter((one) => one !== undefined);
    return Promise.all(there.map((one) => toServer(one, (id) => api.log(id, 15, signal))));
  }

  /** The container of a server of ours; undefined: gone, or not ours to touch. */
  async function own(id: string, signal: AbortSignal): Promise<string | undefined> {
    const container = containerOf(id);
    const found = container === undefined ? undefined : await inspect(container, signal);
    return found && fromLabels(found.Config.Labels).tags.deployment === deployment ? found.Id : undefined;
  }

  async function required(id: string, signal: AbortSignal): Promise<string> {
    const container = await own(id, signal);
    if (container !== undefined) return container;
    throw new ConpaasError('not_found', 'The machine is gone.');
  }

  const provider: Provider = {
    kind: 'containers',
    architecture: process.arch === 'arm64' ? 'arm64' : 'x64',
    async check(signal) {
      await info(signal);
      await requireImage(signal);
    },
    async offers(signal) {
      const { NCPU, MemTotal } = await info(signal);
      const fitting = Object.entries(sizes).filter(
        ([name, { cpus, memoryMb }]) => name === 'small' || (cpus <= NCPU && memoryMb * 1024 ** 2 <= MemTotal),
      );
      return fitting.map(
        ([name, size]): Offer => ({ name, ...size, pricePerHour: 0, default: name === settings.size }),
      );
    },
    zones: async () => [],
    createServer,
    listServers,
    async destroyServer(id, signal) {
      const container = containerOf(id);
      const found = container === undefined ? undefined : await inspect(container, signal);
      const { tags } = fromLabels(found?.Config.Labels ?? {});
      if (!found || tags.deployment !== deployment) return; // what is not ours is not touched
      await remove(found.Id, signal);
      await shelves.tidy(tags.application, signal);
    },
    async power(id, on, signal) {
      const container = await required(id, signal);
      const query: Record<string, string> = on ? {} : { t: String(stopSeconds) };
      const path = `/containers/${container}/${on ? 'start' : 'stop'}`;
      await api.request({ method: 'POST', path, query }, signal);
    },
    async reboot(id, signal) {
      const path = `/containers/${await required(id, signal)}/restart`;
      await api.request({ method: 'POST', path, query: { t: String(stopSeconds) } }, signal);
    },
    async console(id, signal) {
      const container = await own(id, signal);
      return container === undefined ? undefined : api.log(container, consoleLines, signal);
    },
    volumes: shelves.volumes,
    async belongings(signal) {
      const networks = await listNetworks(api, deployment, signal);
      return [
        ...networks.map(({ Id, Labels: labels }) => ({ kind: 'network', id: Id, ...fromLabels(labels) })),
        ...(await shelves.belongings(signal)),
      ];
    },
    async destroyBelonging({ kind, id, tags }, signal) {
      if (tags.deployment !== deployment) return; // what is not ours is not touched
      if (kind === 'shelf') return shelves.destroyBelonging(id, signal);
      await removeNetwork(api, id, signal);
    },
    async deployments(signal) {
      const query = { ...anyDeployment, all: '1' };
      const found = await Promise.all(
        ['/containers/json', '/networks'].map((path) => api.request({ method: 'GET', path, query }, signal)),
      );
      const volumes = await api.request({ method: 'GET', path: '/volumes', query: anyDeployment }, signal);
      const kept = z.object({ Volumes: z.array(z.object({ Labels })).nullish() }).parse(volumes).Volumes ?? [];
      const labels = [...z.array(z.object({ Labels })).parse(found.flat()), ...kept];
      return [...new Set(labels.map((one) => fromLabels(one.Labels).tags.deployment).filter((id) => id !== ''))];
    },
    [Symbol.asyncDispose]: async () => undefined,
  };
  return { provider, api };
}

/** What two that make machines at once have both wanted, in the words of the engines; undefined: another failure. */
function collision(error: unknown): 'name' | 'place' | undefined {
  if (!(error instanceof ConpaasError)) return undefined;
  const { code, message } = error;
  if (code === 'conflict' || code === 'not_found' || /name .*already in use/i.test(message)) return 'name';
  // Ambiguous: two have made the network at once, and one of them is about to remove its own.
  return /(address|port).*(already|in use)|IPAM|is ambiguous/i.test(message) ? 'place' : undefined;
}
