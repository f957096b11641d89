/** OpenStack, from Queens (2018) on: Keystone, Nova, Neutron, Glance and, where it is there, Cinder. */
import { z } from 'zod';
import { ConpaasError } from '../../contract/errors.ts';
import { createOnce, isLiving } from '../machines/create-once.ts';
import { belongingOf, isBuilder, unfinished } from '../machines/images.ts';
import { onceFree } from '../machines/once-free.ts';
import type { Belonging, Provider, Server, ServerRequest } from '../machines/provider.ts';
import { createAddresses, isStable } from './addresses.ts';
import { nothing, openApi } from './api.ts';
import { isBusy, isConflict, isNotFound, plainError } from './errors.ts';
import { findImage, releaseOf } from './images.ts';
import { destroyGroup, ensureGroup, findNetwork, listGroups } from './network.ts';
import { findFlavor, listOffers } from './offers.ts';
import { createImages, listOwnImages } from './own-images.ts';
import { destroyFloatingIp, destroyPlugs, destroyPort, ensurePlugs, listPlugs } from './plugs.ts';
import { checkQuotas, listQuotas } from './quotas.ts';
import { getServer, listServers, uuidOf } from './servers.ts';
import type { OpenStackOptions } from './settings.ts';
import { anyTag, deploymentTag, shownName, timeOf, toMetadata } from './tags.ts';
import { createVolumes, listVolumes } from './volumes.ts';

/** A machine that is still there by then was not removed, milliseconds. */
const removalMs = 300_000;

/**
 * Machines by id that this process had removed, and when. One that is removed while it is being built does not look like it
 * for a while.
 */
const removed = new Map<string, number>();

export function createOpenStackProvider(options: OpenStackOptions): Provider {
  const { deployment, settings, credentials } = options;
  const api = openApi(options);
  async function servers(signal: AbortSignal): Promise<Server[]> {
    const list = await listServers(api, deployment, signal);
    for (const [id, at] of removed) if (performance.now() - at > removalMs) removed.delete(id);
    return list.map((server) => (removed.has(server.id) ? { ...server, state: 'gone' } : server));
  }

  const images = createImages(api, {
    async base(signal) {
      const { system, architecture, size } = settings;
      // What starts from a volume is a snapshot of that, which cannot be without it.
      if ((await findFlavor(api, settings, undefined, signal)).disk === 0) {
        const what = size === undefined ? 'no flavor of this cloud has one' : `the flavor ${size} has none`;
        throw new ConpaasError('cloud_failed', `An image is made of a machine with a disk of its own, and ${what}.`);
      }
      const image = await findImage(api, settings, { plain: true }, signal);
      return { base: `${system}-${releaseOf(image, system) ?? 0}`, architecture };
    },
  });

  async function make(request: ServerRequest, signal: AbortSignal): Promise<Server> {
    const { name, tags, userData, size, zone, plain = false } = request;
    const [flavor, network] = await Promise.all([
      findFlavor(api, settings, size, signal),
      findNetwork(api, options, signal),
    ]);
    const image = await findImage(api, settings, { plain, diskGb: flavor.disk || undefined }, signal);
    const group = await ensureGroup(api, options, signal);
    const reached =
      settings.publicAddresses === 'all' || (settings.publicAddresses === 'director' && !tags.application);
    const outside = reached ? network.outside : undefined;
    const port = await ensurePlugs(api, { named: { name, tags }, network, group, outside }, signal);
    const fromVolume = {
      block_device_mapping_v2: [
        {
          boot_index: 0,
          uuid: image.id,
          source_type: 'image',
          destination_type: 'volume',
          volume_size: Math.max(settings.diskGb, image.min_disk ?? 0),
          delete_on_termination: true,
        },
      ],
    };
    const server = {
      name: shownName(name),
      flavorRef: flavor.id,
      ...(flavor.disk > 0 ? { imageRef: image.id } : fromVolume),
      networks: [{ port }],
      metadata: toMetadata({ name, tags }),
      tags: [anyTag, deploymentTag(deployment)],
      user_data: Buffer.from(userData).toString('base64'),
      config_drive: settings.configDrive,
      ...(zone === undefined ? {} : { availability_zone: zone }),
    };
    const created = z.object({ server: z.object({ id: z.string() }) });
    try {
      const body = { server };
      const answer = await api.call({ service: 'compute', method: 'POST', path: '/servers', body }, created, signal);
      const made = await getServer(api, answer.server.id, signal);
      if (made) return made;
      throw new ConpaasError('cloud_failed', `The cloud does not tell of the machine ${name} that it made.`);
    } catch (error) {
      // Where nobody knows whether it was made, it may have its port.
      const refused = error instanceof ConpaasError && ['cloud_failed', 'forbidden'].includes(error.code);
      const isThere = async () => (await servers(signal)).some((one) => one.name === name && isLiving(one));
      if (refused && !(await isThere())) await destroyPlugs(api, { port }, signal);
      throw error;
    }
  }

  /** What it was plugged in by goes first: were it last, a crash in between would leave it with nobody to ask for it. */
  async function destroyServer(id: string, signal: AbortSignal): Promise<void> {
    const own = (await servers(signal)).find((server) => server.id === id && isLiving(server));
    if (!own) return; // not there, or not ours
    await destroyPlugs(api, { server: uuidOf(id), named: own }, signal);
    try {
      const path = `/servers/${uuidOf(id)}`;
      await api.call({ service: 'compute', method: 'DELETE', path, passes: isNotFound }, nothing, signal);
      removed.set(id, performance.now());
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }

  /**
   * Does something to a machine of ours, as soon as nothing else is being done to it.
   * @param done whether it is so already
   */
  async function act(
    id: string,
    body: object,
    done: (now: Server['state']) => boolean,
    signal: AbortSignal,
  ): Promise<void> {
    const path = `/servers/${uuidOf(id)}/action`;
    const passes = (error: unknown): boolean => isNotFound(error) || isBusy(error);
    const attempt = async (): Promise<void> => {
      const own = (await servers(signal)).find((server) => server.id === id && isLiving(server));
      if (own && !done(own.state)) {
        await api.call({ service: 'compute', method: 'POST', path, body, passes }, nothing, signal);
      }
    };
    const plain = (error: unknown): unknown => plainError(error, 'switching a machine');
    await onceFree({ work: attempt, isGone: isNotFound, isInUse: isBusy, plain }, signal);
  }

  async function belongings(signal: AbortSignal): Promise<readonly Belonging[]> {
    const [{ ports, floatingIps }, groups, ofImages] = await Promise.all([
      listPlugs(api, signal),
      listGroups(api, signal),
      isBuilder(deployment) ? listOwnImages(api, signal) : [],
    ]);
    const plugged = new Set(ports.filter(({ port }) => port.device_id !== '').map(({ port }) => port.id));
    const all: Belonging[] = [
      ...floatingIps.map(({ floatingIp: { id, port_id: port, created_at: at }, named }) => ({
        ...named,
        kind: 'floating-ip',
        id,
        // One that stays is an application's, and as old as that.
        createdAt: plugged.has(port ?? '') || isStable(named) ? undefined : timeOf(at),
      })),
      ...ports.map(({ port: { id, created_at: at }, named }) => ({
        ...named,
        kind: 'port',
        id,
        createdAt: plugged.has(id) ? undefined : timeOf(at),
      })),
      ...groups.map(({ group: { id }, named }) => ({ ...named, kind: 'security-group', id })),
      ...unfinished(ofImages).map(belongingOf),
    ];
    return all.filter(({ tags }) => tags.deployment === deployment);
  }

  return {
    kind: 'openstack',
    architecture: settings.architecture,
    async check(signal) {
      await Promise.all([
        findNetwork(api, options, signal),
        findImage(api, settings, { plain: false }, signal),
        findFlavor(api, settings, undefined, signal),
        checkQuotas(api, signal),
      ]);
    },
    offers: (signal) => listOffers(api, settings, signal),
    quotas: (signal) => listQuotas(api, signal),
    async zones(signal) {
      const Zones = z.object({
        availabilityZoneInfo: z.array(
          z.object({ zoneName: z.string(), zoneState: z.object({ available: z.boolean() }) }),
        ),
      });
      const request = { service: 'compute', method: 'GET', path: '/os-availability-zone' } as const;
      const { availabilityZoneInfo: zones } = await api.call(request, Zones, signal);
      return zones.filter(({ zoneState }) => zoneState.available).map(({ zoneName }) => zoneName);
    },
    createServer: (request, signal) =>
      createOnce({
        key: ['openstack', credentials.authUrl, deployment, request.name].join('/'),
        list: async () => (await servers(signal)).filter(({ name }) => name === request.name),
        create: () => make(request, signal),
        destroy: (id) => destroyServer(id, signal),
      }),
    listServers: servers,
    destroyServer,
    power: (id, on, signal) =>
      act(id, on ? { 'os-start': null } : { 'os-stop': null }, (now) => (now === 'running') === on, signal),
    reboot: (id, signal) => act(id, { reboot: { type: 'SOFT' } }, (now) => now !== 'running', signal),
    async console(id, signal) {
      const body = { 'os-getConsoleOutput': { length: 1000 } };
      const request = { service: 'compute', method: 'POST', path: `/servers/${uuidOf(id)}/action`, body } as const;
      const passes = (error: unknown): boolean => isNotFound(error) || isConflict(error);
      try {
        const { output } = await api.call({ ...request, passes }, z.object({ output: z.string() }), signal);
        return output;
      } catch (error) {
        if (passes(error)) return undefined; // it has none, or none yet
        throw error;
      }
    },
    volumes: createVolumes(api, options),
    addresses: createAddresses(api, deployment, async (signal) =>
      settings.publicAddresses === 'all' ? (await findNetwork(api, options, signal)).outside : undefined,
    ),
    images,
    belongings,
    async destroyBelonging({ kind, id }, signal) {
      if (!(await belongings(signal)).some((one) => one.kind === kind && one.id === id)) return;
      if (kind === 'floating-ip') return destroyFloatingIp(api, id, signal);
      if (kind === 'port') return destroyPort(api, id, signal);
      if (kind === 'image') return images.destroy(id, signal);
      const plain = (error: unknown): unknown => plainError(error, 'removing a security group');
      const remove = () => destroyGroup(api, id, signal);
      await onceFree({ work: remove, isGone: isNotFound, isInUse: isConflict, plain }, signal);
    },
    async deployments(signal) {
      const [ofImages, machines, volumes, groups, { ports, floatingIps }] = await Promise.all([
        listOwnImages(api, signal),
        listServers(api, undefined, signal),
        listVolumes(api, undefined, signal),
        listGroups(api, signal),
        listPlugs(api, signal),
      ]);
      const left = unfinished(ofImages).map(belongingOf);
      const named = [...[...volumes, ...groups, ...ports, ...floatingIps].map((one) => one.named), ...left];
      return [...new Set([...machines.filter(isLiving), ...named].map(({ tags }) => tags.deployment))];
    },
    [Symbol.asyncDispose]: async () => api[Symbol.dispose](),
  };
}
