import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import type { Cloud, CloudVm } from '../../core/clouds/cloud.ts';
import { ApplicationId, DeploymentId, VmId } from '../../core/contract/ids.ts';
import type { Recollection } from '../../core/contract/recollection.ts';
import { openJournal } from '../../core/journal/index.ts';
import { BlobStore } from '../blobs.ts';
import { Inventory } from '../inventory.ts';
import { Revocations } from '../revocations.ts';
import { SecretStore } from '../secrets.ts';
import { StateStore } from '../states.ts';
import { migrations, type VmRecord } from '../store.ts';
import { adoptManagers } from './adoption.ts';
import { ConfirmedManagers } from './restoring.ts';

const deployment = DeploymentId.parse('d-test');
const application = ApplicationId.parse('app-a');
const address = { host: '127.0.0.7', port: 5555 };

const vm = (id: string, slot: string) => ({
  ...{ id: VmId.parse(id), cloud: 'own', application, role: 'application' as const, state: 'joined' as const },
  ...{ address: '127.0.0.9', agentPort: 5555, createdAt: 0, slot },
});
const record = (id: string, slot: string): VmRecord => ({
  ...vm(id, slot),
  ...{ cloudId: `cloud-${id}`, operation: 'op-1', managers: [], managerPorts: {} },
});

test('what a manager knows since the backup is taken over, once, before it is told where the director is', async () => {
  const home = mkdtempSync(path.join(os.tmpdir(), 'adoption-'));
  using journal = openJournal({ path: path.join(home, 'a.db'), name: 'test', migrations });
  const inventory = new Inventory(journal);
  await inventory.saveApplication({
    ...{ id: application, name: 'Shop', createdAt: 0, createdBy: 'ann', cloud: 'own', epoch: 1, deleting: false },
  });
  const away = { ...record('vm-away', 'm4'), cloud: 'away', agentPort: 4 };
  for (const one of [record('vm-kept', 'first'), record('vm-replaced', 'm2'), away]) await inventory.adoptVm(one);
  const states = new StateStore(journal);
  await states.put(application, 1, 1, { n: 1 });
  const secrets = await SecretStore.open(journal, path.join(home, 'secrets.key'));
  await secrets.set(application, 'KEY', 'of before');
  const revocations = new Revocations(journal);
  const notices: string[] = [];
  inventory.notice = (_level, text) => void notices.push(text);

  const tags = { deployment, application, operation: 'op-9' };
  const listed = (name: string): CloudVm => ({
    ...{ id: VmId.parse(`cloud-${name}`), name, tags, state: 'running', createdAt: 0 },
  });
  const cloud: Partial<Cloud> = { listVms: async () => ['vm-kept', 'vm-made'].map(listed) };
  const silent: Partial<Cloud> = { listVms: () => Promise.reject(new Error('it is away')) };
  const known: Recollection = {
    n: 4,
    document: { n: 4, code: 'd'.repeat(64) },
    // The cloud does not have the last one: that is gone, whoever remembers it.
    vms: [vm('vm-kept', 'first'), vm('vm-made', 'm2'), vm('vm-gone', 'm3'), { ...vm('vm-away', 'm4'), cloud: 'away' }],
    secrets: { KEY: 'of after' },
    revoked: ['ab'],
  };
  const calls: string[] = [];
  let isAway = true;
  const ending = new AbortController();
  const told = Promise.withResolvers<void>();
  const client = {
    async call(name: string, params: unknown) {
      if (isAway) {
        isAway = false;
        throw new Error('it is away');
      }
      calls.push(name);
      if (name === 'recollect') return known;
      expect(params).toEqual({ director: address });
      // All of it is on disk by now.
      expect(states.get(application)).toMatchObject({ n: 4, document: { n: 4 } });
      told.resolve();
      return {};
    },
  };
  const managers = { target: () => ({}), client: () => client };
  const clouds = new Map([
    ['own', cloud as Cloud],
    ['away', silent as Cloud],
  ]);
  const open = () => ({
    ...{ inventory, states, secrets, revocations, deployment, clouds },
    ...{ blobs: new BlobStore(path.join(home, 'blobs')), log: () => undefined },
    managers: managers as unknown as Parameters<typeof adoptManagers>[0]['managers'],
  });
  const restored = { backup: 'b', createdAt: 0, at: 0, confirmed: [] };
  const confirmed = new ConfirmedManagers(home, restored);
  const adopting = adoptManagers({ ...open(), restored: confirmed }, () => address, ending.signal);
  await told.promise;
  ending.abort();
  await adopting;
  expect(calls).toEqual(['recollect', 'follow_director']);
  expect(inventory.vms(application).map(({ id, cloudId }) => [id, cloudId])).toEqual([
    ['vm-kept', 'cloud-vm-kept'],
    ['vm-away', 'cloud-vm-away'],
    ['vm-made', 'cloud-vm-made'],
  ]);
  // Its cloud does not answer, and need not: the backup knows that machine.
  expect(inventory.vm(away.id)).toMatchObject({ agentPort: 5555 });
  expect(secrets.get(application, ['KEY'])).toEqual({ KEY: 'of after' });
  expect([...revocations.all()]).toEqual(['ab']);
  expect(notices).toMatchObject([expect.stringContaining('Code of Shop that was uploaded after the backup is lost')]);

  // After a restart of the director it is told again, but what the director has is newer by now.
  await secrets.set(application, 'KEY', 'of now');
  const again = new AbortController();
  calls.length = 0;
  const once = adoptManagers({ ...open(), restored: confirmed }, () => address, again.signal);
  await expect.poll(() => calls).toEqual(['follow_director']);
  again.abort();
  await once;
  expect(secrets.get(application, ['KEY'])).toEqual({ KEY: 'of now' });
  rmSync(home, { recursive: true, force: true });
});

test('machines on a cloud that is not known yet are waited for: their manager does not learn of the director before', async () => {
  const home = mkdtempSync(path.join(os.tmpdir(), 'adoption-'));
  using journal = openJournal({ path: path.join(home, 'a.db'), name: 'test', migrations });
  const inventory = new Inventory(journal);
  await inventory.saveApplication({
    ...{ id: application, name: 'Shop', createdAt: 0, createdBy: 'ann', cloud: 'own', epoch: 1, deleting: false },
  });
  await inventory.adoptVm(record('vm-kept', 'first'));
  const tags = { deployment, application, operation: 'op-9' };
  const attic: Partial<Cloud> = {
    listVms: async () => [{ id: VmId.parse('a-1'), name: 'vm-attic', tags, state: 'running', createdAt: 0 }],
  };
  const clouds = new Map<string, Cloud>([['own', { listVms: async () => [] } as Partial<Cloud> as Cloud]]);
  const calls: string[] = [];
  const lines: string[] = [];
  const vms = [vm('vm-kept', 'first'), { ...vm('vm-attic', 'on-attic'), cloud: 'attic' }];
  const client = {
    async call(name: string) {
      calls.push(name);
      return name === 'recollect' ? { n: 1, document: null, vms, secrets: {}, revoked: [] } : {};
    },
  };
  const parts = {
    ...{ inventory, deployment, clouds, states: new StateStore(journal), revocations: new Revocations(journal) },
    secrets: await SecretStore.open(journal, path.join(home, 'secrets.key')),
    ...{ blobs: new BlobStore(path.join(home, 'blobs')), log: (line: string) => void lines.push(line) },
    managers: { target: () => ({}), client: () => client } as unknown as Parameters<
      typeof adoptManagers
    >[0]['managers'],
    restored: new ConfirmedManagers(home, { backup: 'b', createdAt: 0, at: 0, confirmed: [] }),
  };
  const ending = new AbortController();
  const adopting = adoptManagers(parts, () => address, ending.signal);
  await expect.poll(() => lines.join()).toContain('There is no cloud "attic"');
  expect(calls).not.toContain('follow_director');
  clouds.set('attic', attic as Cloud);
  await expect.poll(() => calls).toContain('follow_director');
  ending.abort();
  await adopting;
  expect(inventory.vm(VmId.parse('vm-attic'))).toMatchObject({ cloud: 'attic', cloudId: 'a-1' });
  rmSync(home, { recursive: true, force: true });
});
