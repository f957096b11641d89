/** The OpenNebula driver against a fake in this process that speaks its XML-RPC. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DeploymentId } from '../../contract/ids.ts';
import { describeImages } from '../image-conformance.ts';
import { createMachineCloud } from '../machines/machine-cloud.ts';
import type { Provider } from '../machines/provider.ts';
import { describeProvider } from '../provider-conformance.ts';
import { type FakeOpenNebula, startFakeOpenNebula } from './fake/fake-opennebula.ts';
import { readTemplate } from './fake/rpc.ts';
import { numberOf } from './machines.ts';
import { createOpenNebulaProvider } from './opennebula-provider.ts';
import { OpenNebulaCredentials, type OpenNebulaOptions, OpenNebulaSettings } from './settings.ts';
import { toTemplate } from './template.ts';
import { parseXml } from './xml.ts';

const deployment = 'd-conformance';
const never = new AbortController().signal;

interface More {
  readonly of?: string;
  readonly settings?: Partial<OpenNebulaSettings>;
  readonly credentials?: Partial<OpenNebulaCredentials>;
}

function optionsOf(
  fake: FakeOpenNebula,
  { of = deployment, settings = {}, credentials = {} }: More = {},
): OpenNebulaOptions {
  const { endpoint, username, password } = fake;
  return {
    deployment: DeploymentId.parse(of),
    settings: OpenNebulaSettings.parse(settings),
    credentials: OpenNebulaCredentials.parse({ endpoint, username, password, ...credentials }),
    pauseMs: 1,
  };
}

describeProvider('opennebula (a fake)', async () => {
  const fake = await startFakeOpenNebula();
  return {
    parts: ['machine', 'security-group', 'volume'],
    open: (of) => createOpenNebulaProvider(optionsOf(fake, { of })),
    [Symbol.asyncDispose]: () => fake[Symbol.asyncDispose](),
  };
});

describeImages('opennebula (a fake)', async () => {
  const fake = await startFakeOpenNebula();
  return {
    open: (of) => createOpenNebulaProvider(optionsOf(fake, { of })),
    async imageOf(server) {
      const [disk] = fake.oned.machines.get(numberOf(server) ?? -1)?.template['DISK'] ?? [];
      return typeof disk === 'object' ? (disk['IMAGE_ID'] ?? disk['IMAGE'] ?? '') : '';
    },
    [Symbol.asyncDispose]: () => fake[Symbol.asyncDispose](),
  };
});

describe('OpenNebula in particular', () => {
  let fake: FakeOpenNebula;
  let provider: Provider;
  const tags = { deployment, application: 'app-1', operation: 'op-1' };
  const userData = '#!/bin/sh\necho "a & b" <c>\n';
  const open = (more: More = {}): Provider => createOpenNebulaProvider(optionsOf(fake, more));
  const create = (of: Provider = provider, name = 'one') => of.createServer({ name, tags, userData }, never);
  const machineOf = (id: string) => fake.oned.machines.get(numberOf(id) ?? -1);
  const stateOf = async (id: string) => (await provider.listServers(never)).find((server) => server.id === id)?.state;

  beforeAll(async () => {
    fake = await startFakeOpenNebula();
    provider = open();
  });
  afterAll(async () => {
    await provider[Symbol.asyncDispose]();
    await fake[Symbol.asyncDispose]();
  });

  test('a machine has its size, its disk, its script and its tags, and few open ports', async () => {
    const made = await provider.createServer({ name: 'web', tags, userData, size: '2cpu-4gb' }, never);
    const machine = machineOf(made.id);
    expect(machine?.template).toMatchObject({
      CPU: '2',
      VCPU: '2',
      MEMORY: '4096',
      DISK: [{ IMAGE: 'Debian Debian 12', SIZE: '16384' }],
      NIC: [{ NETWORK_ID: '1', MODEL: 'virtio' }],
    });
    const script = Buffer.from(userData).toString('base64');
    expect(machine?.template['CONTEXT']).toMatchObject([{ NETWORK: 'YES', START_SCRIPT_BASE64: script }]);
    expect(machine?.own).toMatchObject({ CONPAAS_DEPLOYMENT: deployment, CONPAAS_OPERATION: 'op-1' });
    expect(machine?.own['INFO']).toBe('A "quoted" & <odd> text'); // of the template
    await expect.poll(() => stateOf(made.id)).toBe('running');
    const [listed] = await provider.listServers(never);
    expect(listed).toMatchObject({ size: '2cpu-4gb', privateAddress: expect.stringMatching(/^10\.99\.2\./) });
    const [group] = fake.oned.groups.values();
    expect(group?.['RULE']).toEqual([
      { PROTOCOL: 'ALL', RULE_TYPE: 'outbound' },
      { PROTOCOL: 'TCP', RULE_TYPE: 'inbound', RANGE: '80,443,5555,22' },
      { PROTOCOL: 'ALL', RULE_TYPE: 'inbound', NETWORK_ID: '1' },
    ]);
    await provider.destroyServer(made.id, never);
    const source = { kind: 'copy' as const, programs: async () => [] };
    await createMachineCloud({ provider, source }).retire(never);
    expect(fake.oned.groups.size).toBe(0);
  });

  test('managers are let in where the director is on another cloud', async () => {
    await using further = createOpenNebulaProvider({ ...optionsOf(fake), further: true });
    const made = await further.createServer({ name: 'far', tags, userData, size: '2cpu-4gb' }, never);
    const [group] = fake.oned.groups.values();
    expect(group?.['RULE']).toContainEqual({ PROTOCOL: 'TCP', RULE_TYPE: 'inbound', RANGE: '80,443,5555,22,5556' });
    await further.destroyServer(made.id, never);
    for (const belonging of await further.belongings(never)) await further.destroyBelonging(belonging, never);
    expect(fake.oned.groups.size).toBe(0);
  });

  test.each<[string, Partial<OpenNebulaSettings>, string]>([
    ['the newest of the system', { system: 'ubuntu' }, 'ubuntu-24.04'],
    ['by name', { template: 'Debian 11' }, 'Debian 11'],
    ['by id', { template: '0' }, 'Alpine'],
  ])('a template is found: %s', async (_what, settings, name) => {
    await using some = open({ settings });
    const { id } = await create(some);
    expect(machineOf(id)?.template['DISK']).toMatchObject([{ IMAGE: `Debian ${name}` }]);
    await some.destroyServer(id, never);
  });

  test('a network by name, and cloud-init in place of the packages of OpenNebula', async () => {
    await using some = open({ settings: { network: 'public', contextualization: 'cloud-init' } });
    const { id } = await create(some);
    expect(machineOf(id)?.template['NIC']).toMatchObject([{ NETWORK_ID: '2', NETWORK: 'public' }]);
    expect(machineOf(id)?.template['CONTEXT']).toMatchObject([{ USER_DATA_ENCODING: 'base64' }]);
    await some.destroyServer(id, never);
  });

  test('offers are sizes of ours, with unknown prices; others can be named', async () => {
    const offers = await provider.offers(never);
    expect(offers.find((offer) => offer.default)).toMatchObject({ name: '1cpu-2gb', cpus: 1, memoryMb: 2048 });
    expect(offers.every(({ pricePerHour }) => pricePerHour === undefined)).toBe(true);
    const odd = provider.createServer({ name: 'odd', tags, userData, size: 'large' }, never);
    await expect(odd).rejects.toMatchObject({ code: 'invalid_request', message: /2cpu-4gb/ });
  });

  test('an older version is asked as it wants to be, and lists are read page by page', async () => {
    fake.unknown.add('one.vmpool.infoextended');
    const { id } = await create(provider, 'older');
    await expect.poll(() => stateOf(id)).toBe('running');
    fake.unknown.clear();
    for (let at = 100; at < 520; at += 1) fake.oned.templates.set(at, { name: `other ${at}`, attributes: {} });
    fake.oned.templates.set(520, {
      name: 'last',
      attributes: { DISK: [{ IMAGE_ID: '1' }], NIC: [{ NETWORK_ID: '1' }] },
    });
    await using some = open({ settings: { template: 'last' } });
    await some.check(never);
    for (let at = 100; at <= 520; at += 1) fake.oned.templates.delete(at);
    await provider.destroyServer(id, never);
  });

  describe('what goes wrong', () => {
    test('wrong credentials', async () => {
      await using other = open({ credentials: { password: 'no' } });
      await expect(other.check(never)).rejects.toMatchObject({
        code: 'unauthenticated',
        message: /does not accept these credentials/,
      });
    });

    test('a permission that lacks is named', async () => {
      fake.oned.rights.delete('CREATE TEMPLATE');
      await expect(create()).rejects.toMatchObject({
        code: 'forbidden',
        message: /may not do this: CREATE TEMPLATE.*conpaas cloud policy opennebula/,
      });
      fake.oned.rights.add('CREATE TEMPLATE');
    });

    test('a quota that is used up', async () => {
      fake.oned.limit = 0;
      await expect(provider.check(never)).rejects.toThrow(/quota is used up: machines, \d of 0/);
      await expect(create()).rejects.toMatchObject({ code: 'cloud_failed', message: /quota for VMS is used up/ });
      fake.oned.limit = -2;
    });

    test('a network that is out of order', async () => {
      const network = fake.oned.networks.get(1);
      if (network) network.state = 5;
      await expect(create()).rejects.toThrow(/no address left, or is out of order.*lease/);
      await using named = open({ settings: { network: 'private' } });
      await expect(named.check(never)).rejects.toThrow(/private is not ready \(state 5\)/);
      if (network) network.state = 1;
    });

    test('a machine that fails says why', async () => {
      fake.oned.boots = { state: 3, lcm: 36, error: 'Error deploying virtual machine' };
      const { id } = await create(provider, 'failing');
      await expect.poll(() => stateOf(id)).toBe('failed');
      const failed = (await provider.listServers(never)).find((server) => server.id === id);
      expect(failed?.cause).toBe('The cloud says: Error deploying virtual machine');
      fake.oned.boots = { state: 3, lcm: 3 };
      await provider.destroyServer(id, never);
    });

    test('what may have arrived is not sent twice; what only looks is', async () => {
      fake.interferences.push({ method: 'one.template.instantiate', status: 'hang up' });
      await expect(create(provider, 'cut')).rejects.toMatchObject({ code: 'unreachable', failure: { retry: true } });
      fake.interferences.push({ method: 'one.vmpool.infoextended', status: 'hang up' });
      fake.interferences.push({ method: 'one.vmpool.infoextended', status: 503 });
      await provider.listServers(never);
    });

    test('another version, another service, nothing that fits', async () => {
      fake.oned.version = '4.14.0';
      await expect(provider.check(never)).rejects.toThrow(/OpenNebula 4\.14\.0/);
      fake.oned.version = '7.0.1';
      await provider.check(never);
      await using other = open({ settings: { template: 'nonsense' } });
      await expect(other.check(never)).rejects.toThrow(/no template nonsense.*Debian 12/);
      fake.interferences.push({ method: 'one.system.version', status: 404 });
      await expect(provider.check(never)).rejects.toThrow(/no API of OpenNebula/);
    });
  });
});

describe("OpenNebula's languages", () => {
  test.each(['plain', 'with "quotes"', 'a\\b', 'ends in \\', 'odd \\" one', '[ A = "b" ]', ''])(
    'a template holds %j',
    (text) => {
      const read = readTemplate(toTemplate({ NAME: text, NIC: [{ TEXT: text, ID: 1 }, { ID: 2 }] }));
      const kept = text.replace(/\\+(?="|$)/g, '');
      expect(read).toEqual({ NAME: kept, NIC: [{ TEXT: kept, ID: '1' }, { ID: '2' }] });
    },
  );

  test('XML: CDATA, entities, what is repeated; anything else is refused', () => {
    expect(
      parseXml('<A>\n<B><![CDATA[<x> & "y"]]></B><C/><D>1</D><D>2</D><E>a &amp; &#98;&#x63; &unknown;</E></A>'),
    ).toEqual({
      A: { B: '<x> & "y"', C: '', D: ['1', '2'], E: 'a & bc &unknown;' },
    });
    const whole = '<?xml version="1.0"?><!-- a > b --><A x="1"><B y="2"/></A>\n';
    expect(parseXml(whole)).toEqual({ A: { B: '' } });
    const bomb = '<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;">]><A>&c;</A>';
    for (const wrong of [
      bomb,
      '<A><B></A>',
      '<A>',
      '</A>',
      '<A/></A>',
      'text',
      '',
      '<A',
      '<A><![CDATA[x</A>',
      '<A/><B/>',
    ]) {
      expect(() => parseXml(wrong), wrong).toThrow();
    }
    expect(() => parseXml('<A>'.repeat(200) + '</A>'.repeat(200))).toThrow();
  });
});
