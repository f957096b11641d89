/** Amazon EC2 and clouds with its API. API: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/ */
import { createHash } from 'node:crypto';
import {
  DeleteSecurityGroupCommand,
  DescribeInstancesCommand,
  type Filter,
  GetConsoleOutputCommand,
  type Instance,
  RebootInstancesCommand,
  RunInstancesCommand,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { ConpaasError } from '../../contract/errors.ts';
import { createOnce, isLiving } from '../machines/create-once.ts';
import { belongingOf, isBuilder, unfinished } from '../machines/images.ts';
import type { Belonging, Provider, Server, ServerRequest } from '../machines/provider.ts';
import { createAddresses, describeAddresses } from './addresses.ts';
import { openApi } from './api.ts';
import { isInUse, isNotFound, lacksCapacity, plainError } from './errors.ts';
import { baseOf, findImage, findPlainImage } from './images.ts';
import { describeGroups, ensureGroup, findNetwork, listGroups, type Subnet } from './network.ts';
import { listOffers, priceOf, snapshotPriceOf, volumePriceOf } from './offers.ts';
import { onceFree } from './once-free.ts';
import { createImages, destroySnapshot, listOwnImages, lostSnapshots } from './own-images.ts';
import type { Ec2Options } from './settings.ts';
import { fromTags, type InstanceType, ofAnyDeployment, ofDeployment, tagged } from './tags.ts';
import { createVolumes, describeVolumes } from './volumes.ts';

const states: Readonly<Record<string, Server['state'] | undefined>> = {
  pending: 'creating',
  running: 'running',
  stopping: 'stopped',
  stopped: 'stopped',
  'shutting-down': 'gone',
  terminated: 'gone',
};
/** Two virtual CPUs and 2 GB: enough for a director, or for a small application with all its nodes. */
const defaultSizes = { x64: 't3.small', arm64: 't4g.small' } as const;

export function createEc2Provider(options: Ec2Options): Provider {
  const { deployment, settings } = options;
  const api = openApi(options);
  const addresses = createAddresses(api, deployment);
  const usualSize = settings.size ?? defaultSizes[settings.architecture];
  const images = createImages(
    api,
    {
      size: usualSize,
      async base(architecture, signal) {
        const wanted = { ...settings, architecture };
        return baseOf(await findPlainImage(api, wanted, signal), wanted);
      },
    },
    { machineHour: priceOf(settings, usualSize), gbMonth: snapshotPriceOf(settings) },
  );

  /** Of our deployment; a terminated one is told of for about an hour. */
  async function instances(signal: AbortSignal): Promise<Server[]> {
    return (await describeInstances(ofDeployment(deployment), signal)).flatMap(toServer);
  }

  async function describeInstances(filter: Filter, signal: AbortSignal): Promise<Instance[]> {
    const found: Instance[] = [];
    let next: string | undefined;
    do {
      const page = await api.call(
        DescribeInstancesCommand,
        { Filters: [filter], MaxResults: 1000, ...(next === undefined ? {} : { NextToken: next }) },
        signal,
      );
      for (const { Instances = [] } of page.Reservations ?? []) found.push(...Instances);
      next = page.NextToken || undefined;
    } while (next !== undefined);
    return found;
  }

  async function run(request: ServerRequest, subnet: Subnet, group: string, signal: AbortSignal): Promise<Server> {
    const { name, tags, userData, size = usualSize, plain = false } = request;
    const image = await (plain ? findPlainImage : findImage)(api, settings, signal);
    const diskGb = Math.max(settings.diskGb, image.sizeGb ?? 0); // never smaller than what is put on it
    const ended = (await instances(signal)).filter((server) => server.name === name && !isLiving(server)).length;
    // The same request twice makes one machine; after one has ended, the same name makes another.
    const token = createHash('sha256').update([deployment, name, ended, subnet.id].join('/')).digest('hex');
    const { Instances = [] } = await api.call(
      RunInstancesCommand,
      {
        ImageId: image.id,
        InstanceType: size as InstanceType,
        MinCount: 1,
        MaxCount: 1,
        ClientToken: token,
        UserData: Buffer.from(userData).toString('base64'),
        MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 1 },
        BlockDeviceMappings: [
          {
            DeviceName: image.rootDevice,
            Ebs: { VolumeType: 'gp3', VolumeSize: diskGb, DeleteOnTermination: true, Encrypted: true },
          },
        ],
        NetworkInterfaces: [
          {
            DeviceIndex: 0,
            SubnetId: subnet.id,
            Groups: [group],
            AssociatePublicIpAddress: true,
            DeleteOnTermination: true,
          },
        ],
        // What is made to be an image is stopped, which cannot be done to them.
        ...(settings.spot && !plain
          ? { InstanceMarketOptions: { MarketType: 'spot', SpotOptions: { SpotInstanceType: 'one-time' } } }
          : {}),
        TagSpecifications: tagged(['instance', 'volume', 'network-interface'], name, tags),
      },
      signal,
      lacksCapacity,
    );
    const [made] = Instances.flatMap(toServer);
    if (made) return { ...made, name, tags };
    throw new ConpaasError('cloud_failed', `The cloud does not tell of the machine ${name} that it made.`, {
      retry: true,
    });
  }

  /** Of any builder: what it has not made to an end, or not removed to an end. */
  async function leftOfImages(signal: AbortSignal): Promise<readonly Belonging[]> {
    const [all, snapshots] = await Promise.all([listOwnImages(api, signal), lostSnapshots(api, signal)]);
    return [...unfinished(all).map(belongingOf), ...snapshots];
  }

  /** In the wished zone, else in the first that has room. */
  async function runSomewhere(request: ServerRequest, signal: AbortSignal): Promise<Server> {
    const network = await findNetwork(api, options, signal);
    const group = await ensureGroup(api, options, network.vpc, signal);
    const places = network.subnets.filter(({ zone }) => request.zone === undefined || zone === request.zone);
    let refusal: unknown = new ConpaasError('cloud_failed', `The network has no subnet in the zone ${request.zone}.`);
    for (const subnet of places) {
      try {
        return await run(request, subnet, group, signal);
      } catch (error) {
        if (!lacksCapacity(error)) throw error;
        refusal = plainError(error, 'ec2:RunInstances');
      }
    }
    throw refusal;
  }

  /** Does something to a machine of ours; one that is not there any more is passed over. */
  async function withOwn(id: string, signal: AbortSignal, work: (server: Server) => Promise<unknown>): Promise<void> {
    const own = (await instances(signal)).find((server) => server.id === id && isLiving(server));
    if (!own) return;
    try {
      await work(own);
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }

  const destroyServer = (id: string, signal: AbortSignal): Promise<void> =>
    withOwn(id, signal, () => api.call(TerminateInstancesCommand, { InstanceIds: [id] }, signal, isNotFound));

  return {
    kind: 'ec2',
    architecture: settings.architecture,
    async check(signal) {
      await instances(signal);
      await findNetwork(api, options, signal);
      await findImage(api, settings, signal);
    },
    offers: (signal) => listOffers(api, settings, signal),
    zones: async (signal) => [...new Set((await findNetwork(api, options, signal)).subnets.map(({ zone }) => zone))],
    createServer: (request, signal) =>
      createOnce({
        key: ['ec2', settings.endpoint ?? settings.region, deployment, request.name].join('/'),
        list: async () => (await instances(signal)).filter(({ name }) => name === request.name),
        create: () => runSomewhere(request, signal),
        destroy: (id) => destroyServer(id, signal),
      }),
    listServers: instances,
    destroyServer,
    async power(id, on, signal) {
      await withOwn(id, signal, async ({ state }) => {
        const params = { InstanceIds: [id] };
        if (on && state === 'stopped') await api.call(StartInstancesCommand, params, signal, isNotFound);
        if (!on && state !== 'stopped') await api.call(StopInstancesCommand, params, signal, isNotFound);
      });
    },
    reboot: (id, signal) =>
      withOwn(id, signal, () => api.call(RebootInstancesCommand, { InstanceIds: [id] }, signal, isNotFound)),
    async console(id, signal) {
      const { Output } = await api.call(GetConsoleOutputCommand, { InstanceId: id }, signal);
      return Output === undefined ? undefined : Buffer.from(Output, 'base64').toString();
    },
    volumes: {
      ...createVolumes(api, deployment, async (signal) => {
        const [first] = (await findNetwork(api, options, signal)).subnets;
        return first?.zone ?? '';
      }),
      pricePerGbMonth: async () => volumePriceOf(settings),
    },
    addresses,
    images,
    async belongings(signal) {
      const [groups, reserved] = await Promise.all([listGroups(api, deployment, signal), addresses.list(signal)]);
      const ofImages = isBuilder(deployment) ? await leftOfImages(signal) : [];
      return [
        ...reserved.map(({ id, name, tags }) => ({ kind: 'address', id, name, tags })),
        ...groups.flatMap(({ GroupId, Tags }) =>
          GroupId === undefined ? [] : [{ kind: 'security-group', id: GroupId, ...fromTags(Tags) }],
        ),
        ...ofImages.filter(({ tags }) => tags.deployment === deployment),
      ];
    },
    async destroyBelonging({ kind, id }, signal) {
      if (kind === 'address') return addresses.release(id, signal);
      if (kind === 'image' || kind === 'snapshot') {
        const left = isBuilder(deployment) ? await leftOfImages(signal) : [];
        if (!left.some((one) => one.id === id && one.tags.deployment === deployment)) return;
        return kind === 'image' ? images.destroy(id, signal) : destroySnapshot(api, id, signal);
      }
      if (!(await listGroups(api, deployment, signal)).some(({ GroupId }) => GroupId === id)) return;
      await onceFree(
        () =>
          api.call(DeleteSecurityGroupCommand, { GroupId: id }, signal, (error) => isInUse(error) || isNotFound(error)),
        signal,
        'ec2:DeleteSecurityGroup',
      );
    },
    async deployments(signal) {
      const [left, machines, ...others] = await Promise.all([
        leftOfImages(signal),
        describeInstances(ofAnyDeployment, signal),
        describeVolumes(api, ofAnyDeployment, signal),
        describeGroups(api, ofAnyDeployment, signal),
        describeAddresses(api, ofAnyDeployment, signal),
      ]);
      const living = machines.filter((one) => toServer(one).some(isLiving));
      const named = [...living, ...others.flat()].map(({ Tags }) => fromTags(Tags));
      return [...new Set([...named, ...left].map(({ tags }) => tags.deployment))];
    },
    [Symbol.asyncDispose]: async () => api[Symbol.dispose](),
  };
}

function toServer(instance: Instance): Server[] {
  const { InstanceId, State, Tags, LaunchTime, StateReason } = instance;
  const state = states[State?.Name ?? ''];
  if (InstanceId === undefined || state === undefined) return [];
  return [
    {
      ...fromTags(Tags),
      id: InstanceId,
      state,
      cause: state === 'gone' || state === 'stopped' ? StateReason?.Message : undefined,
      privateAddress: instance.PrivateIpAddress,
      publicAddress: instance.PublicIpAddress || undefined,
      zone: instance.Placement?.AvailabilityZone,
      size: instance.InstanceType,
      createdAt: LaunchTime?.getTime() ?? 0,
    },
  ];
}
