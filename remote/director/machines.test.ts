import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import type { Cloud, CloudVm } from '../core/clouds/cloud.ts';
import { ConpaasError } from '../core/contract/errors.ts';
import { ApplicationId, DeploymentId, VmId } from '../core/contract/ids.ts';
import { type Journal, openJournal } from '../core/journal/index.ts';
import { Inventory } from './inventory.ts';
import { lateCause } from './late.ts';
import { Machines } from './machines.ts';
import { Managers } from './managers.ts';
import { Prices } from './prices.ts';
import { migrations } from './store.ts';

let directory: string;
let journal: Journal;
beforeEach(async () => {
  directory = mkdtempSync(path.join(os.tmpdir(), 'machines-'));
  journal = openJournal({ path: path.join(directory, 'a.db'), name: 'test', migrations });
  await new Inventory(journal).saveApplication({
    ...{ id: application, name: 'a', createdAt: 0, createdBy: 'ann', cloud: 'own', epoch: 1, deleting: false },
  });
});
afterEach(() => {
  journal[Symbol.dispose]();
  rmSync(directory, { recursive: true, force: true });
});

const application = ApplicationId.parse('app-a');
const deployment = DeploymentId.parse('d-test');
const request = { application, slot: 'm1', cloud: 'own', operation: 'op-1', managers: [] };
const signal = AbortSignal.timeout(60_000);

/** What machines need of a cloud: it answers with what `create` says, and counts by name. What it tells can be changed. */
function setUp(create: (name: string) => Promise<void>, orphansStayUntil?: number) {
  const asked: string[] = [];
  const told = new Map<string, CloudVm>();
  const destroyed: string[] = [];
  const started: string[] = [];
  const cloud: Partial<Cloud> = {
    async startVm(id) {
      started.push(id);
    },
    lists: 'followed',
    async createVm({ name, tags }) {
      asked.push(name);
      await create(name);
      const id = VmId.parse(`vm-cloudsown${asked.length > 1 ? asked.length : ''}`);
      const made = { id, name, tags, state: 'running' as const, address: '127.0.0.9', createdAt: 0 };
      told.set(name, made);
      return made;
    },
    listVms: async () => [...told.values()],
    async destroyVm(id) {
      const found = [...told.values()].find((vm) => vm.id === id);
      if (found?.tags.operation === 'stuck') throw new ConpaasError('cloud_failed', 'It cannot be ended now.');
      destroyed.push(id);
      if (found) told.delete(found.name);
    },
    offers: async () => [],
  };
  const clouds = new Map([['own', cloud as Cloud]]);
  const inventory = new Inventory(journal);
  const machines = new Machines({
    deployment,
    inventory,
    journal,
    clouds,
    prices: new Prices(clouds, () => undefined),
    directorAt: () => ({ host: '127.0.0.1', port: 1 }),
    roots: () => [],
    tokenKey: Buffer.alloc(32),
    orphansStayUntil,
    log: (line) => expect(line).toContain('nothing here belongs to it'),
  });
  return { machines, inventory, asked, told, destroyed, started };
}

test('a machine that the cloud refuses is on record as failed, with the reason, and made when asked for again', async () => {
  let refused = true;
  const { machines, inventory, asked } = setUp(async () => {
    if (refused) throw new ConpaasError('cloud_failed', 'No more than 5 machines.');
  });
  await expect(machines.ensure(request, signal)).rejects.toThrow('No more than 5');
  expect(inventory.vms(application)).toMatchObject([{ state: 'failed', cause: 'No more than 5 machines.' }]);
  refused = false;
  const made = await machines.ensure(request, signal);
  expect(made).toMatchObject({ state: 'running', cause: undefined, address: '127.0.0.9' });
  expect(new Inventory(journal).vms(application)).toEqual([made]);
  expect(new Set(asked).size).toBe(1);
});

test('an agent that joins before the cloud has answered completes nothing: its machine has no address yet', async () => {
  const { machines, inventory } = setUp(async (name) => {
    const vm = inventory.vm(VmId.parse(name));
    if (vm) await inventory.saveVm(Object.assign(vm, { agentPort: 5555 }));
  });
  expect(await machines.ensure(request, signal)).toMatchObject({ state: 'joined', address: '127.0.0.9' });
});

test('a request that died with its director is asked for again under the same name', async () => {
  let arrived = (): void => undefined;
  const taken = new Promise<void>((resolve) => {
    arrived = resolve;
  });
  const before = setUp(() => {
    arrived();
    return new Promise(() => undefined);
  });
  void before.machines.ensure(request, signal);
  await taken;

  const after = setUp(async () => undefined);
  expect(after.inventory.vms(application)).toMatchObject([{ state: 'creating' }]);
  await after.machines.forgetRequests();
  expect(after.inventory.vms(application)).toMatchObject([{ state: 'failed' }]);
  await after.machines.ensure(request, signal);
  expect(after.inventory.vms(application)).toMatchObject([{ state: 'running' }]);
  expect(after.asked).toEqual(before.asked);
});

/** How the cloud tells of the machine from now on. */
function retell(told: Map<string, CloudVm>, name: string, change: Partial<CloudVm>): void {
  const vm = told.get(name);
  if (!vm) throw new Error(`there is no machine ${name}`);
  told.set(name, { ...vm, ...change });
}

test('a machine that fails before anybody has joined from it is destroyed and made anew', async () => {
  const { machines, inventory, told, destroyed } = setUp(async () => undefined);
  const first = await machines.ensure({ ...request, managers: [1] }, signal);
  retell(told, first.id, { state: 'failed', cause: 'no disk' });
  await machines.sweep(signal);
  expect(inventory.vms(application)).toMatchObject([{ id: first.id, state: 'failed', cause: 'no disk' }]);
  const managers = new Managers({ deployment, inventory, credentials: () => expect.unreachable('nobody is asked') });
  await expect(managers.ready(application, signal)).rejects.toThrow('did not come up: no disk');
  const second = await machines.ensure({ ...request, managers: [1] }, signal);
  expect(second.id).not.toBe(first.id);
  expect(destroyed).toEqual([first.cloudId]);
  expect(inventory.vms(application)).toEqual([second]);
});

test('a machine that fails after it has worked is told of and kept: there may be data on it', async () => {
  const { machines, inventory, told, destroyed } = setUp(async () => undefined);
  const vm = await machines.ensure(request, signal);
  await inventory.saveVm(Object.assign(vm, { agentPort: 5555, state: 'joined' as const }));
  retell(told, vm.id, { state: 'failed', cause: 'its host burns' });
  await machines.sweep(signal);
  await machines.ensure(request, signal);
  expect(inventory.vms(application)).toMatchObject([{ id: vm.id, state: 'joined', cause: 'its host burns' }]);
  expect(destroyed).toEqual([]);
});

test('a machine that was stopped is started again, once it is clear that not all of its deployment is being stopped', async () => {
  const { machines, inventory, told, started } = setUp(async () => undefined);
  const notices: string[] = [];
  inventory.notice = (_level, text) => void notices.push(text);
  const vm = await machines.ensure(request, signal);
  await inventory.saveVm(Object.assign(vm, { agentPort: 5555, state: 'joined' as const }));
  retell(told, vm.id, { state: 'stopped' });
  await machines.sweep(signal);
  await machines.sweep(signal);
  expect(started).toEqual([]);
  const clock = vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 60_000);
  onTestFinished(() => clock.mockRestore());
  for (const _ of [1, 2]) await machines.sweep(signal);
  expect(started).toEqual([vm.cloudId, vm.cloudId]);
  expect(notices).toEqual(['A machine had stopped (127.0.0.9). It is started again.']);
  expect(inventory.vm(vm.id)).toMatchObject({ state: 'joined', cause: 'its machine had stopped' });
  retell(told, vm.id, { state: 'running' });
  await machines.sweep(signal);
  expect(inventory.vm(vm.id)).toMatchObject({ state: 'joined', cause: undefined });
});

test('an application whose manager has fallen silent is unreachable, as lists are told, until it reports again', async () => {
  const { machines, inventory } = setUp(async () => undefined);
  const vm = await machines.ensure({ ...request, managers: [1] }, signal);
  const services = [{ name: 'web', type: 'php', state: 'running' as const }];
  const report = () => inventory.report(application, { state: 'running', services, nodes: { running: 2, wanted: 2 } });
  report();
  const [record] = inventory.applications();
  if (!record) throw new Error('there is an application');
  const states: string[] = [];
  inventory.events.publish = (event) => void (event.type === 'application' && states.push(event.application.state));
  inventory.tellSilent();
  expect(inventory.summary(record)).toMatchObject({ state: 'running', nodes: { running: 2, wanted: 2 } });
  const clock = vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 180_000);
  onTestFinished(() => clock.mockRestore());
  for (const _ of [1, 2]) inventory.tellSilent();
  expect(states).toEqual(['unreachable']);
  const why = 'its manager has not been heard of for 3 minutes';
  expect(inventory.summary(record)).toMatchObject({
    ...{ state: 'unreachable', cause: why, nodes: { running: 0, wanted: 2 } },
    services: [{ name: 'web', type: 'php', state: 'unreachable' }],
  });
  vm.cause = 'its machine had stopped';
  expect(inventory.summary(record).cause).toBe(`${why}: its machine had stopped`);
  report();
  expect(states).toEqual(['unreachable', 'running']);
  expect(inventory.summary(record).cause).toBeUndefined();
});

test.each([
  ['is told no more', (told: Map<string, CloudVm>, name: string) => told.delete(name)],
  ['is told as ended', (told: Map<string, CloudVm>, name: string) => retell(told, name, { state: 'gone' })],
])('a young machine that %s twice is gone, and back when the cloud was wrong', async (_how, lose) => {
  const { machines, inventory, told } = setUp(async () => undefined);
  const vm = await machines.ensure(request, signal);
  const before = told.get(vm.id);
  lose(told, vm.id);
  await machines.sweep(signal);
  expect(inventory.vm(vm.id)?.state).toBe('running');
  await machines.sweep(signal);
  expect(inventory.vm(vm.id)).toMatchObject({ state: 'gone', cause: 'the cloud no longer has it' });
  if (before) told.set(vm.id, before);
  await machines.sweep(signal);
  expect(inventory.vm(vm.id)).toMatchObject({ state: 'running', cause: undefined });
});

test('a machine that cannot be destroyed holds up no other, and what has failed is told', async () => {
  const { machines, told, destroyed } = setUp(async () => undefined);
  for (const operation of ['stuck', 'op-2']) {
    const id = VmId.parse(`i-${operation}`);
    const tags = { deployment, application: 'app-ended', operation };
    told.set(`vm-${operation}`, { id, name: `vm-${operation}`, tags, state: 'running', createdAt: 0 });
  }
  await expect(machines.sweep(signal)).rejects.toThrow('cannot be ended now');
  expect(destroyed).toEqual(['i-op-2']);
});

test('what was given up while the cloud was making it does not come back on record, and is swept', async () => {
  let made = (): void => undefined;
  const waiting = new Promise<void>((resolve) => {
    made = resolve;
  });
  const { machines, inventory, asked, destroyed } = setUp(() => waiting);
  const ensuring = machines.ensure(request, signal);
  await expect.poll(() => asked.length).toBe(1);
  const [vm] = inventory.vms(application);
  if (!vm) throw new Error('it is on record before the cloud is asked');
  await machines.destroy(vm, signal);
  made();
  await expect(ensuring).rejects.toMatchObject({ code: 'cancelled' });
  expect(new Inventory(journal).vms()).toEqual([]);
  await machines.sweep(signal);
  expect(destroyed).toEqual(['vm-cloudsown']);
});

test('after a restoration, machines that nobody knows are told of, and stay until nobody can know them any more', async () => {
  const { machines, inventory, told, destroyed } = setUp(async () => undefined, Date.now() + 3_600_000);
  const tags = { deployment, application, operation: 'op-1' };
  const unknown = { name: 'vm-unknown', tags, state: 'running' as const, createdAt: 0 };
  told.set('vm-unknown', { id: VmId.parse('vm-x'), ...unknown });
  const notices: string[] = [];
  inventory.notice = (_level, text) => void notices.push(text);
  for (const _ of [1, 2]) expect(await machines.sweep(signal)).toEqual({ destroyed: [] });
  expect(destroyed).toEqual([]);
  expect(notices).toMatchObject([expect.stringContaining('vm-unknown is not in the backup')]);

  const later = setUp(async () => undefined, Date.now() - 1);
  later.told.set('vm-unknown', { id: VmId.parse('vm-x'), ...unknown });
  expect(await later.machines.sweep(signal)).toEqual({ destroyed: ['vm-unknown'] });
});

test('who waits for a machine that runs, and from which nobody comes, is told why, and not for ever', async () => {
  const { machines, inventory } = setUp(async () => undefined);
  const vm = await machines.ensure({ ...request, managers: [1] }, signal);
  const managers = new Managers({ deployment, inventory, credentials: () => expect.unreachable('nobody is asked') });
  await machines.sweep(signal);
  expect(inventory.vms(application)).toMatchObject([{ state: 'running' }]);
  expect(inventory.vm(vm.id)?.cause).toBeUndefined();

  // Eleven minutes later.
  await inventory.saveVm(Object.assign(vm, { createdAt: Date.now() - 11 * 60_000 }));
  await machines.sweep(signal);
  const why =
    'nothing on it has reached the director within 10 minutes: see whether machines of own can, at 127.0.0.1, port 1';
  expect(inventory.vms(application)).toMatchObject([{ state: 'running', cause: expect.stringContaining(why) }]);
  await expect(managers.ready(application, signal)).rejects.toThrow(why);
  // A slow cloud has more time; one that has joined is not late.
  const now = Date.now();
  expect(lateCause(vm, { host: 'a', port: 1 }, { now, patience: 8 })).toBeUndefined();
  expect(lateCause({ ...vm, agentPort: 5555, state: 'joined' }, { host: 'a', port: 1 }, { now, patience: 1 })).toBe(
    undefined,
  );
});

test('a manager on a cloud of another network is reached where its users are', async () => {
  const { machines, inventory } = setUp(async () => undefined);
  const vm = await machines.ensure({ ...request, managers: [1] }, signal);
  await inventory.saveVm(Object.assign(vm, { publicAddress: '203.0.113.9', managerPorts: { 1: 5556 } }));
  const at = (isOutside: boolean) =>
    new Managers({
      ...{ deployment, inventory, isOutside: () => isOutside },
      credentials: () => ({}) as ReturnType<ConstructorParameters<typeof Managers>[0]['credentials']>,
    }).target(application);
  expect(at(true)).toMatchObject({ host: '203.0.113.9', port: 5556 });
  expect(at(false)).toMatchObject({ host: '127.0.0.9', port: 5556 });
});
