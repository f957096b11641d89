/** Further clouds on record at the desktop, with a director that answers as it is told to. */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ConpaasError } from '../../remote/core/contract/errors.ts';
import { DeploymentId } from '../../remote/core/contract/ids.ts';
import type { Runtime } from '../../remote/core/contract/runtimes.ts';
import { digestFile } from '../../remote/core/files/index.ts';
import { bringRuntime } from './bring-runtime.ts';
import { type Deployment, openDeploymentStore } from './deployment.ts';
import type { Directors } from './director.ts';
import { createFurtherClouds, type FurtherParts, forgottenSteps, furtherSteps, missedAt } from './further-clouds.ts';
import type { Lender } from './lending.ts';

const { signal } = new AbortController();
/** What a step gets. */
const run = { signal, operation: 'op-1', detail: () => undefined } as never;
let directory: string;
let deployment: Deployment;
/** What the director was asked for, in order. */
let asked: { method: string; params: unknown }[];
let failures: Record<string, ConpaasError>;
/** The Nodes that the director has. */
let runtimes: Runtime[];
let store: ReturnType<typeof openDeploymentStore>;

beforeEach(async () => {
  directory = await mkdtemp(path.join(os.tmpdir(), 'conpaas-further-'));
  store = openDeploymentStore(directory);
  deployment = await store.put({
    ...{ id: DeploymentId.parse('d-one'), name: 'one', owner: 'ann', cloud: { kind: 'ec2', credential: 'c-1' } },
    ...{ state: 'running', createdAt: 0, director: { host: '203.0.113.7', port: 5555 } },
  } as Deployment);
  [asked, failures, runtimes] = [[], {}, [{ architecture: 'x64', sha256: '1'.repeat(64), own: true }]];
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const client = {
  async call(method: string, params: unknown) {
    if (method === 'list_runtimes') return runtimes;
    asked.push({ method, params });
    if (failures[method]) throw failures[method];
    if (method === 'list_clouds')
      return [
        { name: 'ec2', default: true },
        { name: 'stack', default: false },
      ];
    return method === 'get_cloud_access' ? [{ cloud: 'stack', access: 'none' }] : {};
  },
  async upload(method: string, params: unknown, file: unknown) {
    asked.push({ method, params: { params, file } });
    return {};
  },
};
const directors = { director: async () => client } as unknown as Directors;
const served: (readonly string[])[] = [];
const lender: Partial<Lender> = {
  accessOf: async ({ lent }) => (lent === 'nothing' ? { by: 'desktop' } : { by: 'credentials', credentials: { a: 1 } }),
  lentOf: async (_kind, idOrName) => idOrName,
  serve: async ({ clouds = [] }) => void served.push(clouds.map(({ name }) => name)),
};
/** That of this desktop for machines of an architecture. */
const runtimeFor = (architecture: string) => path.join(directory, `node-${architecture}`);
const open = () =>
  createFurtherClouds({
    ...{ store, directors, lender: lender as Lender, runtimeFor },
    credentials: { get: async (id: string) => ({ id: `id of ${id}` }) } as unknown as FurtherParts['credentials'],
    awakeWithRoot: () => store.find('d-one'),
    refuseSamePlace: async () => undefined,
    directoryOf: (_deployment, { name }) => path.join(directory, 'clouds', name),
  });
const stack = { name: 'stack', kind: 'openstack', credential: 'mine', settings: { region: 'one' }, signal };
const onRecord = async () => (await store.find('d-one')).clouds;

test('it is on record, the director knows how machines there reach it, and gets what it is to have', async () => {
  const place = await open().addCloud({ ...stack, lent: 'nothing' });
  expect(await onRecord()).toEqual([place]);
  expect(place).toMatchObject({ name: 'stack', credential: 'id of mine', lent: 'nothing', connected: false });
  expect(asked.map(({ method }) => method)).toEqual(['add_cloud', 'get_cloud_access', 'ask_desktop']);
  // No credential is a setting.
  expect(asked[0]?.params).toEqual({
    ...{ name: 'stack', kind: 'openstack', settings: { region: 'one' }, connected: false, lent: true },
    director: '203.0.113.7',
  });
  expect(served.at(-1)).toEqual(['stack']);

  asked = [];
  await open().addCloud({ ...stack, connected: true });
  expect(await onRecord()).toMatchObject([{ name: 'stack', connected: true }]);
  expect(asked[0]?.params).not.toHaveProperty('director');
  expect(asked.at(-1)).toMatchObject({ method: 'lend_credentials', params: { cloud: 'stack', credentials: { a: 1 } } });
});

test('machines with other processors find their Node at the director: it is brought once, and anew with an upgrade', async () => {
  const arm = { ...stack, settings: { architecture: 'arm64' } };
  await writeFile(runtimeFor('arm64'), 'a Node');
  await open().addCloud(arm);
  const upload = {
    method: 'upload_runtime',
    params: { params: { architecture: 'arm64' }, file: { path: runtimeFor('arm64'), name: 'node' } },
  };
  expect(asked.slice(0, 2)).toEqual([upload, expect.objectContaining({ method: 'add_cloud' })]);

  const brought = async (anew: boolean, sha256: string | undefined) => {
    const own: Runtime = { architecture: 'x64', sha256: '1'.repeat(64), own: true };
    runtimes = [own, ...(sha256 === undefined ? [] : [{ architecture: 'arm64' as const, sha256, own: false }])];
    asked = [];
    await bringRuntime(client as never, arm, { runtimeFor, anew, signal });
    return asked.length;
  };
  const { sha256 } = await digestFile(runtimeFor('arm64'), signal);
  const other = '2'.repeat(64);
  expect([await brought(false, undefined), await brought(false, other), await brought(true, other)]).toEqual([1, 0, 1]);
  expect(await brought(true, sha256)).toBe(0);
  // Those of a computer are of its processor.
  asked = [];
  await bringRuntime(client as never, { kind: 'containers' }, { runtimeFor, anew: true, signal });
  expect(asked).toEqual([]);
});

test('one that is not taken leaves nothing; where that is not known, it stays for whoever destroys', async () => {
  failures = { lend_credentials: new ConpaasError('unauthenticated', 'Not these keys.') };
  await expect(open().addCloud(stack)).rejects.toThrow('Not these keys.');
  expect(asked.at(-1)?.method).toBe('remove_cloud');
  expect(await onRecord()).toEqual([]);

  failures = { ...failures, remove_cloud: new ConpaasError('unreachable', 'It is away.') };
  await expect(open().addCloud(stack)).rejects.toThrow('Not these keys.');
  expect(await onRecord()).toMatchObject([{ name: 'stack' }]);
  // What was there before is not given up for a change that fails.
  failures = { lend_credentials: new ConpaasError('unauthenticated', 'Not these keys.') };
  await expect(open().addCloud(stack)).rejects.toThrow('Not these keys.');
  expect(await onRecord()).toMatchObject([{ name: 'stack' }]);
});

test.each([
  [{ name: 'The Stack' }, 'no name for a cloud'],
  [{ name: 'default' }, 'no name for a cloud'],
  [{ name: 'ec2' }, 'There is a cloud "ec2" already'],
  [{ credential: undefined }, 'needs a credential. Say which: conpaas director cloud add'],
  [{ settings: { password: 'x' } }, 'is a secret and no setting'],
])('%j is refused before anything is on record', async (change, text) => {
  await expect(open().addCloud({ ...stack, ...change })).rejects.toThrow(text);
  expect(await onRecord()).toBeUndefined();
  expect(asked).toEqual([]);
});

test('it goes with its directory, once the director has let it go', async () => {
  await open().addCloud(stack);
  const own = path.join(directory, 'clouds/stack');
  await mkdir(own, { recursive: true });
  failures = { remove_cloud: new ConpaasError('conflict', 'Shop is on it.') };
  await expect(open().removeCloud({ name: 'stack', signal })).rejects.toThrow('Shop is on it.');
  expect([existsSync(own), (await onRecord())?.length]).toEqual([true, 1]);
  failures = {};
  await open().removeCloud({ name: 'stack', signal });
  expect([existsSync(own), (await onRecord())?.length]).toEqual([false, 0]);
  await expect(open().removeCloud({ name: 'moon', signal })).rejects.toMatchObject({ code: 'not_found' });
});

test('a start tells the director again, and lends only where it has nothing', async () => {
  const record = { name: 'stack', kind: 'openstack', connected: false };
  await store.update(deployment.id, { clouds: [record] });
  const power: boolean[] = [];
  const cloud = { power: async (on: boolean) => void power.push(on) } as never;
  const access = { by: 'credentials', credentials: { a: 1 } } as const;
  const [step, ...more] = furtherSteps({
    store,
    deployment,
    directors,
    runtimeFor,
    further: [{ record, cloud, access }],
  });
  expect(more).toEqual([]);
  await step?.run(run);
  expect(power).toEqual([true]);
  expect(asked.map(({ method }) => method)).toEqual(['add_cloud', 'get_cloud_access', 'lend_credentials']);
  expect(furtherSteps({ store, deployment, directors, runtimeFor })).toEqual([]);
});

test('one that is away at a start holds up no other; that is on record, until a start has reached it', async () => {
  const [stack, moon, safe] = ['stack', 'moon', 'safe'].map((name) => ({ name, kind: 'ec2', connected: true }));
  if (!stack || !moon || !safe) throw new Error('there are three');
  await store.update(deployment.id, { clouds: [stack, moon, safe] });
  let isAway = true;
  const started: string[] = [];
  const cloudOf = (name: string) =>
    ({
      power: async () => {
        if (name === 'moon' && isAway) throw new ConpaasError('unreachable', 'Nobody answers.');
        started.push(name);
      },
    }) as never;
  const further = [stack, moon].map((record) => ({ record, cloud: cloudOf(record.name), access: undefined }));
  // The vault has its credential no longer: the director may have it all the same, and is told nothing.
  const problem = 'Its credential is no longer in the vault.';
  const lost = {
    ...{ record: safe, access: undefined, problem },
    cloud: { power: () => Promise.reject(new ConpaasError('cloud_failed', problem)) } as never,
  };
  const context = { store, deployment, directors, runtimeFor, further: [...further, lost] };
  await furtherSteps(context)[0]?.run(run);
  expect(started).toEqual(['stack']);
  expect(asked.map(({ params }) => (params as { name?: string }).name)).toEqual(['stack', 'moon']);
  expect(await onRecord()).toEqual([stack, { ...moon, missed: 'Nobody answers.' }, { ...safe, missed: problem }]);
  expect(missedAt(await store.find('d-one'))).toMatch(/moon \(Nobody answers.\) and safe \(Its cred.*run: conpaas up/);

  isAway = false;
  await furtherSteps({ ...context, further })[0]?.run(run);
  expect(await onRecord()).toEqual([stack, moon, safe]);
  expect(missedAt(await store.find('d-one'))).toBeUndefined();
});

test('a restored director forgets what was removed since its backup', async () => {
  const own = path.join(directory, 'clouds/stack');
  await mkdir(own, { recursive: true });
  const directoryOf = () => own;
  await forgottenSteps({ store, deployment, directors, directoryOf })[0]?.run(run);
  expect(existsSync(own)).toBe(false);
  expect(asked).toEqual([
    { method: 'list_clouds', params: {} },
    { method: 'remove_cloud', params: { name: 'stack' } },
  ]);
  asked = [];
  const clouds = [{ name: 'stack', kind: 'openstack', connected: true }];
  await forgottenSteps({ store, deployment: { ...deployment, clouds }, directors, directoryOf })[0]?.run(run);
  expect(asked.map(({ method }) => method)).toEqual(['list_clouds']);
});
