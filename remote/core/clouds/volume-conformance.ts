/** What every driver of a cloud with volumes must do: a provider's alone, and those of a whole cloud. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { VmId } from '../contract/ids.ts';
import type { ConformanceSubject, Records, RecordsSubject } from './conformance.ts';
import type { Volumes } from './machines/provider.ts';

const never = new AbortController().signal;

export interface VolumesSubject extends RecordsSubject {
  /** The volumes of our deployment. */
  volumes(): Volumes;
  /** How long an attachment may take. */
  readonly attachMs: number;
}

export function describeVolumes(name: string, subject: () => Promise<VolumesSubject>): void {
  describe(`volumes of the cloud driver ${name}`, () => {
    let given: VolumesSubject;
    let volumes: Volumes;
    let cloud: Records;
    beforeAll(async () => {
      given = await subject();
      volumes = given.volumes();
      cloud = given.open(given.deployment);
    });
    afterAll(async () => {
      for (const vm of await cloud.list(never)) await cloud.destroy(vm.id, never);
      for (const volume of await volumes.list(never)) await volumes.destroy(volume.id, never);
      await cloud[Symbol.asyncDispose]();
      await given[Symbol.asyncDispose]();
    });

    test('a volume is made once, attached, outlives its VM, is attached to another and destroyed', async () => {
      const tags = { deployment: given.deployment, application: 'app-one', operation: 'op-one' };
      const made = await volumes.create({ name: 'data', tags, sizeGb: 2 }, never);
      expect(made).toMatchObject({ name: 'data', tags, sizeGb: 2 });
      expect((await volumes.create({ name: 'data', tags, sizeGb: 2 }, never)).id).toBe(made.id);
      const state = async (): Promise<string | undefined> =>
        (await volumes.list(never)).find(({ id }) => id === made.id)?.state;
      const becomes = (wanted: string | undefined) => expect.poll(state, { timeout: given.attachMs }).toBe(wanted);
      await becomes('available');
      for (const vmName of ['first', 'second']) {
        const vm = await cloud.create({ name: vmName, tags }, never);
        await expect
          .poll(async () => (await cloud.list(never)).find(({ id }) => id === vm.id)?.state, {
            timeout: given.attachMs,
          })
          .toBe('running');
        const devices = await volumes.attach(made.id, vm.id, never);
        await becomes('attached');
        expect(devices.length).toBeGreaterThan(0);
        expect(await volumes.attach(made.id, vm.id, never)).toEqual(devices);
        await volumes.detach(made.id, never);
        await volumes.detach(made.id, never);
        await becomes('available');
        await cloud.destroy(vm.id, never);
        await becomes('available');
      }
      await volumes.destroy(made.id, never);
      await volumes.destroy(made.id, never);
      await becomes(undefined);
    });
  });
}

/** Volumes as the director uses them: of a whole cloud. */
export function describeCloudVolumes(name: string, subject: () => Promise<ConformanceSubject>): void {
  test(`a volume of the cloud ${name} outlives its VM and serves one VM at a time`, async () => {
    await using given = await subject();
    await using cloud = given.open(given.deployment);
    const { volumes } = cloud;
    if (!volumes) throw new Error(`${name} has volumes`);
    expect(await volumes.available(never)).toBe(true);
    const tags = { deployment: given.deployment, application: 'app-one', operation: 'op-one' };
    const boot = async (vmName: string): Promise<VmId> => {
      const { id } = await cloud.createVm({ name: vmName, tags, processes: [] }, never);
      const state = async () => (await cloud.listVms(never)).find((vm) => vm.id === id)?.state;
      await expect.poll(state, { timeout: given.bootMs }).toBe('running');
      return id;
    };
    const [first, second] = [await boot('holder-1'), await boot('holder-2')];
    const request = { name: 'app-one-s1-data', tags, sizeGb: 1 };
    const { id } = await volumes.create(request, first, never);
    expect((await volumes.create(request, second, never)).id).toBe(id);
    const holder = async () => (await volumes.list(never)).find((one) => one.id === id)?.attachedTo;
    const isHeldBy = (vm: VmId | undefined) => expect.poll(holder, { timeout: given.bootMs }).toBe(vm);
    const found = await volumes.attach(id, first, never);
    await isHeldBy(first);
    expect(await volumes.attach(id, first, never)).toEqual(found);
    await expect(volumes.attach(id, second, never)).rejects.toMatchObject({ code: 'conflict' });
    expect(await cloud.tagged(never)).toContainEqual(expect.objectContaining({ kind: 'volume', id, tags }));
    await cloud.destroyVm(first, never);
    await isHeldBy(undefined);
    await volumes.attach(id, second, never);
    await isHeldBy(second);
    await volumes.detach(id, never);
    await isHeldBy(undefined);
    await cloud.removeTagged({ kind: 'volume', id }, never);
    await volumes.destroy(id, never);
    expect((await volumes.list(never)).map((one) => one.id)).not.toContain(id);
    await cloud.destroyVm(second, never);
  });
}
