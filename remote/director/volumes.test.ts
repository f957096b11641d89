import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Cloud, CloudVolumes, Volume } from '../core/clouds/cloud.ts';
import { ConpaasError } from '../core/contract/errors.ts';
import { ApplicationId, DeploymentId, NodeId, VmId } from '../core/contract/ids.ts';
import { type Journal, openJournal } from '../core/journal/index.ts';
import { Inventory } from './inventory.ts';
import { migrations, type VmRecord } from './store.ts';
import { VolumeKeeper } from './volumes.ts';

const application = ApplicationId.parse('app-a');
const deployment = DeploymentId.parse('d-test');
const signal = AbortSignal.timeout(60_000);
const wanted = { name: 'app-a-s1-db-mysql-1', node: NodeId.parse('db-mysql-1'), sizeGb: 10 };

let directory: string;
let journal: Journal;
beforeEach(async () => {
  directory = mkdtempSync(path.join(os.tmpdir(), 'volumes-'));
  journal = openJournal({ path: path.join(directory, 'a.db'), name: 'test', migrations });
  await new Inventory(journal).saveApplication({
    ...{ id: application, name: 'a', createdAt: 0, createdBy: 'ann', cloud: 'own', epoch: 1, deleting: false },
  });
});
afterEach(() => {
  journal[Symbol.dispose]();
  rmSync(directory, { recursive: true, force: true });
});

/** A cloud's volumes in memory; `fails` says why the next creation is refused after it was carried out. */
function cloudVolumes() {
  const all = new Map<string, Volume>();
  const state = { fails: undefined as Error | undefined, made: 0 };
  const change = (id: string, more: Partial<Volume>): void => {
    const volume = all.get(id);
    if (volume) all.set(id, { ...volume, ...more });
  };
  const volumes: CloudVolumes = {
    available: async () => true,
    async create({ name, tags, sizeGb }) {
      const present = [...all.values()].find((volume) => volume.name === name);
      if (present) return present;
      state.made += 1;
      const made: Volume = { id: `vol-${state.made}`, name, tags, sizeGb, state: 'available', zone: 'z1' };
      all.set(made.id, made);
      if (state.fails) throw state.fails;
      return made;
    },
    async list(within) {
      within.throwIfAborted();
      return [...all.values()];
    },
    async attach(id, vm) {
      const volume = all.get(id);
      if (volume?.attachedTo !== undefined && volume.attachedTo !== vm) throw new ConpaasError('conflict', 'taken');
      change(id, { state: 'attached', attachedTo: vm });
      return { name: volume?.name ?? '', devices: [`/dev/${id}`] };
    },
    async detach(id) {
      change(id, { state: 'available', attachedTo: undefined });
    },
    async destroy(id) {
      if (all.get(id)?.attachedTo !== undefined) throw new ConpaasError('conflict', 'attached');
      all.delete(id);
    },
    pricePerGbMonth: async () => 0.073,
  };
  return { volumes, all, state };
}

function setUp(cloud: ReturnType<typeof cloudVolumes>, orphansStayUntil?: number) {
  const inventory = new Inventory(journal);
  const lines: string[] = [];
  const clouds = new Map([['own', { volumes: cloud.volumes } as Partial<Cloud> as Cloud]]);
  const keeper = new VolumeKeeper({
    ...{ deployment, inventory, journal, clouds, orphansStayUntil },
    log: (line) => lines.push(line),
  });
  inventory.volumesOf = (id) => keeper.list(id);
  return { inventory, keeper, lines };
}

async function machine(inventory: Inventory, id: string): Promise<VmRecord> {
  const record: VmRecord = {
    ...{ id: VmId.parse(id), cloud: 'own', application, role: 'application', state: 'joined', createdAt: 0 },
    ...{
      slot: id === 'vm-one' ? 'm1' : 'm2',
      cloudId: `cloud-${id}`,
      operation: 'op-1',
      managers: [],
      managerPorts: {},
      pricePerHour: 0.01,
    },
  };
  await inventory.adoptVm(record);
  return record;
}

test('a request that was broken off is asked for again, and makes no second volume', async () => {
  const cloud = cloudVolumes();
  cloud.state.fails = new ConpaasError('unreachable', 'The connection broke.');
  const before = setUp(cloud);
  const vm = await machine(before.inventory, 'vm-one');
  await expect(before.keeper.attach(vm, wanted, 'op-1', signal)).rejects.toThrow('broke');
  expect(before.keeper.list(application)).toMatchObject([{ state: 'creating', cause: 'The connection broke.' }]);

  cloud.state.fails = undefined;
  const after = setUp(cloud);
  expect(await after.keeper.attach(vm, wanted, 'op-2', signal)).toMatchObject({ state: 'attached', attachedTo: vm.id });
  expect(cloud.state.made).toBe(1);
  expect(after.keeper.ofMachine(vm.id)).toEqual([{ name: wanted.name, devices: ['/dev/vol-1'] }]);
  expect(after.keeper.zoneOf(application, 'm1')).toBe('z1');
  // 10 GB at 0.073 a month of 730 hours, beside the machine.
  const [summary] = after.inventory.applications().map((record) => after.inventory.summary(record));
  expect(summary?.costPerHour).toBeCloseTo(0.011, 9);
});

test('a volume goes to another machine only when the first has gone', async () => {
  const cloud = cloudVolumes();
  const { inventory, keeper } = setUp(cloud);
  const first = await machine(inventory, 'vm-one');
  const second = await machine(inventory, 'vm-two');
  await keeper.attach(first, wanted, 'op-1', signal);
  await expect(keeper.attach(second, wanted, 'op-2', signal)).rejects.toThrow('is attached to vm-one, which is there');
  await inventory.saveVm(Object.assign(first, { state: 'gone' as const }));
  expect(keeper.list()).toMatchObject([{ state: 'available' }]);
  await keeper.attach(second, wanted, 'op-2', signal);
  expect(keeper.list()).toMatchObject([{ state: 'attached', attachedTo: second.id, cause: undefined }]);
  expect(keeper.ofMachine(first.id)).toEqual([]);
});

test('a volume that the cloud has lost is not made anew, empty', async () => {
  const cloud = cloudVolumes();
  const { inventory, keeper } = setUp(cloud);
  const vm = await machine(inventory, 'vm-one');
  await keeper.attach(vm, wanted, 'op-1', signal);
  cloud.all.clear();
  await expect(keeper.attach(vm, wanted, 'op-2', signal)).rejects.toMatchObject({ code: 'cloud_failed' });
  expect(cloud.state.made).toBe(1);
});

test('a sweep destroys what no application has, and notes what is attached no longer', async () => {
  const cloud = cloudVolumes();
  const { inventory, keeper, lines } = setUp(cloud);
  const vm = await machine(inventory, 'vm-one');
  await keeper.attach(vm, wanted, 'op-1', signal);
  const tagged = (id: string, tags: Volume['tags'], more: Partial<Volume> = {}) =>
    cloud.all.set(id, { id, name: id, tags, sizeGb: 1, state: 'available', ...more });
  tagged('lost', { deployment, application: 'app-gone', operation: 'op' }, { attachedTo: 'cloud-vm-gone' });
  tagged('unknown', { deployment, application, operation: 'op' });
  tagged('directors', { deployment, application: '', operation: 'op' });
  tagged('foreign', { deployment: 'd-other', application: 'app-gone', operation: 'op' });
  await keeper.sweep(signal);
  // That of an application that is there may hold its data, whatever is on record here.
  expect([...cloud.all.keys()].sort()).toEqual(['directors', 'foreign', 'unknown', 'vol-1']);
  expect(lines).toEqual([expect.stringContaining('destroying the volume lost of app-gone')]);

  expect(keeper.list()).toMatchObject([{ state: 'attached' }]);
  await cloud.volumes.detach('vol-1', signal);
  const made = keeper.list()[0]?.createdAt ?? 0;
  expect(made).toBeGreaterThan(0);
  await keeper.sweep(signal);
  expect(keeper.list()).toMatchObject([{ state: 'available' }]);
});

test('after a restoration nothing is swept that somebody may still know', async () => {
  const cloud = cloudVolumes();
  const { keeper } = setUp(cloud, Date.now() + 60_000);
  const tags = { deployment, application: 'app-new', operation: 'op' };
  cloud.all.set('young', { id: 'young', name: 'young', tags, sizeGb: 1, state: 'available' });
  await keeper.sweep(signal);
  expect([...cloud.all.keys()]).toEqual(['young']);
});

test('volumes go with their service or application only, attached or not, and a destruction that was cut short goes on', async () => {
  const cloud = cloudVolumes();
  const before = setUp(cloud);
  const vm = await machine(before.inventory, 'vm-one');
  await before.keeper.attach(vm, wanted, 'op-1', signal);
  await expect(before.keeper.destroy(application, [wanted.name], AbortSignal.abort())).rejects.toThrow();
  expect(before.keeper.ofMachine(vm.id)).toEqual([]);

  const after = setUp(cloud);
  await expect(after.keeper.attach(vm, wanted, 'op-2', signal)).rejects.toThrow('is being destroyed');
  await after.keeper.destroy(ApplicationId.parse('app-b'), [wanted.name], signal);
  expect(cloud.all.size).toBe(1);
  await after.keeper.sweep(signal);
  expect(cloud.all.size).toBe(0);
  expect(new VolumeKeeper({ ...after, deployment, journal, clouds: new Map(), log: () => undefined }).list()).toEqual(
    [],
  );

  await after.keeper.attach(vm, wanted, 'op-3', signal);
  cloud.all.set('x', { ...(cloud.all.get('vol-2') as Volume), id: 'x', name: 'not on record', attachedTo: undefined });
  await after.keeper.destroyAll(application, signal);
  expect(cloud.all.size).toBe(0);
});
