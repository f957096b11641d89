/** The OpenStack driver against a fake in this process that speaks the protocol of its services. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DeploymentId } from '../../contract/ids.ts';
import { describeAddresses } from '../address-conformance.ts';
import { describeImages } from '../image-conformance.ts';
import { createMachineCloud } from '../machines/machine-cloud.ts';
import type { Provider } from '../machines/provider.ts';
import { describeProvider } from '../provider-conformance.ts';
import { type FakeOpenStack, startFakeOpenStack } from './fake/fake-openstack.ts';
import { createOpenStackProvider } from './openstack-provider.ts';
import { uuidOf } from './servers.ts';
import { OpenStackCredentials, type OpenStackOptions, OpenStackSettings } from './settings.ts';

const deployment = 'd-conformance';
const never = new AbortController().signal;

interface More {
  readonly of?: string;
  readonly settings?: Partial<OpenStackSettings>;
  readonly credentials?: Partial<OpenStackCredentials>;
}

function optionsOf(fake: FakeOpenStack, { of = deployment, settings = {}, credentials }: More = {}): OpenStackOptions {
  const { id, secret } = fake.accounts.applicationCredential;
  const given = credentials ?? { applicationCredentialId: id, applicationCredentialSecret: secret };
  return {
    deployment: DeploymentId.parse(of),
    settings: OpenStackSettings.parse(settings),
    credentials: OpenStackCredentials.parse({ authUrl: fake.authUrl, ...given }),
    pauseMs: 1,
  };
}

describeProvider('openstack (a fake)', async () => {
  const fake = await startFakeOpenStack();
  return {
    parts: ['floating-ip', 'machine', 'port', 'security-group', 'volume'],
    open: (of) => createOpenStackProvider(optionsOf(fake, { of })),
    [Symbol.asyncDispose]: () => fake[Symbol.asyncDispose](),
  };
});

describeAddresses('openstack (a fake)', async () => {
  const fake = await startFakeOpenStack();
  return {
    deployment,
    open: (of) => createOpenStackProvider(optionsOf(fake, { of })),
    [Symbol.asyncDispose]: () => fake[Symbol.asyncDispose](),
  };
});

describeImages('openstack (a fake)', async () => {
  const fake = await startFakeOpenStack();
  return {
    open: (of) => createOpenStackProvider(optionsOf(fake, { of })),
    imageOf: async (server) => fake.nova.servers.get(uuidOf(server))?.image ?? '',
    [Symbol.asyncDispose]: () => fake[Symbol.asyncDispose](),
  };
});

describe('OpenStack in particular', () => {
  let fake: FakeOpenStack;
  let provider: Provider;
  const tags = { deployment, application: 'app-1', operation: 'op-1' };
  const userData = '#!/bin/sh\n';
  const open = (more: More = {}): Provider => createOpenStackProvider(optionsOf(fake, more));
  const kinds = async (of: Provider): Promise<string[]> => (await of.belongings(never)).map(({ kind }) => kind).sort();
  const retire = (of: Provider): Promise<void> =>
    createMachineCloud({ provider: of, source: { kind: 'copy', programs: async () => [] } }).retire(never);
  const stateOf = async (id: string) => (await provider.listServers(never)).find((server) => server.id === id)?.state;

  beforeAll(async () => {
    fake = await startFakeOpenStack();
    provider = open();
  });
  afterAll(async () => {
    await provider[Symbol.asyncDispose]();
    await fake[Symbol.asyncDispose]();
  });

  test('a machine has a disk with its script, tags in all its parts, a floating IP, and few open ports', async () => {
    const made = await provider.createServer({ name: 'web', tags, userData }, never);
    const server = fake.nova.servers.get(uuidOf(made.id));
    expect(server).toMatchObject({ name: 'conpaas-web', configDrive: true, userData, fromVolume: false });
    expect(server?.flavor.name).toBe('m1.small'); // the smallest with 2 GB
    expect(server?.metadata).toMatchObject({ 'conpaas:deployment': deployment, 'conpaas:operation': 'op-1' });
    expect(server?.tags).toEqual(['conpaas', `conpaas-${deployment}`]);
    await expect.poll(() => stateOf(made.id)).toBe('running');
    const [listed] = await provider.listServers(never);
    expect(listed).toMatchObject({
      size: 'm1.small',
      zone: 'nova',
      privateAddress: expect.stringMatching(/^10\.99\./),
      publicAddress: expect.stringMatching(/^203\.0\.113\./),
    });
    expect(await kinds(provider)).toEqual(['floating-ip', 'port', 'security-group']);
    for (const belonging of await provider.belongings(never)) {
      expect(belonging.tags.deployment).toBe(deployment);
      expect(belonging.createdAt).toBeUndefined(); // a machine has it
    }
    const rules = [...fake.neutron.things['security-group-rules'].values()];
    const open4 = rules.filter((rule) => rule['direction'] === 'ingress' && rule['remote_group_id'] === null);
    expect(open4.map((rule) => rule['port_range_min']).sort()).toEqual([22, 443, 5555, 80]);
    expect(await provider.console(made.id, never)).toMatch(/^console of/);

    await provider.destroyServer(made.id, never);
    expect(await kinds(provider)).toEqual(['security-group']);
    await retire(provider);
    expect(await kinds(provider)).toEqual([]);
    expect(fake.neutron.things['security-group-rules'].size).toBe(0);
  });

  test.each<[string, Partial<OpenStackSettings>, string, boolean]>([
    ['all', { publicAddresses: 'all' }, 'app-1', true],
    ['only the director, and this is none', { publicAddresses: 'director' }, 'app-1', false],
    ['only the director, and this is one', { publicAddresses: 'director' }, '', true],
    ['a network without a router', { network: 'provider' }, 'app-1', false],
    ['a network outside', { network: 'public' }, 'app-1', false],
  ])('floating IPs: %s', async (_what, settings, application, wanted) => {
    await using some = open({ settings, of: 'd-floating' });
    const of = { deployment: 'd-floating', application, operation: 'op-1' };
    await some.createServer({ name: 'one', tags: of, userData }, never);
    expect((await kinds(some)).includes('floating-ip')).toBe(wanted);
    for (const { id } of await some.listServers(never)) await some.destroyServer(id, never);
    await retire(some);
  });

  test('a flavor without a disk starts from a volume', async () => {
    const made = await provider.createServer({ name: 'bare', tags, userData, size: 'b1.small' }, never);
    expect(fake.nova.servers.get(uuidOf(made.id))?.fromVolume).toBe(true);
    await provider.destroyServer(made.id, never);
  });

  test('offers are the flavors, all pages of them; prices are unknown', async () => {
    const offers = await provider.offers(never);
    expect(offers.map(({ name }) => name)).toEqual(['m1.tiny', 'b1.small', 'm1.small', 'm1.medium']);
    expect(offers.filter((offer) => offer.default).map(({ name }) => name)).toEqual(['m1.small']);
    expect(offers.every(({ pricePerHour }) => pricePerHour === undefined)).toBe(true);
  });

  test('quotas are told, those without a limit are not', async () => {
    const quotas = (await provider.quotas?.(never)) ?? [];
    expect(quotas).toContainEqual({
      name: 'Security groups',
      used: fake.neutron.things['security-groups'].size,
      limit: 10,
    });
    expect(quotas.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['Machines', 'Volumes in GB', 'Ports', 'Floating IPs']),
    );
    expect(quotas.map(({ name }) => name)).not.toContain('Virtual CPUs');
  });

  test('zones', async () => {
    expect(await provider.zones(never)).toEqual(['nova']);
  });

  test('a crash between port and machine: the next attempt takes the port, and a sweep knows how old it is', async () => {
    fake.interfere(/^POST .*\/servers$/, 'hang up');
    await expect(provider.createServer({ name: 'crashed', tags, userData }, never)).rejects.toMatchObject({
      code: 'unreachable',
      failure: { retry: true },
    });
    const left = (await provider.belongings(never)).filter(({ kind }) => kind !== 'security-group');
    expect(left.map(({ kind }) => kind).sort()).toEqual(['floating-ip', 'port']);
    for (const { name, createdAt } of left) {
      expect(name).toBe('crashed');
      expect(createdAt).toBeGreaterThan(0);
    }
    const made = await provider.createServer({ name: 'crashed', tags, userData }, never);
    expect((await provider.belongings(never)).map(({ kind }) => kind).sort()).toEqual([
      'floating-ip',
      'port',
      'security-group',
    ]);
    await provider.destroyServer(made.id, never);
  });

  describe('what goes wrong', () => {
    const create = (of: Provider = provider) => of.createServer({ name: 'wrong', tags, userData }, never);
    const nothingLeft = async () => expect(await kinds(provider)).not.toContain('port');

    test('a token that has ended is renewed, once for all who wait', async () => {
      await provider.check(never);
      const before = fake.keystone.signIns();
      fake.keystone.expireTokens();
      await Promise.all([provider.listServers(never), provider.offers(never), provider.belongings(never)]);
      expect(fake.keystone.signIns()).toBe(before + 1);
    });

    test('throttled: waits as long as it is asked to, and goes on', async () => {
      const busy = {
        status: 429,
        body: { overLimit: { code: 429, message: 'slow' } },
        headers: { 'retry-after': '0' },
      };
      fake.interfere(/servers\/detail/, busy, busy);
      await provider.listServers(never);
      fake.interfere(/servers\/detail/, busy, busy, busy, busy, busy);
      await expect(provider.listServers(never)).rejects.toThrow(/fewer requests/);
    });

    test('a service that is away for a moment, or closes its connections, is asked again', async () => {
      const away = { status: 503, body: '<html><body>Service Unavailable</body></html>' };
      fake.interfere(/security-groups/, away, 'hang up', away);
      await provider.belongings(never);
    });

    test('wrong credentials', async () => {
      const { id } = fake.accounts.applicationCredential;
      await using other = open({ credentials: { applicationCredentialId: id, applicationCredentialSecret: 'no' } });
      const wrong = await other.check(never).catch((error: unknown) => error);
      expect(wrong).toMatchObject({ code: 'unauthenticated', message: /does not accept these credentials/ });
      const none = { applicationCredentialId: 'none', applicationCredentialSecret: 'secret-of-none' };
      await using nobody = open({ credentials: none });
      const unknown = await nobody.check(never).catch((error: unknown) => error);
      expect(unknown).toMatchObject({ code: 'unauthenticated' });
      expect(JSON.stringify(unknown)).not.toContain('secret-of-none');
    });

    test.each<[string, (fake: FakeOpenStack) => Partial<OpenStackCredentials>]>([
      ['by names', ({ accounts: { user, project } }) => ({ ...sign(user), project: project.name })],
      [
        'by id, with domains',
        ({ accounts: { user, project } }) => ({
          ...sign(user),
          project: project.id,
          userDomain: 'default',
          projectDomain: 'Default',
        }),
      ],
    ])('a user signs in with a password, %s', async (_what, credentials) => {
      await using other = open({ credentials: credentials(fake) });
      await other.check(never);
    });

    test('a list that changes while it is read is read anew; one that never stays is given up', async () => {
      const lost = { status: 404, body: { NeutronError: { type: 'PortNotFound', message: 'gone', detail: '' } } };
      const names = ['l1', 'l2', 'l3', 'l4'];
      for (const name of names) await provider.createServer({ name, tags, userData }, never);
      fake.interfere(/ports.*marker/, lost, lost);
      const before = (await provider.belongings(never)).length;
      expect(before).toBe(2 * names.length + 1);
      fake.interfere(/ports.*marker/, lost, lost, lost);
      await expect(provider.belongings(never)).rejects.toMatchObject({ code: 'cloud_failed' });
      for (const { id } of await provider.listServers(never)) await provider.destroyServer(id, never);
    });

    test('a role that lacks is named', async () => {
      fake.nova.allowed = false;
      await expect(create()).rejects.toMatchObject({
        code: 'forbidden',
        message: /os_compute_api:servers:create.*role "member"/,
      });
      fake.nova.allowed = true;
      await nothingLeft();
    });

    test('a quota that is used up is named, whichever service has it', async () => {
      fake.nova.quota.instances = 0;
      await expect(provider.check(never)).rejects.toMatchObject({ message: /quota is used up: machines, \d+ of \d+/ });
      await expect(create()).rejects.toMatchObject({ code: 'cloud_failed', message: /quota for instances is used up/ });
      fake.nova.quota.instances = 50;
      fake.neutron.quotas.floatingip = fake.neutron.things.floatingips.size;
      await expect(create()).rejects.toMatchObject({ message: /quota for floatingip is used up/ });
      fake.neutron.quotas.floatingip = 50;
      await nothingLeft();
      const big = provider.volumes?.create({ name: 'big', tags, sizeGb: 2000 }, never);
      await expect(big).rejects.toMatchObject({ code: 'cloud_failed', message: /quota/ });
    });

    test('no room: the machine fails, and says why', async () => {
      fake.nova.room = false;
      const { id } = await create();
      await expect.poll(() => stateOf(id)).toBe('failed');
      const failed = (await provider.listServers(never)).find((server) => server.id === id);
      expect(failed?.cause).toMatch(/no room for a machine of this size.*No valid host/);
      fake.nova.room = true;
      await provider.destroyServer(id, never);
      await nothingLeft();
    });

    test('a cloud that is too old, without volumes, with several regions or networks, without an image', async () => {
      fake.nova.highest = '2.38';
      await expect(provider.check(never)).rejects.toThrow(/too old.*2\.52/);
      fake.nova.highest = '2.93';
      fake.services.delete('volumev3');
      await using bare = open();
      expect(await bare.volumes?.list(never)).toEqual([]);
      await expect(bare.volumes?.create({ name: 'x', tags, sizeGb: 1 }, never)).rejects.toThrow(/no volumes/);
      fake.services.add('volumev3');
      fake.regions.add('RegionTwo');
      await using torn = open();
      await expect(torn.check(never)).rejects.toThrow(/several regions.*RegionOne, RegionTwo/);
      await using chosen = open({ settings: { region: 'RegionTwo' } });
      await chosen.check(never);
      await using nowhere = open({ settings: { region: 'RegionTen' } });
      await expect(nowhere.check(never)).rejects.toThrow(/no Nova|no Neutron|no Glance/);
      fake.regions.delete('RegionTwo');
      await using none = open({ settings: { network: 'nonsense' } });
      await expect(none.check(never)).rejects.toThrow(/no network nonsense/);
      const { networks } = fake.neutron.things;
      const [private1] = networks.values();
      networks.set('second', { ...private1, id: 'second', name: 'other' });
      await expect(provider.check(never)).rejects.toThrow(/several networks: private .*other/);
      networks.delete('second');
      await using imageless = open({ settings: { image: 'nonsense' } });
      await expect(imageless.check(never)).rejects.toThrow(/no image nonsense/);
    });

    test('an API that is not there, or is another one', async () => {
      await using away = createOpenStackProvider(optionsOf({ ...fake, authUrl: 'http://127.77.5.1:9' }));
      await expect(away.check(never)).rejects.toMatchObject({ code: 'unreachable', message: /127\.77\.5\.1:9/ });
      await using other = createOpenStackProvider(
        optionsOf({ ...fake, authUrl: fake.authUrl.replace('identity', 'x') }),
      );
      await expect(other.check(never)).rejects.toMatchObject({ code: 'cloud_failed' });
    });

    test('who gives up is not waited for', async () => {
      const controller = new AbortController();
      fake.interfere(/limits/, { status: 503, headers: { 'retry-after': '3600' } });
      const waiting = provider.check(controller.signal);
      controller.abort();
      await expect(waiting).rejects.toMatchObject({ name: 'AbortError' });
    });
  });
});

const sign = (user: FakeOpenStack['accounts']['user']) => ({ username: user.name, password: user.password });
