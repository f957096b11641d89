import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Cloud, StableAddress, StableAddresses } from '../core/clouds/cloud.ts';
import { ApplicationId, DeploymentId, VmId } from '../core/contract/ids.ts';
import { type Journal, openJournal } from '../core/journal/index.ts';
import { AddressKeeper } from './addresses.ts';
import { Inventory } from './inventory.ts';
import { migrations, type VmRecord } from './store.ts';

const application = ApplicationId.parse('app-a');
const deployment = DeploymentId.parse('d-test');
const signal = AbortSignal.timeout(60_000);

let directory: string;
let journal: Journal;
let inventory: Inventory;
beforeEach(async () => {
  directory = mkdtempSync(path.join(os.tmpdir(), 'addresses-'));
  journal = openJournal({ path: path.join(directory, 'a.db'), name: 'test', migrations });
  inventory = new Inventory(journal);
  await inventory.saveApplication({
    ...{ id: application, name: 'a', createdAt: 0, createdBy: 'ann', cloud: 'own', epoch: 1, deleting: false },
  });
});
afterEach(() => {
  journal[Symbol.dispose]();
  rmSync(directory, { recursive: true, force: true });
});

/** Addresses of a cloud in memory. */
function cloudAddresses(available = true) {
  const all = new Map<string, StableAddress>();
  const addresses: StableAddresses = {
    available: async () => available,
    list: async () => [...all.values()],
    async reserve({ name, tags }) {
      const present = [...all.values()].find((one) => one.name === name);
      if (present) return present;
      const made = { id: `a-${all.size + 1}`, name, tags, address: `203.0.113.${all.size + 1}` };
      all.set(made.id, made);
      return made;
    },
    async assign(id, heldBy) {
      const present = all.get(id);
      if (present) all.set(id, { ...present, heldBy });
    },
    async release(id) {
      all.delete(id);
    },
  };
  return { addresses, all };
}

const cloudOf = (addresses?: StableAddresses): Cloud => ({ addresses }) as Partial<Cloud> as Cloud;

function keeperOf(clouds: Readonly<Record<string, StableAddresses | undefined>>, orphansStayUntil?: number) {
  const lines: string[] = [];
  const keeper = new AddressKeeper({
    ...{ deployment, inventory, orphansStayUntil },
    clouds: new Map(Object.entries(clouds).map(([name, addresses]) => [name, cloudOf(addresses)])),
    log: (line) => lines.push(line),
  });
  return { keeper, lines };
}

async function machine(id: string, more: Partial<VmRecord> = {}): Promise<VmRecord> {
  const record: VmRecord = {
    ...{ id: VmId.parse(id), cloud: 'own', application, role: 'application', state: 'joined', createdAt: 0, slot: id },
    ...{ cloudId: `cloud-${id}`, operation: 'op-1', managers: [], managerPorts: {} },
    ...more,
  };
  await inventory.adoptVm(record);
  return record;
}

test('an application keeps its address from machine to machine, and users are told it at once', async () => {
  const { addresses, all } = cloudAddresses();
  const { keeper } = keeperOf({ own: addresses });
  const [first, second] = [await machine('vm-one', { publicAddress: '198.51.100.7' }), await machine('vm-two')];
  expect(await keeper.hold(application, first, signal)).toBe('203.0.113.1');
  expect(inventory.vm(first.id)?.publicAddress).toBe('203.0.113.1');
  expect(await keeper.hold(application, second, signal)).toBe('203.0.113.1');
  const tags = { deployment, application, operation: 'op-1' };
  const held = { id: 'a-1', name: 'address-app-a', tags, address: '203.0.113.1', heldBy: 'cloud-vm-two' };
  expect([...all.values()]).toEqual([held]);
  await keeper.release(application, signal);
  expect([...all.values()]).toEqual([]);
});

test('a cloud without them has none to give, and a machine that is not there yet cannot have one', async () => {
  const { addresses, all } = cloudAddresses(false);
  const { keeper } = keeperOf({ own: addresses, bare: undefined });
  expect(await keeper.hold(application, await machine('vm-one'), signal)).toBeUndefined();
  expect(await keeper.hold(application, await machine('vm-two', { cloud: 'bare' }), signal)).toBeUndefined();
  const { keeper: able } = keeperOf({ own: cloudAddresses().addresses });
  const coming = await machine('vm-three', { cloudId: undefined });
  await expect(able.hold(application, coming, signal)).rejects.toMatchObject({ code: 'conflict' });
  expect(all.size).toBe(0);
});

test('what an application had at a cloud that it has left is given back', async () => {
  const [own, other] = [cloudAddresses(), cloudAddresses()];
  const { keeper } = keeperOf({ own: own.addresses, other: other.addresses });
  await keeper.hold(application, await machine('vm-one'), signal);
  await keeper.hold(application, await machine('vm-two', { cloud: 'other' }), signal);
  expect([own.all.size, other.all.size]).toEqual([0, 1]);
});

test('a sweep gives back what no application has, and waits after a restoration', async () => {
  const { addresses, all } = cloudAddresses();
  const reserve = (of: string, name: string) =>
    addresses.reserve({ name, tags: { deployment: of, application: name, operation: 'op-1' } }, signal);
  await reserve(deployment, 'app-a');
  await reserve(deployment, 'app-gone');
  await reserve('d-other', 'app-theirs');
  await keeperOf({ own: addresses }, Date.now() + 60_000).keeper.sweep(signal);
  expect(all.size).toBe(3);
  const { keeper, lines } = keeperOf({ own: addresses });
  await keeper.sweep(signal);
  expect([...all.values()].map(({ name }) => name)).toEqual(['app-a', 'app-theirs']);
  expect(lines).toEqual(['sweep: giving back the address 203.0.113.2 of app-gone: no application has it']);
});
