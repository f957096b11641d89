/** Which volume goes where; with a stand-in for a cloud, which does what it is told. */
import { expect, test } from 'vitest';
import { recipientOf } from '../../remote/core/backup/recipient.ts';
import type { Cloud, CloudVm, Volume } from '../../remote/core/clouds/cloud.ts';
import { ConpaasError } from '../../remote/core/contract/errors.ts';
import { OperationId, VmId } from '../../remote/core/contract/ids.ts';
import {
  attachBackupVolume,
  backupVolumeName,
  findBackupVolume,
  keepBackupVolume,
  removeBackupVolume,
  requireVolumes,
  volumeSteps,
  zoneOfBackups,
} from './backup-volume.ts';
import type { UpContext } from './up.ts';
import { createVolumeBacking, type VolumeBackingParts } from './volume-backing.ts';

const never = new AbortController().signal;
const key = Buffer.alloc(32, 3);
const tags = { deployment: 'd-one', application: '', operation: 'op-one' };
const own = VmId.parse('i-director');
const vm = (id: string, application = ''): CloudVm => ({
  ...{ id: VmId.parse(id), name: id, tags: { ...tags, application }, state: 'running', createdAt: 0 },
});
const volume = (more: Partial<Volume> = {}): Volume => ({
  ...{ id: 'vol-1', name: backupVolumeName, tags, sizeGb: 5, state: 'available', zone: 'z1', ...more },
});

interface Given {
  readonly volumes?: Volume[];
  readonly vms?: CloudVm[];
  readonly available?: boolean;
  /** How often a disk has not appeared yet. */
  readonly busy?: number;
  /** Whatever is to be attached, or taken from a machine. */
  readonly refused?: ConpaasError;
}

function standIn(given: Given = {}) {
  const { vms = [vm('i-director')], available = true } = given;
  const world = {
    ...{ volumes: given.volumes ?? [], busy: given.busy ?? 0, refused: given.refused },
    ...{ done: [] as string[], told: [] as unknown[] },
  };
  const change = (id: string, how: Partial<Volume>) => {
    world.volumes = world.volumes.map((one) => (one.id === id ? { ...one, ...how } : one));
  };
  const volumes = {
    available: async () => available,
    list: async () => world.volumes,
    async create({ name, sizeGb }: { name: string; sizeGb: number }) {
      world.done.push(`create ${name}`);
      world.volumes = [volume({ name, sizeGb })];
      return volume({ name, sizeGb });
    },
    async attach(id: string, to: string) {
      if (world.refused) throw world.refused;
      if (world.busy > 0) {
        world.busy -= 1;
        throw new ConpaasError('unreachable', 'The disk has not appeared yet.', { retry: true });
      }
      world.done.push(`attach to ${to}`);
      change(id, { attachedTo: to, state: 'attached' });
    },
    async detach(id: string) {
      if (world.refused) throw world.refused;
      world.done.push('detach');
      change(id, { attachedTo: undefined, state: 'available' });
    },
    async destroy(id: string) {
      world.done.push('destroy');
      world.volumes = world.volumes.filter((one) => one.id !== id);
    },
  };
  const cloud = { kind: 'stand-in', volumes, listVms: async () => vms } as unknown as Cloud;
  const director = { call: async (name: string, params: unknown) => void world.told.push([name, params]) };
  const context = {
    ...{ cloud, deployment: { id: 'd-one', name: 'one', vm: own } },
    place: { kind: 'volume', sizeGb: 7 },
    keyring: { backupKey: async () => key, backupPlace: async () => ({ kind: 'volume', sizeGb: 7 }) },
    directors: { director: async () => director },
  } as unknown as UpContext;
  return { world, cloud, context };
}

test('a volume is made and attached once, and the director is told whom to seal to', async () => {
  const { world, context } = standIn();
  await keepBackupVolume(context, 7, never);
  expect(world.done).toEqual([`create ${backupVolumeName}`, 'attach to i-director']);
  const said = { name: backupVolumeName, sizeGb: 7, recipient: recipientOf(key) };
  expect(world.told).toEqual([['set_backup_volume', said]]);
  await keepBackupVolume(context, 7, never);
  expect(world.done.filter((one) => one.startsWith('create'))).toHaveLength(1);
  expect(await zoneOfBackups(context, never)).toBe('z1');
});

test('it is taken from the machine of another director, living or not, but of no other machine', async () => {
  for (const vms of [[vm('i-director'), vm('i-old')], [vm('i-director')]]) {
    const { world, context } = standIn({ vms, volumes: [volume({ attachedTo: 'i-old', state: 'attached' })] });
    await keepBackupVolume(context, 7, never);
    expect(world.done).toEqual(['detach', 'attach to i-director']);
  }
  const others = { vms: [vm('i-app', 'app-one')], volumes: [volume({ attachedTo: 'i-app', state: 'attached' })] };
  const { world, context } = standIn(others);
  const refused = { code: 'conflict', message: expect.stringContaining('is attached to i-app') as string };
  await expect(keepBackupVolume(context, 7, never)).rejects.toMatchObject(refused);
  await expect(removeBackupVolume(context, never)).rejects.toMatchObject(refused);
  expect(world.done).toEqual([]);
});

test('a disk that appears late is waited for; what cannot be attached is told', async () => {
  const { world, cloud } = standIn({ volumes: [volume()], busy: 2 });
  await attachBackupVolume(cloud, 'vol-1', own, never);
  expect(world.done).toEqual(['attach to i-director']);
  const refused = new ConpaasError('cloud_failed', 'The machine has no room for one more volume.');
  const other = standIn({ volumes: [volume()], refused });
  await expect(attachBackupVolume(other.cloud, 'vol-1', own, never)).rejects.toBe(refused);
});

test('one that could not be put to use is removed again; where that fails it stays on record, for it costs money', async () => {
  const gone = new ConpaasError('not_found', 'The machine is gone.');
  for (const refused of [undefined, gone]) {
    const { world, context } = standIn();
    let place: unknown;
    const keyring = {
      ...context.keyring,
      backupPlace: async () => place,
      setBackupPlace: async (_id: string, to: unknown) => {
        place = to;
      },
    };
    const director = {
      async call(name: string) {
        if (name === 'hello') return { methods: ['set_backup_volume'] };
        if (name !== 'write_backup_volume') return {};
        world.refused = refused;
        throw new ConpaasError('disk_full', 'The volume is full.');
      },
    };
    const parts = {
      keyring,
      withCloud: (_deployment: unknown, work: (given: UpContext) => Promise<unknown>) => work(context),
      find: async () => context.deployment,
      director: async () => director,
    };
    const backing = createVolumeBacking(parts as unknown as VolumeBackingParts);
    const chosen = { kind: 'volume', sizeGb: 7 } as const;
    await expect(backing.choose(context.deployment, chosen, never)).rejects.toMatchObject({ code: 'disk_full' });
    expect(world.volumes).toHaveLength(refused ? 1 : 0);
    expect(place).toEqual(refused ? chosen : undefined);
  }
});

test('given up, it is detached and destroyed; one that is not there is no error', async () => {
  const { world, context } = standIn({ volumes: [volume({ attachedTo: 'i-director', state: 'attached' })] });
  await removeBackupVolume(context, never);
  await removeBackupVolume(context, never);
  expect(world.done).toEqual(['detach', 'destroy']);
});

test('of others nothing is taken for it, and a cloud without volumes says what to do instead', async () => {
  const foreign = [volume({ name: 'app-a-s1-db' }), volume({ tags: { ...tags, deployment: 'd-two' } })];
  expect(await findBackupVolume(standIn({ volumes: foreign }).context, never)).toBeUndefined();
  const { context } = standIn({ available: false });
  const refused = expect.stringContaining('has no volumes. Have backups copied to a bucket') as string;
  await expect(requireVolumes(context, never)).rejects.toMatchObject({ code: 'conflict', message: refused });
  expect(await zoneOfBackups(context, never)).toBeUndefined();
  // What the director needs to run does not wait for that.
  const [step] = volumeSteps(context);
  const details: string[] = [];
  const operation = OperationId.parse('op-one');
  await step?.run({ operation, signal: never, detail: (text) => void details.push(text) });
  expect(details).toEqual([refused]);
  expect(volumeSteps({ ...context, place: undefined })).toEqual([]);
});
