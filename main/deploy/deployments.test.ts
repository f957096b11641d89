import { createPublicKey } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createCloud } from '../../remote/core/clouds/index.ts';
import type { Operation } from '../../remote/core/contract/operation.ts';
import { runtime } from '../../remote/host/stand-in.ts';
import { untilNothingRuns } from '../../test/support/crash-points.ts';
import { makeDeploymentBundles, openDesk, processesBelow } from '../../test/support/desk.ts';
import { issueOwner } from '../authority/index.ts';
import { withLock } from '../store/index.ts';
import { openVault } from '../vault/index.ts';
import { openDeploymentStore } from './deployment.ts';
import { createDirectors } from './director.ts';
import { createKeyring } from './keyring.ts';
import { renewIntermediate } from './up.ts';

const signal = new AbortController().signal;
const owner = 'ada';
const day = 86_400_000;

let bundles: Awaited<ReturnType<typeof makeDeploymentBundles>>;
beforeAll(async () => {
  bundles = await makeDeploymentBundles();
});
afterAll(() => bundles[Symbol.asyncDispose]());

describe('a deployment', () => {
  test('goes up in steps, is at once there for the next command, stops, starts and is destroyed', async () => {
    await using desk = await openDesk(bundles.directory);
    await using deployments = await desk.open();
    const seen: Operation[] = [];
    const started = performance.now();
    const made = await deployments.up({ owner, signal, onOperation: (operation) => seen.push(operation) });
    const first = performance.now() - started;
    expect(made).toMatchObject({ state: 'running', owner, cloud: { kind: 'local' } });
    expect(seen.at(-1)).toMatchObject({ kind: 'up', state: 'done' });
    expect(new Set(seen.map((operation) => operation.id)).size).toBe(1);
    expect(seen.at(-1)?.steps.every((step) => step.state === 'done')).toBe(true);

    const director = await deployments.directorClient(undefined, signal);
    expect(await director.call('get_status', {}, { signal })).toMatchObject({ deployment: made.id, user: owner });

    const nothing = { deployment: undefined, credential: 'nothing', signal };
    await expect(deployments.lend(nothing)).rejects.toThrow('wants no credentials');

    // Another command, with a vault to open and a connection to make.
    const times: number[] = [];
    for (let round = 0; round < 3; round += 1) {
      await using other = await desk.open();
      const begun = performance.now();
      const again = await other.up({ owner, signal, onOperation: () => expect.unreachable('nothing is to be done') });
      times.push(performance.now() - begun);
      expect(again).toEqual(made);
    }
    expect(Math.min(...times) / first).toBeLessThan(0.2);

    await deployments.stop({ signal });
    await untilNothingRuns(desk.directory);
    expect(await deployments.status(undefined, signal)).toMatchObject({ state: 'stopped' });
    await expect(deployments.directorClient(undefined, signal)).rejects.toThrow(
      'is stopped. Start it with: conpaas up',
    );
    await deployments.up({ owner, signal });
    expect(await deployments.status(undefined, signal)).toMatchObject({
      state: 'running',
      director: { deployment: made.id },
    });

    await deployments.destroy({ deployment: made.name, signal });
    expect(await deployments.list()).toEqual([]);
    expect(await readdir(path.join(desk.directory, 'deployments'))).toEqual([]);
    using vault = await openVault(desk.directory, { kind: 'keyfile' });
    expect(await vault.list()).toEqual([]);
    await expect(deployments.destroy({ deployment: made.id, signal })).rejects.toThrow('There is no deployment');
  }, 60_000);

  test('two up at once, from two commands, make one', async () => {
    await using desk = await openDesk(bundles.directory);
    await using one = await desk.open();
    await using two = await desk.open();
    const [first, second] = await Promise.all([one.up({ owner, signal }), two.up({ owner, signal })]);
    expect(first.id).toBe(second.id);
    expect(first.vm).toBe(second.vm);
    expect(await one.list()).toHaveLength(1);
  }, 60_000);

  test('one that is stopped while a window is about to start it again stays stopped', async () => {
    await using desk = await openDesk(bundles.directory);
    await using deployments = await desk.open();
    const { id, director } = await deployments.up({ owner, signal });
    await deployments.stop({ signal });
    // As the window has it: it should run, and does not. It asks the director, and finds another command at work.
    const store = openDeploymentStore(desk.directory);
    await store.update(id, { state: 'running' });
    const lock = path.join(desk.directory, `${id}.operation.lock`);
    const asked = Promise.withResolvers<void>();
    const listener = createServer((socket) => {
      socket.destroy();
      asked.resolve();
    });
    await new Promise<void>((resolve) => listener.listen(director?.port, director?.host, resolve));
    let connecting: Promise<unknown> | undefined;
    await withLock(lock, async () => {
      await using window = await desk.open();
      connecting = window.directorClient(undefined, signal);
      connecting.catch(() => undefined); // met below
      await asked.promise;
      await store.update(id, { state: 'stopped' });
    });
    await expect(connecting).rejects.toThrow('is stopped. Start it with: conpaas up');
    await new Promise((resolve) => listener.close(resolve));
    expect(await store.find(id)).toMatchObject({ state: 'stopped' });
    await untilNothingRuns(desk.directory);
  }, 60_000);

  test('two deployments live side by side, each with its own director; one has to say which is meant', async () => {
    await using desk = await openDesk(bundles.directory);
    await using deployments = await desk.open();
    const both = await Promise.all(['red', 'blue'].map((deployment) => deployments.up({ deployment, owner, signal })));
    for (const each of both) {
      const director = await deployments.directorClient(each.name, signal);
      expect(await director.call('get_status', {}, { signal })).toMatchObject({ deployment: each.id });
    }
    await expect(deployments.find()).rejects.toThrow('There are several deployments (blue, red)');
  }, 60_000);

  test('a sweep finds what nobody has, removes it when told to, and leaves the rest', async () => {
    await using desk = await openDesk(bundles.directory);
    await using deployments = await desk.open();
    const made = await deployments.up({ owner, signal });
    const director = await deployments.directorClient(undefined, signal);
    const { application } = await director.call('create_application', { name: 'Blog' }, { signal });
    await expect.poll(() => director.call('list_vms', {}, { signal }), { timeout: 20_000 }).toHaveLength(1);
    const settings = { directory: path.join(desk.directory, 'deployments', made.id, 'cloud'), deployment: made.id };
    await using cloud = createCloud('local', { ...settings, bundles: desk.bundles, runtime });
    await expect.poll(() => cloud.listVms(signal), { timeout: 20_000 }).toHaveLength(2);
    // As a set-up leaves it that was made twice. The director's own sweep leaves machines of directors alone.
    const tags = { deployment: made.id, application: '', operation: 'op-lost' };
    const lost = await cloud.createVm({ name: 'lost', tags, processes: [] }, signal);

    const target = { deployment: undefined };
    const young = await deployments.leftovers({ target, afterMs: 60_000, signal });
    expect(young.findings.filter(({ unowned }) => unowned)).toEqual([]);
    const { findings, others } = await deployments.leftovers({ target, afterMs: 0, signal });
    expect(others).toEqual([]);
    expect(findings.map(({ id, why }) => [id, why])).toEqual(
      expect.arrayContaining([
        [made.vm, "the director's machine"],
        [expect.any(String), 'of Blog'],
        [lost.id, "it is not the director's machine"],
      ]),
    );
    expect(findings.find(({ tags: { application: of } }) => of === application)?.unowned).toBe(false);
    // Whatever it is told to remove: what somebody has by then stays.
    const all = findings.map((one) => ({ ...one, unowned: true }));
    const { removed, failed } = await deployments.sweep({ target, afterMs: 0, signal, findings: all });
    expect([removed.map(({ id }) => id), failed]).toEqual([[lost.id], []]);
    expect((await cloud.listVms(signal)).map(({ id }) => id)).not.toContain(lost.id);
    const abandoned = { abandoned: made.id, cloud: 'local' };
    await expect(deployments.leftovers({ target: abandoned, afterMs: 0, signal })).rejects.toThrow('is not abandoned');
  }, 60_000);

  test('after a reboot (all its processes killed) any command starts it again', async () => {
    await using desk = await openDesk(bundles.directory);
    await using deployments = await desk.open();
    const made = await deployments.up({ owner, signal });
    while (processesBelow(desk.directory).length > 0) {
      for (const pid of processesBelow(desk.directory)) process.kill(pid, 'SIGKILL');
      await delay(5);
    }
    expect(await deployments.status(undefined, signal)).toMatchObject({ state: 'unreachable' });
    await using next = await desk.open();
    const director = await next.directorClient(undefined, signal);
    expect(await director.call('get_status', {}, { signal })).toMatchObject({ deployment: made.id });
    expect(await next.find()).toMatchObject({ vm: made.vm, state: 'running' });
  }, 60_000);

  test("an owner's certificate that expired long ago is no obstacle", async () => {
    await using desk = await openDesk(bundles.directory);
    const made = await (await desk.open()).up({ owner, signal });
    using vault = await openVault(desk.directory, { kind: 'keyfile' });
    const root = JSON.parse((await vault.get(`deployment/${made.id}/root`)) ?? '');
    const stored = JSON.parse((await vault.get(`deployment/${made.id}/owner`)) ?? '');
    const publicKey = createPublicKey(stored.key).export({ type: 'spki', format: 'pem' }).toString();
    const old = await issueOwner(root, publicKey, made.id, made.owner, { now: Date.now() - 70 * day });
    expect(old.notAfter).toBeLessThan(Date.now() - 39 * day);
    await vault.set(`deployment/${made.id}/owner`, JSON.stringify({ ...stored, certificate: old.certificate }));
    await using later = await desk.open();
    expect(await later.up({ owner, signal })).toEqual(made);
    const renewed = JSON.parse((await vault.get(`deployment/${made.id}/owner`)) ?? '');
    expect(renewed.key).toBe(stored.key);
    expect(renewed.certificate).not.toBe(old.certificate);
  }, 60_000);

  test('the intermediate certificate is renewed at half of its life', async () => {
    await using desk = await openDesk(bundles.directory);
    await using deployments = await desk.open();
    const deployment = await deployments.up({ owner, signal });
    const settings = {
      directory: path.join(desk.directory, 'deployments', deployment.id, 'cloud'),
      bundles: bundles.directory,
      runtime: process.execPath,
    };
    const now = (): number => Date.now() + 366 * day;
    using vault = await openVault(desk.directory, { kind: 'keyfile' });
    const store = openDeploymentStore(desk.directory);
    const keyring = createKeyring(vault, (_id, work) => work(), now);
    await using directors = createDirectors(keyring, now);
    await using cloud = createCloud('local', settings);
    const lending = { settings, access: undefined };
    const runtimeFor = () => process.execPath;
    const context = { store, keyring, directors, cloud, lending, runtimeFor, release: undefined, now, deployment };
    await renewIntermediate(context, signal);
    const renewed = (await store.find(deployment.id)).intermediate;
    expect(renewed?.notAfter).toBeGreaterThan((deployment.intermediate?.notAfter ?? 0) + 365 * day);
    await using contact = await cloud.contact(deployment.vm ?? expect.unreachable('it has a VM'), signal);
    expect(await contact.readFile('director/identity/intermediate.pem', signal)).toContain('BEGIN CERTIFICATE');
    await renewIntermediate(context, signal);
    expect((await store.find(deployment.id)).intermediate).toEqual(renewed);
  }, 60_000);

  test('destroying one that is being set up ends the set-up, and nothing is left', async () => {
    await using desk = await openDesk(bundles.directory);
    await using one = await desk.open();
    await using two = await desk.open();
    let destroying: Promise<void> | undefined;
    const up = one.up({
      owner,
      signal,
      onOperation({ steps }) {
        if (steps.find(({ name }) => name === 'contact')?.state !== 'running') return;
        destroying ??= two.destroy({ deployment: 'this-computer', signal });
      },
    });
    await expect(up).rejects.toThrow('is being destroyed');
    await destroying;
    expect(await one.list()).toEqual([]);
    await untilNothingRuns(desk.directory);
    expect(existsSync(path.join(desk.directory, 'deployments'))).toBe(true);
    expect(await readdir(path.join(desk.directory, 'deployments'))).toEqual([]);
  }, 60_000);

  test('a name that cannot be an owner is refused before anything is made', async () => {
    await using desk = await openDesk(bundles.directory);
    await using deployments = await desk.open();
    await expect(deployments.up({ owner: 'Ada Lovelace', signal })).rejects.toThrow('is not a name for a user');
    expect(await deployments.list()).toEqual([]);
  });
});
