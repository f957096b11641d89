/** Deployments with several clouds at one of which nobody answers: EC2 twice (moto, records only), one of them out of reach. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Moto, startMoto } from '../../remote/core/clouds/ec2/moto.ts';
import { openProvider } from '../../remote/core/clouds/index.ts';
import type { Provider } from '../../remote/core/clouds/machines/provider.ts';
import { freePort } from '../../remote/core/free-port.fixture.ts';
import { openCredentialStore } from '../credentials/index.ts';
import { openVault } from '../vault/index.ts';
import { type Deployment, openDeploymentStore } from './deployment.ts';
import { type Deployments, openDeployments } from './index.ts';
import { createOpenedClouds } from './opened-clouds.ts';
import { refuseSamePlace } from './same-place.ts';

const id = 'd-several0000000';
const { signal } = new AbortController();
const keys = { accessKeyId: 'AKIATESTTESTTEST', secretAccessKey: 'secret-of-this-test' };

let moto: Moto;
let nowhere: string;
let directory: string;
let deployments: Deployments;
/** By region. */
let there: Record<'eu-west-1' | 'us-east-1', Provider>;

beforeAll(async () => {
  moto = await startMoto();
  nowhere = `http://127.77.5.1:${await freePort('127.77.5.1')}`;
});
afterAll(() => moto[Symbol.asyncDispose]());

const provider = (region: string, deployment = id): Provider =>
  openProvider('ec2', { ...keys, region, endpoint: moto.endpoint, deployment });

async function machine(at: Provider, name: string, deployment = id, application = 'app-one'): Promise<string> {
  const tags = { deployment, application, operation: 'op-one' };
  return (await at.createServer({ name, tags, userData: '#!/bin/sh\n', size: 't3.small' }, signal)).id;
}

beforeEach(async () => {
  directory = await mkdtemp(path.join(os.tmpdir(), 'conpaas-several-'));
  const vault = await openVault(directory, { kind: 'passphrase', passphrase: 'of this test' });
  const credentials = openCredentialStore(vault);
  const add = async (name: string, region: string, endpoint: string): Promise<string> =>
    (await credentials.add({ name, kind: 'ec2', fields: { ...keys, region, endpoint } })).id;
  const [home, stack, gone] = [
    await add('home', 'eu-west-1', moto.endpoint),
    await add('stack', 'us-east-1', moto.endpoint),
    await add('gone', 'us-west-2', nowhere),
  ];
  await openDeploymentStore(directory).put({
    ...{ id, name: 'several', owner: 'ann', state: 'running', createdAt: 0 },
    cloud: { kind: 'ec2', credential: home },
    clouds: [
      { name: 'stack', kind: 'ec2', credential: stack, connected: true },
      { name: 'gone', kind: 'ec2', credential: gone, connected: true },
    ],
  } as unknown as Deployment);
  deployments = openDeployments({ dataDirectory: directory, vault, bundles: directory, runtime: process.execPath });
  there = { 'eu-west-1': provider('eu-west-1'), 'us-east-1': provider('us-east-1') };
});
afterEach(async () => {
  await deployments[Symbol.asyncDispose]();
  for (const one of Object.values(there)) await one[Symbol.asyncDispose]();
  await rm(directory, { recursive: true, force: true });
});

test("a sweep finds what is nobody's on each cloud, and says which one it could not ask", async () => {
  const [mine, theirs] = [there['eu-west-1'], provider('us-east-1', 'd-theirs')];
  const director = await machine(mine, 'director', id, '');
  const store = openDeploymentStore(directory);
  const { id: deployment } = await store.find('several');
  await store.update(deployment, { vm: director as never });
  // The director does not answer: what only it could know stays, a second machine of a director does not.
  const [lost, kept] = [await machine(there['us-east-1'], 'director-7', id, ''), await machine(mine, 'vm-app')];
  const foreign = await machine(theirs, 'vm-theirs', 'd-theirs');
  const options = { target: { deployment: 'several' }, afterMs: 0, signal };
  const found = await deployments.leftovers(options);
  expect(found.unreached).toMatchObject([{ cloud: 'gone', message: expect.stringMatching(/\w/) }]);
  const of = (name: string) => found.findings.find((one) => one.id === name);
  expect(of(director)).toMatchObject({ unowned: false, why: "the director's machine" });
  expect(of(kept)).toMatchObject({ unowned: false, why: expect.stringContaining('does not answer') });
  expect(of(lost)).toMatchObject({ unowned: true, cloud: 'stack' });
  // Disks that machines have started from go with these.
  const disks = found.findings.filter(({ kind }) => kind === 'volume');
  expect(disks.map(({ unowned, attachedTo }) => [unowned, attachedTo]).sort()).toEqual(
    [director, kept, lost].map((one) => [false, one]).sort(),
  );
  expect(of(foreign)).toBeUndefined();
  expect(found.others).toEqual(['d-theirs']);

  const swept = await deployments.sweep({ ...options, findings: found.findings });
  expect(swept.failed).toEqual([]);
  expect(swept.removed.map((one) => one.id)).toEqual([lost]);
  const left = async (at: Provider) => (await at.listServers(signal)).filter(({ state }) => state !== 'gone');
  expect((await left(mine)).map((one) => one.id).sort()).toEqual([director, kept].sort());
  expect(await left(there['us-east-1'])).toEqual([]);
  expect((await left(theirs)).map((one) => one.id)).toEqual([foreign]);
  await theirs[Symbol.asyncDispose]();
}, 120_000);

test('one that sees what another one has is refused: to remove it would be to remove that', async () => {
  await machine(there['eu-west-1'], 'director', id, '');
  const store = openDeploymentStore(directory);
  const deployment = await store.find('several');
  const credentials = openCredentialStore(
    await openVault(directory, { kind: 'passphrase', passphrase: 'of this test' }),
  );
  const runtime = { bundles: directory, runtime: process.execPath };
  const keyring = {} as never; // nothing is contacted
  const clouds = createOpenedClouds({ credentials, keyring, directoryOf: () => directory, ...runtime });
  const place = { name: 'again', kind: 'ec2', connected: true };
  const refused = (credential: string | undefined) =>
    refuseSamePlace(clouds, { ...deployment, clouds: [] }, { ...place, credential }, signal);
  await expect(refused(deployment.cloud.credential)).rejects.toThrow('again would be the same place as ec2');
  await refused(deployment.clouds?.[0]?.credential);
  await expect(refused(deployment.clouds?.[1]?.credential)).rejects.toMatchObject({ code: 'unreachable' });
  await there['eu-west-1'].destroyServer((await there['eu-west-1'].listServers(signal))[0]?.id ?? '', signal);
}, 120_000);

test('it is destroyed but for what is out of reach; that is finished later, or given up', async () => {
  for (const at of Object.values(there)) await machine(at, 'vm-app');
  await expect(deployments.destroy({ deployment: 'several', leave: ['moon'], signal })).rejects.toThrow(
    'several has no cloud "moon". It has: ec2, stack, gone.',
  );
  const ended = await deployments.destroy({ deployment: 'several', signal }).catch((error: Error) => error.message);
  expect(ended).toMatch(
    /several is not gone yet: something may be left on gone \(.+\). What was on its other clouds is gone./,
  );
  expect(ended).toContain('conpaas --deployment several destroy --leave gone');
  for (const at of Object.values(there)) {
    expect((await at.listServers(signal)).filter(({ state }) => state !== 'gone')).toEqual([]);
    expect(await at.belongings(signal)).toEqual([]);
  }
  expect(await deployments.find('several')).toMatchObject({ state: 'destroying', clouds: [{}, { name: 'gone' }] });
  // Later, when the vault no longer has the credential of one that was cleared: that is said as well.
  const credentials = await deployments.find('several').then(({ clouds = [] }) => clouds[0]?.credential ?? '');
  await openCredentialStore(await openVault(directory, { kind: 'passphrase', passphrase: 'of this test' })).remove(
    credentials,
  );
  await expect(deployments.destroy({ deployment: 'several', signal })).rejects.toThrow(
    /stack \(Its credential is no longer in the vault.* and gone \(/,
  );
  await deployments.destroy({ deployment: 'several', leave: ['gone', 'stack'], signal });
  expect(await deployments.list()).toEqual([]);
}, 120_000);

test('what is left on purpose is not said to be gone, and is left by what is advised as well', async () => {
  for (const at of Object.values(there)) await machine(at, 'vm-app');
  const ended = await deployments
    .destroy({ deployment: 'several', leave: ['stack'], signal })
    .catch((error: Error) => error.message);
  expect(ended).toMatch(/something may be left on gone \(.+\)\. What was on ec2 is gone\. /);
  expect(ended).toMatch(/finish with: conpaas --deployment several destroy --leave stack\./);
  expect(ended).toMatch(/give up what is there with: conpaas --deployment several destroy --leave stack --leave gone$/);
  const stack = there['us-east-1'];
  const left = (await stack.listServers(signal)).filter(({ state }) => state !== 'gone');
  expect(left).toHaveLength(1);
  await deployments.destroy({ deployment: 'several', leave: ['gone'], signal });
  expect(await deployments.list()).toEqual([]);
}, 120_000);

test('nothing is touched elsewhere where the cloud of the director is out of reach', async () => {
  await machine(there['us-east-1'], 'vm-app');
  const store = openDeploymentStore(directory);
  const { id: deployment, clouds = [] } = await store.find('several');
  const [stack, gone] = clouds;
  await store.update(deployment, {
    cloud: { kind: 'ec2', credential: gone?.credential },
    clouds: stack ? [stack] : [],
  });
  await expect(deployments.destroy({ deployment: 'several', signal })).rejects.toThrow(
    /The cloud of the director \(ec2\) could not be reached.*nothing was removed.*--leave ec2/,
  );
  const left = async () =>
    (await there['us-east-1'].listServers(signal)).filter(({ state }) => state !== 'gone').length;
  expect(await left()).toBe(1);
  await deployments.destroy({ deployment: 'several', leave: ['ec2'], signal });
  expect(await left()).toBe(0);

  // Of one with no other cloud it is said, too.
  await store.put({ ...(await store.add({ name: 'alone', owner: 'ann', cloud: { kind: 'ec2' } })), state: 'running' });
  const { id: alone } = await store.find('alone');
  await store.update(alone, { cloud: { kind: 'ec2', credential: gone?.credential } });
  await expect(deployments.destroy({ deployment: 'alone', signal })).rejects.toThrow(
    /cannot be reached.*\. When that is mended, finish with: .* destroy --leave ec2$/,
  );
}, 120_000);
