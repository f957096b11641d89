/** A sweep at a fake of OpenStack: what the making of an image has left, of whichever deployment it is looked for. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { imageName, newBuilder } from '../../remote/core/clouds/machines/images.ts';
import { type FakeOpenStack, startFakeOpenStack } from '../../remote/core/clouds/openstack/fake/fake-openstack.ts';
import { openOpenStack } from '../../remote/core/clouds/openstack/index.ts';
import { ConpaasError } from '../../remote/core/contract/errors.ts';
import { DeploymentId } from '../../remote/core/contract/ids.ts';
import { Deployment } from './deployment.ts';
import { createSweeps } from './leftovers.ts';

const never = new AbortController().signal;
const hour = 3600_000;
const id = DeploymentId.parse('d-swept');
let fake: FakeOpenStack;
beforeEach(async () => {
  fake = await startFakeOpenStack();
});
afterEach(() => fake[Symbol.asyncDispose]());

const refuse = async (): Promise<never> => {
  throw new ConpaasError('unreachable', 'There is no director here.');
};
function settingsOf(deployment: string): Record<string, unknown> {
  const { id: applicationCredentialId, secret } = fake.accounts.applicationCredential;
  return {
    ...{ deployment, authUrl: fake.authUrl, applicationCredentialId, applicationCredentialSecret: secret },
  };
}

/** Of a deployment whose director does not answer. */
function sweepsAt(now: number) {
  const deployment = Deployment.parse({
    ...{ id, name: 'swept', owner: 'ann', state: 'running', createdAt: 1, epoch: 1 },
    cloud: { kind: 'openstack', settings: {} },
  });
  const store = { list: async () => [deployment] };
  return createSweeps({
    store: store as unknown as Parameters<typeof createSweeps>[0]['store'],
    credentials: { list: async () => [], get: refuse, add: refuse, remove: refuse },
    directors: { director: refuse } as unknown as Parameters<typeof createSweeps>[0]['directors'],
    driversOf: () => [{ kind: 'openstack', settings: async () => settingsOf(id) }],
    withRoot: async () => deployment,
    now: () => now,
  });
}

async function makeMachine(deployment: string, application: string): Promise<string> {
  await using provider = openOpenStack(settingsOf(deployment));
  const tags = { deployment, application, operation: 'op-1' };
  return (await provider.createServer({ name: 'one', tags, userData: '#!/bin/sh\n', plain: true }, never)).id;
}

test('what is old of a making that was cut short goes; what is young, whole or somebody else’s stays', async () => {
  const builder = newBuilder(Date.now());
  const server = await makeMachine(builder, '');
  await makeMachine('d-others', 'app-1');
  await using provider = openOpenStack(settingsOf(builder));
  const { images } = provider;
  const name = imageName({ release: '1.2.3', base: 'debian-12', architecture: 'x64', builder }, Date.now());
  const isListed = async () => (await images?.list(never))?.[0]?.state;
  await expect
    .poll(async () => (await provider.listServers(never)).find((one) => one.id === server)?.state)
    .toBe('running');
  await images?.create({ name, tags: { deployment: builder, application: '', operation: '' }, server }, never);
  await expect.poll(isListed).toBe('available');

  const options = { target: { deployment: undefined }, afterMs: hour, signal: never } as const;
  const young = await sweepsAt(Date.now()).leftovers(options);
  expect(young.others).toEqual(['d-others']);
  expect(young.findings.map(({ kind, unowned }) => [kind, unowned])).toEqual([
    ['machine', false],
    ['floating-ip', false],
    ['port', false],
    ['security-group', false],
  ]);
  const later = sweepsAt(Date.now() + 2 * hour);
  const { findings } = await later.leftovers(options);
  expect(findings.every(({ unowned, why }) => unowned && why === 'the making of an image was cut short')).toBe(true);
  const { removed, failed } = await later.sweep({ ...options, findings });
  expect(failed).toEqual([]);
  expect(removed).toHaveLength(4);
  expect(await provider.belongings(never)).toEqual([]);
  expect((await provider.listServers(never)).filter(({ state }) => state !== 'gone')).toEqual([]);
  expect(await isListed()).toBe('available');
  await using others = openOpenStack(settingsOf('d-others'));
  expect(await others.listServers(never)).toHaveLength(1);
});
