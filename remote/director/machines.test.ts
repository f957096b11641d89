import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Cloud } from '../core/clouds/cloud.ts';
import { ConpaasError } from '../core/contract/errors.ts';
import { ApplicationId, DeploymentId, VmId } from '../core/contract/ids.ts';
import { type Journal, openJournal } from '../core/journal/index.ts';
import { Inventory } from './inventory.ts';
import { Machines } from './machines.ts';
import { Prices } from './prices.ts';
import { migrations } from './store.ts';

let directory: string;
let journal: Journal;
beforeEach(() => {
  directory = mkdtempSync(path.join(os.tmpdir(), 'machines-'));
  journal = openJournal({ path: path.join(directory, 'a.db'), name: 'test', migrations });
});
afterEach(() => {
  journal[Symbol.dispose]();
  rmSync(directory, { recursive: true, force: true });
});

const application = ApplicationId.parse('app-a');
const request = { application, slot: 'm1', cloud: 'own', operation: 'op-1', managers: [] };
const signal = AbortSignal.timeout(60_000);

/** What machines need of a cloud: it answers with what `create` says, and counts by name. */
function setUp(create: (name: string) => Promise<void>) {
  const asked: string[] = [];
  const cloud: Partial<Cloud> = {
    async createVm({ name, tags }) {
      asked.push(name);
      await create(name);
      return { id: VmId.parse('vm-cloudsown'), name, tags, state: 'running', address: '127.0.0.9', createdAt: 0 };
    },
    offers: async () => [],
  };
  const clouds = new Map([['own', cloud as Cloud]]);
  const inventory = new Inventory(journal);
  const machines = new Machines({
    deployment: DeploymentId.parse('d-test'),
    inventory,
    journal,
    clouds,
    prices: new Prices(clouds, () => undefined),
    director: { host: '127.0.0.1', port: 1 },
    roots: () => [],
    tokenKey: Buffer.alloc(32),
    log: (line) => expect.unreachable(line),
  });
  return { machines, inventory, asked };
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
