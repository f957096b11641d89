/** The EC2 driver against moto, a server of the EC2 API that nobody here wrote. Its records are real; nothing boots. */
import {
  DeregisterImageCommand,
  DescribeImagesCommand,
  DescribeInstancesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSnapshotsCommand,
  EC2Client,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DeploymentId } from '../../contract/ids.ts';
import { describeAddresses } from '../address-conformance.ts';
import { describeRecords, recordsOf } from '../conformance.ts';
import { describeImages } from '../image-conformance.ts';
import { imageName, newBuilder } from '../machines/images.ts';
import { createMachineCloud } from '../machines/machine-cloud.ts';
import type { Provider } from '../machines/provider.ts';
import { describeVolumes } from '../volume-conformance.ts';
import { openApi } from './api.ts';
import { createEc2Provider } from './ec2-provider.ts';
import { findImage } from './images.ts';
import { type Moto, startMoto } from './moto.ts';
import { type Ec2Options, Ec2Settings } from './settings.ts';

const deployment = 'd-conformance';
const never = new AbortController().signal;
const credentials = { accessKeyId: 'AKIATESTTESTTEST', secretAccessKey: 'of-this-test' };

const optionsOf = (moto: Moto, more: Partial<Ec2Settings> = {}, of = deployment): Ec2Options => ({
  deployment: DeploymentId.parse(of),
  settings: Ec2Settings.parse({ region: 'eu-west-1', endpoint: moto.endpoint, ...more }),
  credentials,
});

describeRecords('ec2 (moto)', async () => {
  const moto = await startMoto();
  return {
    deployment,
    open: (of) => recordsOf(createEc2Provider(optionsOf(moto, {}, of))),
    [Symbol.asyncDispose]: () => moto[Symbol.asyncDispose](),
  };
});

describeVolumes('ec2 (moto)', async () => {
  const moto = await startMoto();
  const provider = createEc2Provider(optionsOf(moto));
  const { volumes } = provider;
  if (!volumes) throw new Error('EC2 has volumes');
  return {
    deployment,
    attachMs: 10_000,
    open: (of) => recordsOf(createEc2Provider(optionsOf(moto, {}, of))),
    volumes: () => volumes,
    async [Symbol.asyncDispose]() {
      await provider[Symbol.asyncDispose]();
      await moto[Symbol.asyncDispose]();
    },
  };
});

describeAddresses('ec2 (moto)', async () => {
  const moto = await startMoto();
  return {
    deployment,
    open: (of) => createEc2Provider(optionsOf(moto, {}, of)),
    [Symbol.asyncDispose]: () => moto[Symbol.asyncDispose](),
  };
});

describeImages('ec2 (moto)', async () => {
  const moto = await startMoto();
  const client = new EC2Client({ region: 'eu-west-1', endpoint: moto.endpoint, credentials });
  return {
    open: (of) => createEc2Provider(optionsOf(moto, {}, of)),
    async imageOf(server) {
      const { Reservations } = await client.send(new DescribeInstancesCommand({ InstanceIds: [server] }));
      return Reservations?.[0]?.Instances?.[0]?.ImageId ?? '';
    },
    async [Symbol.asyncDispose]() {
      client.destroy();
      await moto[Symbol.asyncDispose]();
    },
  };
});

describe('EC2 in particular', () => {
  let moto: Moto;
  let provider: Provider;
  let client: EC2Client;
  beforeAll(async () => {
    moto = await startMoto();
    provider = createEc2Provider(optionsOf(moto));
    client = new EC2Client({ region: 'eu-west-1', endpoint: moto.endpoint, credentials });
  });
  afterAll(async () => {
    client.destroy();
    await provider[Symbol.asyncDispose]();
    await moto[Symbol.asyncDispose]();
  });

  test.each([
    [{}, 'ami-0debian1new00000'],
    [{ architecture: 'arm64' as const }, 'ami-0debian1arm00000'],
    [{ system: 'ubuntu' as const }, 'ami-0ubuntu240400000'],
    [{ image: 'ami-0debian1old00000' }, 'ami-0debian1old00000'],
  ])('finds the image of %o by its publisher', async (more, image) => {
    const options = optionsOf(moto, more);
    using api = openApi(options);
    expect((await findImage(api, options.settings, never)).id).toBe(image);
  });

  test('says what to do where the region has no such image', async () => {
    await using bare = createEc2Provider(optionsOf(moto, { system: 'ubuntu', architecture: 'arm64' }));
    await expect(bare.check(never)).rejects.toMatchObject({
      code: 'cloud_failed',
      message: /no image of ubuntu for arm64/,
    });
  });

  test('offers have prices by region, cheapest first; other clouds with this API have unknown ones', async () => {
    const elsewhere = await provider.offers(never);
    expect(elsewhere.find(({ name }) => name === 't3.small')).toMatchObject({ cpus: 2, memoryMb: 2048 });
    expect(elsewhere.every(({ pricePerHour }) => pricePerHour === undefined)).toBe(true);
    expect(new Set(elsewhere.map(({ name }) => name)).size).toBe(elsewhere.length);
  });

  test('a machine demands tokens of its metadata service, is encrypted, tagged in all its parts, and let in by few ports', async () => {
    const tags = { deployment, application: 'app-1', operation: 'op-1' };
    const made = await provider.createServer({ name: 'web', tags, userData: '#!/bin/sh\n' }, never);
    const { Reservations } = await client.send(new DescribeInstancesCommand({ InstanceIds: [made.id] }));
    const instance = Reservations?.[0]?.Instances?.[0];
    expect(instance?.MetadataOptions).toMatchObject({ HttpTokens: 'required', HttpPutResponseHopLimit: 1 });
    expect(instance?.Tags).toContainEqual({ Key: 'conpaas:operation', Value: 'op-1' });
    const { SecurityGroups = [] } = await client.send(
      new DescribeSecurityGroupsCommand({
        GroupIds: instance?.SecurityGroups?.map(({ GroupId }) => GroupId ?? '') ?? [],
      }),
    );
    const ports = SecurityGroups.flatMap(({ IpPermissions = [] }) => IpPermissions)
      .filter(({ IpRanges = [] }) => IpRanges.length > 0)
      .map(({ FromPort }) => FromPort);
    expect(ports.sort()).toEqual([22, 443, 5555, 80]);
    expect(await provider.belongings(never)).toMatchObject([{ kind: 'security-group', tags: { deployment } }]);

    await provider.destroyServer(made.id, never);
    for (const belonging of await provider.belongings(never)) await provider.destroyBelonging(belonging, never);
    expect(await provider.belongings(never)).toEqual([]);
  });

  test('a sweep sees all that carries the tag, and removes only what is of its deployment', async () => {
    const source = { kind: 'copy' as const, programs: async () => [] };
    const cloudOf = (of: string) =>
      createMachineCloud({ provider: createEc2Provider(optionsOf(moto, {}, of)), source });
    await using swept = cloudOf('d-swept');
    const make = async (of: string) => {
      await using maker = createEc2Provider(optionsOf(moto, {}, of));
      const tags = { deployment: of, application: 'app-lost', operation: 'op-1' };
      const server = await maker.createServer({ name: 'lost', tags, userData: '#!/bin/sh\n' }, never);
      const volume = await maker.volumes?.create({ name: 'data', tags, sizeGb: 1 }, never);
      return { server: server.id, volume: volume?.id ?? '' };
    };
    const [lost, others] = [await make('d-swept'), await make('d-others')];
    const [image] = (await client.send(new DescribeImagesCommand({ Owners: ['136693071363'] }))).Images ?? [];
    const run = new RunInstancesCommand({ ImageId: image?.ImageId, MinCount: 1, MaxCount: 1 });
    const untagged = (await client.send(run)).Instances?.[0]?.InstanceId ?? '';

    const things = await swept.tagged(never);
    expect(things.map(({ kind }) => kind).sort()).toEqual(['machine', 'security-group', 'volume', 'volume']); // its root disk too
    expect(things.find(({ kind }) => kind === 'machine')).toMatchObject({ id: lost.server, name: 'lost' });
    for (const { kind, createdAt } of things) if (kind !== 'security-group') expect(createdAt).toBeGreaterThan(0);
    expect(await swept.deployments(never)).toEqual(expect.arrayContaining(['d-swept', 'd-others']));

    for (const id of [others.server, untagged]) await swept.removeTagged({ kind: 'machine', id }, never);
    await swept.removeTagged({ kind: 'volume', id: others.volume }, never);
    await using theirs = cloudOf('d-others');
    expect(await theirs.tagged(never)).toHaveLength(4);
    const { Reservations } = await client.send(new DescribeInstancesCommand({ InstanceIds: [untagged] }));
    expect(Reservations?.[0]?.Instances?.[0]?.State?.Name).toBe('running');

    for (const of of [swept, theirs]) {
      for (const kind of ['machine', 'volume', 'security-group']) {
        for (const thing of await of.tagged(never)) if (thing.kind === kind) await of.removeTagged(thing, never);
      }
      expect(await of.tagged(never)).toEqual([]);
    }
    expect(await swept.deployments(never)).not.toContain('d-swept');
    await client.send(new TerminateInstancesCommand({ InstanceIds: [untagged] }));
  });

  test('the snapshots of an image are tagged, go with it, and are swept where its removal was cut short', async () => {
    const builder = newBuilder(Date.now());
    await using maker = createEc2Provider(optionsOf(moto, { size: 't4g.small' }, builder));
    const base = await maker.images?.base(never);
    expect(base).toEqual({ base: 'debian-12', architecture: 'arm64' }); // what the size decides
    const tags = { deployment: builder, application: '', operation: '' };
    const { id: server } = await maker.createServer(
      { name: 'image', tags, userData: '#!/bin/sh\n', plain: true },
      never,
    );
    const name = imageName({ release: '1.2.3', base: 'debian-12', architecture: 'x64', builder }, Date.now());
    const { id } = (await maker.images?.create({ name, tags, server }, never)) ?? { id: '' };
    const snapshots = async () =>
      (
        await client.send(
          new DescribeSnapshotsCommand({ Filters: [{ Name: 'tag:conpaas:deployment', Values: [builder] }] }),
        )
      ).Snapshots ?? [];
    expect(await snapshots()).toHaveLength(1);
    expect((await maker.belongings(never)).map(({ kind }) => kind)).toEqual(['security-group']);
    await client.send(new DeregisterImageCommand({ ImageId: id }));
    expect((await maker.belongings(never)).map(({ kind }) => kind)).toEqual(['security-group', 'snapshot']);
    expect(await provider.deployments(never)).toContain(builder);
    await maker.destroyServer(server, never);
    for (const belonging of await maker.belongings(never)) await maker.destroyBelonging(belonging, never);
    expect(await snapshots()).toEqual([]);
    expect(await provider.deployments(never)).not.toContain(builder);
  });

  test('off and on again', async () => {
    const tags = { deployment, application: 'app-1', operation: 'op-1' };
    const { id } = await provider.createServer({ name: 'power', tags, userData: '#!/bin/sh\n' }, never);
    const state = async () => (await provider.listServers(never)).find((server) => server.id === id)?.state;
    await expect.poll(state).toBe('running');
    await provider.power(id, false, never);
    await expect.poll(state).toBe('stopped');
    await provider.power(id, true, never);
    await expect.poll(state).toBe('running');
    await provider.destroyServer(id, never);
  });

  test('an API that does not answer is unreachable', async () => {
    await using away = createEc2Provider(optionsOf({ ...moto, endpoint: 'http://127.77.5.1:9' }));
    await expect(away.check(AbortSignal.timeout(30_000))).rejects.toMatchObject({ code: 'unreachable' });
  });
});
