/** The printed policy is what the driver needs and no more. The fake lets its application credential do nothing else. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DeploymentId } from '../../contract/ids.ts';
import { createMachineCloud } from '../machines/machine-cloud.ts';
import type { Provider } from '../machines/provider.ts';
import { type FakeOpenStack, startFakeOpenStack } from './fake/fake-openstack.ts';
import { allows } from './fake/keystone.ts';
import { createOpenStackProvider } from './openstack-provider.ts';
import { policy } from './policy.ts';
import { OpenStackSettings } from './settings.ts';

const never = new AbortController().signal;
const tags = { deployment: 'd-policy', application: 'app-1', operation: 'op-1' };
let fake: FakeOpenStack;
let provider: Provider;

beforeAll(async () => {
  fake = await startFakeOpenStack();
  const { id, secret } = fake.accounts.applicationCredential;
  provider = createOpenStackProvider({
    deployment: DeploymentId.parse(tags.deployment),
    settings: OpenStackSettings.parse({}),
    credentials: { authUrl: fake.authUrl, applicationCredentialId: id, applicationCredentialSecret: secret },
    pauseMs: 1,
  });
});
afterAll(async () => {
  await provider[Symbol.asyncDispose]();
  await fake[Symbol.asyncDispose]();
});

/** All that a deployment does at a cloud, from its check to its end. */
async function doEverything(): Promise<void> {
  const { volumes, addresses, images } = provider;
  if (!volumes || !addresses || !images) throw new Error('OpenStack has volumes, addresses and images');
  await provider.check(never);
  await provider.offers(never);
  await provider.quotas?.(never);
  const [zone] = await provider.zones(never);
  const { id } = await provider.createServer({ name: 'web', tags, userData: '#!/bin/sh\n', zone }, never);
  const state = async () => (await provider.listServers(never)).find((server) => server.id === id)?.state;
  await expect.poll(state, { timeout: 30_000 }).toBe('running');
  await provider.console(id, never);
  await provider.power(id, false, never);
  await expect.poll(state, { timeout: 30_000 }).toBe('stopped');
  const volume = await volumes.create({ name: 'data', tags, sizeGb: 1, zone }, never);
  const attachedTo = async () => (await volumes.list(never)).find((one) => one.id === volume.id)?.attachedTo;
  await volumes.attach(volume.id, id, never);
  await expect.poll(attachedTo, { timeout: 30_000 }).toBe(id);
  await volumes.detach(volume.id, never);
  await expect.poll(attachedTo, { timeout: 30_000 }).toBe(undefined);
  await volumes.destroy(volume.id, never);
  await images.base(never);
  const name = 'conpaas-1.2.3-debian-12-x64-20260131-101500-abcdefghijkl';
  await images.destroy((await images.create({ name, tags, server: id }, never)).id, never);
  const address = await addresses.reserve({ name: 'address-app-1', tags }, never);
  await addresses.assign(address.id, id, never);
  await provider.destroyServer(id, never);
  await createMachineCloud({ provider, source: { kind: 'copy', programs: async () => [] } }).retire(never);
  expect(await provider.belongings(never)).toEqual([]);
}

test('all that a deployment does is in the policy, and all that is in the policy is done', async () => {
  // Those for this cloud's catalogue: its Cinder has the project in its address.
  const withProject = '/**v3/{project}/';
  const rules = policy().filter(
    ({ service, path }) =>
      ['compute', 'network', 'image'].includes(service) || (service === 'volumev3' && path.startsWith(withProject)),
  );
  const unused = new Set(rules);
  const { accepts } = fake.keystone;
  fake.keystone.accepts = (token, request) => {
    for (const rule of rules) {
      fake.keystone.accessRules = [rule];
      if (accepts(token, request)) unused.delete(rule);
    }
    fake.keystone.accessRules = rules;
    return accepts(token, request);
  };
  try {
    await doEverything();
  } finally {
    fake.keystone.accepts = accepts;
    fake.keystone.accessRules = policy();
  }
  expect([...unused]).toEqual([]);
}, 120_000);

test('what a rule lacks is named, and nothing is said of wrong credentials', async () => {
  fake.keystone.accessRules = policy().filter(({ method, path }) => `${method} ${path}` !== 'POST /**v2.1/servers');
  try {
    await expect(provider.createServer({ name: 'refused', tags, userData: '' }, never)).rejects.toMatchObject({
      code: 'forbidden',
      message: /does not let them do this: POST \/servers of compute\..*conpaas cloud policy openstack/,
    });
    expect((await provider.belongings(never)).map(({ kind }) => kind)).toEqual(['security-group']);
  } finally {
    fake.keystone.accessRules = policy();
  }
});

test.each([
  [true, 'compute', 'POST', '/v2.1/servers'],
  [true, 'compute', 'POST', '/compute/v2.1/servers'],
  [true, 'compute', 'DELETE', '/v2.1/servers/id/os-volume_attachments/id'],
  [false, 'compute', 'PUT', '/v2.1/servers/id'],
  [false, 'compute', 'POST', '/v2.1/servers/id/metadata'],
  [false, 'network', 'POST', '/v2.1/servers'],
  [true, 'network', 'DELETE', '/v2.0/ports/id'],
  [false, 'network', 'POST', '/v2.0/networks'],
  [true, 'volumev3', 'GET', '/v3/project/volumes/detail'],
  [true, 'block-storage', 'GET', '/volume/v3/volumes/detail'],
  [false, 'volumev3', 'POST', '/v3/project/manageable_volumes'],
  [false, 'volumev3', 'DELETE', '/v3/project/snapshots/id'],
  [false, 'image', 'POST', '/v2/images'],
  [true, 'image', 'DELETE', '/v2/images/id'],
  [false, 'image', 'DELETE', '/v2/images/id/tags/a'],
])('allowed: %s, of %s %s %s', (allowed, service, method, path) => {
  expect(policy().some((rule) => allows(rule, { service, method, path }))).toBe(allowed);
});

test('each service is named by all types that catalogues have for it', () => {
  const types = new Set(policy().map(({ service }) => service));
  expect([...types].sort()).toEqual(['block-storage', 'compute', 'image', 'network', 'volume', 'volumev3']);
});
