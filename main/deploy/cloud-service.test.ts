/** A director without credentials, whole and in this process, and the desktop's part over a provider in memory. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAskedCloud, createCloud } from '../../remote/core/clouds/index.ts';
import { fakeProvider } from '../../remote/core/clouds/machines/provider.fixture.ts';
import { runProviderCall } from '../../remote/core/clouds/machines/provider-calls.ts';
import { ConpaasError, directorMethods, UserName, VmId } from '../../remote/core/contract/index.ts';
import { createTrust, type Trust } from '../../remote/core/identity/fixtures.ts';
import { createRequest, generateKey } from '../../remote/core/identity/index.ts';
import { connect } from '../../remote/core/rpc/index.ts';
import { waitsText } from '../../remote/director/desktop-requests.ts';
import { startDirector } from '../../remote/director/director.ts';
import { filesOf, huntFiles } from '../../test/support/hunt.ts';
import { type CarriedOut, serveCloud } from './cloud-service.ts';
import type { DirectorClient } from './director.ts';

const host = '127.77.9.7';
const patience = { timeout: 20_000 };
const never = new AbortController().signal;
const lentBefore = { accessKeyId: 'AKIALENTLENTLENT', secretAccessKey: 'lent/before+it=was"taken' };
let trust: Trust;
let home: string;
let director: DirectorClient;
let clientOf: (name: string) => Promise<DirectorClient>;
const stack = new AsyncDisposableStack();

beforeAll(async () => {
  trust = await createTrust('d-one');
  home = await mkdtemp(path.join(os.tmpdir(), 'conpaas-asked-'));
  stack.defer(() => rm(home, { recursive: true, force: true }));
  await mkdir(path.join(home, 'identity'), { mode: 0o700 });
  await writeFile(path.join(home, 'identity/intermediate.key'), trust.intermediateKey, { mode: 0o600 });
  await writeFile(path.join(home, 'identity/intermediate.pem'), trust.intermediate);
  const settings = { endpoint: `http://${host}:1`, deployment: trust.deployment };
  const running = await startDirector({
    home,
    bootstrap: {
      ...{ kind: 'director', deployment: trust.deployment, address: host, vm: VmId.parse('vm-director') },
      ...{ owner: 'ann', roots: [trust.root.certificate], port: 0, cloud: { kind: 'ec2', settings, lent: true } },
    },
    specs: {},
    openCloud: createCloud,
    openAskedCloud: createAskedCloud,
    programs: async () => [],
    product: 'test',
    documents: {},
    signal: never,
    log: () => undefined,
  });
  stack.use(running);
  const { port } = JSON.parse(await readFile(path.join(home, 'director.json'), 'utf8')) as { port: number };
  clientOf = async (name) => {
    const credentials = await trust.credentials({
      ...{ kind: 'user', deployment: trust.deployment, name: UserName.parse(name) },
    });
    const expected = trust.identities.director;
    const options = { address: { host, port }, expect: expected, credentials: () => credentials };
    return stack.use(connect(directorMethods, options));
  };
  director = await clientOf('ann');
});
afterAll(() => stack.disposeAsync());

/** The desktop, open. */
function openDesktop({ provider }: Pick<ReturnType<typeof fakeProvider>, 'provider'>) {
  const done: CarriedOut[] = [];
  const service = serveCloud({
    deployment: trust.deployment,
    director: async () => director,
    open: async () => provider,
    onCarriedOut: (one) => done.push(one),
  });
  return { done, [Symbol.asyncDispose]: () => service[Symbol.asyncDispose]() };
}

const access = async () => (await director.call('get_cloud_access', {}))[0];

test('what it wants waits for the computer, says so, and is done when that is there', async () => {
  await director.call('ask_desktop', { cloud: 'ec2' });
  expect(await access()).toMatchObject({ access: 'desktop', desktop: { isThere: false, waiting: 0 } });
  expect((await director.call('list_machines', {})).failures).toEqual([{ cloud: 'ec2', message: waitsText }]);

  const { application, operation } = await director.call('create_application', { name: 'one' });
  const step = async () => (await director.call('get_operation', { operation })).steps[0];
  await expect.poll(step, patience).toMatchObject({ name: 'machine', state: 'running', detail: waitsText });
  expect(await access()).toMatchObject({ desktop: { isThere: false, waiting: 1 } });
  expect(await director.call('list_vms', {})).toMatchObject([{ state: 'creating', cause: waitsText }]);
  expect((await director.call('list_events', { kind: 'alert' })).events).toMatchObject([
    { level: 'warning', text: `A machine is wanted. ${waitsText}`, application },
  ]);

  const fake = fakeProvider();
  await using desktop = openDesktop(fake);
  await expect.poll(step, patience).toMatchObject({ state: 'done' });
  expect(desktop.done).toContainEqual({ call: 'create_server' });
  expect(fake.requests).toMatchObject([{ tags: { deployment: trust.deployment, application } }]);
  expect(fake.requests[0]?.userData).toContain('#!/bin/sh');
  expect(await director.call('list_vms', {})).toMatchObject([{ state: 'running', address: '10.0.0.9' }]);
  const { machines, failures } = await director.call('list_machines', {});
  expect([machines.length, failures]).toEqual([1, []]);
  await director.call('delete_application', { application, confirm: 'one' });
  await expect.poll(() => director.call('list_applications', {}), patience).toEqual([]);
  expect(desktop.done).toContainEqual({ call: 'destroy_server' });
});

test('what the cloud refuses is told in its words; what a computer left undone, the next one does', async () => {
  const full = new ConpaasError('cloud_failed', 'No more than five machines.', { retry: true });
  let begun = (): void => undefined;
  const arrived = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const slow = fakeProvider();
  slow.provider.createServer = async (_request, signal) => {
    begun();
    return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
  };
  const first = openDesktop(slow);
  const { application, operation } = await director.call('create_application', { name: 'two' });
  await arrived;
  await first[Symbol.asyncDispose]();
  expect(first.done).not.toContainEqual(expect.objectContaining({ call: 'create_server' }));

  await using desktop = openDesktop(fakeProvider({ createServer: full }));
  const ended = async () => (await director.call('get_operation', { operation })).failure;
  await expect.poll(ended, patience).toMatchObject(full.failure);
  expect(desktop.done).toContainEqual({ call: 'create_server', failure: full.failure });
  await director.call('delete_application', { application, confirm: 'two' });
  await expect.poll(() => director.call('list_applications', {}), patience).toEqual([]);
});

test('a computer does nothing for other deployments, nor what it does not know', async () => {
  const { provider, requests } = fakeProvider();
  const context = { provider, deployment: trust.deployment, signal: never };
  const tags = { deployment: 'd-other', application: 'app-one', operation: 'op-one' };
  const foreign = { name: 'vm-a', tags, userData: '#!/bin/sh' };
  await expect(runProviderCall('create_server', foreign, context)).rejects.toMatchObject({ code: 'forbidden' });
  await expect(runProviderCall('create_volume', { name: 'a', tags, sizeGb: 1 }, context)).rejects.toMatchObject({
    code: 'forbidden',
  });
  for (const [call, params] of [
    ['constructor', {}],
    ['create_server', { ...foreign, image: 'ami-1' }],
    ['destroy_server', {}],
  ] as const) {
    await expect(runProviderCall(call, params, context), call).rejects.toMatchObject({ code: 'invalid_request' });
  }
  expect(requests).toEqual([]);
});

test('credentials that it had are gone, and only the owner answers for the cloud', async () => {
  // The stand-in's address refuses connections: they are taken, for nobody can say that they are wrong.
  await director.call('lend_credentials', { cloud: 'ec2', credentials: { ...lentBefore, region: 'eu-west-1' } });
  expect(await access()).toMatchObject({ access: 'credentials' });
  await director.call('ask_desktop', { cloud: 'ec2' });
  expect(await access()).toMatchObject({ access: 'desktop' });
  expect(huntFiles(await filesOf(home), { secret: lentBefore.secretAccessKey, id: lentBefore.accessKeyId })).toEqual(
    [],
  );

  await director.call('add_user', {
    name: UserName.parse('bob'),
    csr: await createRequest(await generateKey()),
    device: 'b',
  });
  const bob = await clientOf('bob');
  await expect(bob.call('ask_desktop', { cloud: 'ec2' })).rejects.toMatchObject({ code: 'forbidden' });
  await expect(bob.call('answer_cloud_request', { id: 'req-a' })).rejects.toMatchObject({ code: 'forbidden' });
  await expect(bob.stream('follow_cloud_requests', {})[Symbol.asyncIterator]().next()).rejects.toMatchObject({
    code: 'forbidden',
  });
});
