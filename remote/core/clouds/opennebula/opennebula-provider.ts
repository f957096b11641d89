/** OpenNebula, 5.x to 7.x, by the XML-RPC of its daemon. */
import { ConpaasError } from '../../contract/errors.ts';
import { createOnce, isLiving } from '../machines/create-once.ts';
import { belongingOf, chosenImage, isBuilder, unfinished } from '../machines/images.ts';
import { onceFree } from '../machines/once-free.ts';
import type { Belonging, Provider, Server, ServerRequest } from '../machines/provider.ts';
import { openApi } from './api.ts';
import {
  attributesOf,
  baseOf,
  findDatastore,
  findNetwork,
  findTemplate,
  listOffers,
  type MachineTemplate,
  parseSize,
} from './choices.ts';
import { isInUse, isNotFound, plainError } from './errors.ts';
import { destroyGroup, ensureGroup, listGroups } from './groups.ts';
import { getMachine, listMachines, numberOf, toServer } from './machines.ts';
import { createImages } from './own-images.ts';
import { listQuotas } from './quotas.ts';
import type { OpenNebulaOptions } from './settings.ts';
import { toAttributes } from './tags.ts';
import { toTemplate } from './template.ts';
import { createVolumes, listVolumes } from './volumes.ts';

export function createOpenNebulaProvider(options: OpenNebulaOptions): Provider {
  const { deployment, settings, credentials } = options;
  const api = openApi(options);
  const all = async (signal: AbortSignal): Promise<Server[]> => (await listMachines(api, signal)).flatMap(toServer);
  const servers = async (signal: AbortSignal): Promise<Server[]> =>
    (await all(signal)).filter(({ tags }) => tags.deployment === deployment);

  const images = createImages(api, {
    base: async (signal) => ({
      base: baseOf(await findTemplate(api, settings, signal), settings),
      architecture: settings.architecture,
    }),
  });

  /** What the template's first disk begins with: the newest image of ours, or what the template says. */
  async function firstDisk(template: MachineTemplate, plain: boolean, signal: AbortSignal) {
    const wanted = { architecture: settings.architecture, system: baseOf(template, settings) };
    const own = plain ? undefined : chosenImage(await images.list(signal), wanted);
    // Never smaller than what is put on it.
    const SIZE = String(Math.max(settings.diskGb, own?.sizeGb ?? 0) * 1024);
    const none = { IMAGE: undefined, IMAGE_UID: undefined, IMAGE_UNAME: undefined };
    return own ? { ...none, IMAGE_ID: own.id, SIZE } : { SIZE };
  }

  /** The template's disks, the first of them as large as it should be; its networks, or the chosen one. */
  async function partsOf(template: MachineTemplate, plain: boolean, signal: AbortSignal) {
    const { network } = settings;
    const { DISK, NIC } = template.TEMPLATE;
    if (DISK.length === 0) {
      throw new ConpaasError('cloud_failed', `The template ${template.NAME} has no disk. Choose another one.`);
    }
    const first = await firstDisk(template, plain, signal);
    const disks = DISK.map((disk, at) => attributesOf({ ...disk, ...(at === 0 ? first : {}) }));
    const chosen = network === undefined ? undefined : await findNetwork(api, network, signal);
    const nics: Record<string, string>[] = chosen === undefined ? NIC.map(attributesOf) : [{ NETWORK_ID: chosen }];
    if (nics.length === 0) {
      throw new ConpaasError('cloud_failed', `The template ${template.NAME} has no network. Choose one.`);
    }
    return { disks, nics };
  }

  async function make(request: ServerRequest, signal: AbortSignal): Promise<Server> {
    const { name, tags, userData, size = settings.size, plain = false } = request;
    const { cpus, memoryMb } = parseSize(size);
    const template = await findTemplate(api, settings, signal);
    const { disks, nics } = await partsOf(template, plain, signal);
    const networks: string[] = [];
    for (const { NETWORK_ID: id, NETWORK: named } of nics) {
      const network = id ?? (named === undefined ? undefined : await findNetwork(api, named, signal));
      if (network !== undefined) networks.push(network);
    }
    const group = await ensureGroup(api, options, networks, signal);
    const script = Buffer.from(userData).toString('base64');
    const extra = toTemplate({
      ...toAttributes(name, tags),
      CONPAAS_SIZE: size,
      CPU: cpus,
      VCPU: cpus,
      MEMORY: memoryMb,
      DISK: disks,
      NIC: nics.map((nic) => ({ ...nic, SECURITY_GROUPS: group })),
      CONTEXT: [
        {
          NETWORK: 'YES',
          // The disk grows to the size that it was given.
          GROW_ROOTFS: 'YES',
          ...(settings.contextualization === 'cloud-init'
            ? { USER_DATA: script, USER_DATA_ENCODING: 'base64' }
            : { START_SCRIPT_BASE64: script }),
        },
      ],
    });
    // Name, not on hold, and the disk a copy.
    const values = [Number(template.ID), `conpaas-${name}`, false, extra, false];
    const id = await api.call('one.template.instantiate', values, { repeatable: false }, signal);
    const [made] = toServer(await getMachine(api, Number(id), signal));
    if (made) return made;
    throw new ConpaasError('cloud_failed', `The cloud does not tell of the machine ${name} that it made.`);
  }

  /**
   * Does something to a machine of ours, as soon as nothing else is being done to it: OpenNebula refuses it till then.
   * @param done whether it is so already
   */
  async function act(
    id: string,
    action: string,
    done: (now: Server['state']) => boolean,
    signal: AbortSignal,
  ): Promise<void> {
    const number = numberOf(id);
    if (number === undefined) return;
    const passes = (error: unknown): boolean => isInUse(error) || isNotFound(error);
    const attempt = async (): Promise<void> => {
      const own = (await servers(signal)).find((server) => server.id === id && isLiving(server));
      if (own && !done(own.state)) {
        await api.call('one.vm.action', [action, number], { repeatable: true, passes }, signal);
      }
    };
    await onceFree({ work: attempt, isGone: isNotFound, isInUse, plain: plainError }, signal);
  }

  const destroyServer = (id: string, signal: AbortSignal): Promise<void> =>
    act(id, 'terminate-hard', (now) => now === 'gone', signal);

  async function belongings(signal: AbortSignal): Promise<readonly Belonging[]> {
    const groups = (await listGroups(api, signal)).map(({ id, named }) => ({ ...named, kind: 'security-group', id }));
    const left = isBuilder(deployment) ? unfinished(await images.list(signal)).map(belongingOf) : [];
    return [...groups, ...left].filter(({ tags }) => tags.deployment === deployment);
  }

  return {
    kind: 'opennebula',
    architecture: settings.architecture,
    async check(signal) {
      const version = await api.call('one.system.version', [], { repeatable: true }, signal);
      if (!/^[567]\./.test(version)) {
        throw new ConpaasError('cloud_failed', `This is OpenNebula ${version}; ConPaaS knows versions 5 to 7.`);
      }
      await partsOf(await findTemplate(api, settings, signal), false, signal);
      await findDatastore(api, settings, signal);
      const full = (await listQuotas(api, signal)).find(({ used = 0, limit }) => used >= limit);
      if (!full) return;
      const text = `The user's quota is used up: ${full.name.toLowerCase()}, ${full.used} of ${full.limit}.`;
      throw new ConpaasError('cloud_failed', `${text} Remove something, or ask the cloud for more.`, { retry: true });
    },
    offers: async () => listOffers(settings),
    quotas: (signal) => listQuotas(api, signal),
    zones: async () => [],
    createServer: (request, signal) =>
      createOnce({
        key: ['opennebula', credentials.endpoint, deployment, request.name].join('/'),
        list: async () => (await servers(signal)).filter(({ name }) => name === request.name),
        create: () => make(request, signal),
        destroy: (id) => destroyServer(id, signal),
      }),
    listServers: servers,
    destroyServer,
    power: (id, on, signal) => act(id, on ? 'resume' : 'poweroff', (now) => (now === 'running') === on, signal),
    reboot: (id, signal) => act(id, 'reboot', (now) => now !== 'running', signal),
    console: async () => undefined, // OpenNebula keeps none
    volumes: createVolumes(api, options),
    images,
    belongings,
    async destroyBelonging({ kind, id }, signal) {
      if (!(await belongings(signal)).some((one) => one.kind === kind && one.id === id)) return;
      if (kind === 'image') return images.destroy(id, signal);
      const remove = () => destroyGroup(api, id, signal);
      await onceFree({ work: remove, isGone: isNotFound, isInUse, plain: plainError }, signal);
    },
    async deployments(signal) {
      const [ofImages, machines, volumes, groups] = await Promise.all([
        images.list(signal),
        all(signal),
        listVolumes(api, signal),
        listGroups(api, signal),
      ]);
      const left = unfinished(ofImages).map(belongingOf);
      const named = [...machines.filter(isLiving), ...volumes, ...groups.map((group) => group.named), ...left];
      return [...new Set(named.map(({ tags }) => tags.deployment))];
    },
    [Symbol.asyncDispose]: async () => api[Symbol.dispose](),
  };
}
