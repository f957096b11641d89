/**
 * What every driver must do, in levels: records (what the cloud's API says; seconds and cents on a real cloud) and boots (a VM
 * really comes up and its host starts our processes). A cloud that is made of a provider passes the records with the provider
 * alone. Of what not every cloud has: `volume-conformance.ts`, `address-conformance.ts`, `image-conformance.ts`.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { ConpaasError } from '../contract/errors.ts';
import type { HostProcess } from '../contract/host.ts';
import { VmId } from '../contract/ids.ts';
import type { Cloud, CloudVm, FirstContact, Offer, Tags, VmRequest } from './cloud.ts';
import type { Provider } from './machines/provider.ts';

/** What the level of records needs of a driver. */
export interface Records extends AsyncDisposable {
  check(signal: AbortSignal): Promise<void>;
  offers(signal: AbortSignal): Promise<readonly Offer[]>;
  create(request: { readonly name: string; readonly tags: Tags }, signal: AbortSignal): Promise<Recorded>;
  list(signal: AbortSignal): Promise<readonly Recorded[]>;
  destroy(id: string, signal: AbortSignal): Promise<void>;
}

interface Recorded {
  readonly id: string;
  readonly name: string;
  readonly tags: Tags;
  readonly state: CloudVm['state'];
}

export interface RecordsSubject extends AsyncDisposable {
  /** A driver of a deployment; called more than once, as window, command and director each have their own. */
  open(deployment: string): Records;
  readonly deployment: string;
}

/** The records of a provider, with a user-data that does nothing. */
export function recordsOf(provider: Provider): Records {
  return {
    check: (signal) => provider.check(signal),
    offers: (signal) => provider.offers(signal),
    create: (request, signal) => provider.createServer({ ...request, userData: '#!/bin/sh\n' }, signal),
    list: (signal) => provider.listServers(signal),
    destroy: (id, signal) => provider.destroyServer(id, signal),
    [Symbol.asyncDispose]: () => provider[Symbol.asyncDispose](),
  };
}

function recordsOfCloud(cloud: Cloud): Records {
  return {
    check: (signal) => cloud.check(signal),
    offers: (signal) => cloud.offers(signal),
    create: (request, signal) => cloud.createVm({ ...request, processes: [] }, signal),
    list: (signal) => cloud.listVms(signal),
    destroy: (id, signal) => cloud.destroyVm(VmId.parse(id), signal),
    [Symbol.asyncDispose]: () => cloud[Symbol.asyncDispose](),
  };
}

export interface ConformanceSubject extends AsyncDisposable {
  /** A driver of a deployment; called more than once, as window, command and director each have their own. */
  open(deployment: string): Cloud;
  readonly deployment: string;
  /** How long a VM may take to be running, and its processes to be up. */
  readonly bootMs: number;
}

/**
 * At the boots level, the VMs run stand-ins in place of our bundles: each writes `started.json` ({@link Started}) into
 * its home once it is up, and then does nothing.
 */
export const Started = z.object({ pid: z.number(), home: z.string(), bootstrap: z.unknown() });

const never = new AbortController().signal;

/** Every level of a cloud. */
export function describeCloud(name: string, subject: () => Promise<ConformanceSubject>): void {
  describeRecords(name, async () => {
    const given = await subject();
    return {
      deployment: given.deployment,
      open: (deployment) => recordsOfCloud(given.open(deployment)),
      [Symbol.asyncDispose]: () => given[Symbol.asyncDispose](),
    };
  });
  describeBoots(name, subject);
}

export function describeRecords(name: string, subject: () => Promise<RecordsSubject>): void {
  describe(`records of the cloud driver ${name}`, () => {
    let given: RecordsSubject;
    let cloud: Records;
    let foreign: Records;

    beforeAll(async () => {
      given = await subject();
      cloud = given.open(given.deployment);
      foreign = given.open('d-another');
    });
    afterAll(async () => {
      for (const each of [cloud, foreign]) {
        for (const vm of await each.list(never)) await each.destroy(vm.id, never);
        await each[Symbol.asyncDispose]();
      }
      await given[Symbol.asyncDispose]();
    });

    const request = (vmName: string, deployment = given.deployment) => ({
      name: vmName,
      tags: { deployment, application: 'app-one', operation: 'op-one' },
    });
    const living = async (driver = cloud): Promise<readonly Recorded[]> =>
      (await driver.list(never)).filter(({ state }) => state !== 'gone');
    const find = async (id: string, driver = cloud): Promise<Recorded | undefined> =>
      (await living(driver)).find((vm) => vm.id === id);

    test('credentials and quota allow work', async () => {
      await cloud.check(never);
    });

    test('names at least one offer, with its size', async () => {
      const offers = await cloud.offers(never);
      expect(offers.length).toBeGreaterThan(0);
      for (const offer of offers) {
        expect(offer.cpus).toBeGreaterThan(0);
        expect(offer.memoryMb).toBeGreaterThan(0);
      }
    });

    test('a VM carries its name and tags', async () => {
      const vm = await cloud.create(request('tagged'), never);
      expect(vm.name).toBe('tagged');
      expect(vm.tags).toEqual({ deployment: given.deployment, application: 'app-one', operation: 'op-one' });
      expect((await find(vm.id))?.tags).toEqual(vm.tags);
    });

    test('the same name never makes two VMs: again, at once, and from another driver', async () => {
      await using other = given.open(given.deployment);
      const all = await Promise.all([cloud, other, cloud, other].map((each) => each.create(request('once'), never)));
      all.push(await other.create(request('once'), never));
      expect(new Set(all.map((vm) => vm.id)).size).toBe(1);
      expect((await living()).filter((vm) => vm.name === 'once')).toHaveLength(1);
    });

    test('VMs of another deployment are neither listed nor touched', async () => {
      const vm = await foreign.create(request('foreign', 'd-another'), never);
      expect(await find(vm.id)).toBeUndefined();
      await cloud.destroy(vm.id, never);
      expect((await find(vm.id, foreign))?.name).toBe('foreign');
    });

    test('destroying is idempotent, and the name then makes another VM', async () => {
      const vm = await cloud.create(request('brief'), never);
      await Promise.all([cloud.destroy(vm.id, never), cloud.destroy(vm.id, never)]);
      await cloud.destroy(vm.id, never);
      expect(await find(vm.id)).toBeUndefined();
      const next = await cloud.create(request('brief'), never);
      expect(next.id).not.toBe(vm.id);
    });

    test('destroying a VM that never was is no error', async () => {
      await cloud.destroy('vm-that-never-was', never);
    });

    test('an aborted call does nothing', async () => {
      await expect(cloud.create(request('aborted'), AbortSignal.abort())).rejects.toThrow();
      expect((await cloud.list(never)).map((vm) => vm.name)).not.toContain('aborted');
    });
  });
}

export function describeBoots(name: string, subject: () => Promise<ConformanceSubject>): void {
  describe(`boots of the cloud driver ${name}`, () => {
    let given: ConformanceSubject;
    let cloud: Cloud;

    beforeAll(async () => {
      given = await subject();
      cloud = given.open(given.deployment);
    });
    // Whoever has few machines to give, or emulates them, has them for the next test.
    afterEach(async () => {
      for (const vm of await cloud.listVms(never)) await cloud.destroyVm(vm.id, never);
    });
    afterAll(async () => {
      await cloud[Symbol.asyncDispose]();
      await given[Symbol.asyncDispose]();
    });

    const request = (vmName: string, processes: readonly HostProcess[] = []): VmRequest => ({
      name: vmName,
      tags: { deployment: given.deployment, application: 'app-one', operation: 'op-one' },
      processes,
    });
    const find = async (id: VmId): Promise<CloudVm | undefined> =>
      (await cloud.listVms(never)).find((vm) => vm.id === id);

    const processes = (...names: string[]): HostProcess[] =>
      names.map((each) => ({ name: each, bundle: 'agent', bootstrap: { marker: each } }));

    async function until<T>(what: string, probe: () => Promise<T | undefined>): Promise<T> {
      const deadline = performance.now() + given.bootMs;
      for (;;) {
        const value = await probe();
        if (value !== undefined) return value;
        if (performance.now() > deadline) throw new Error(`not within ${given.bootMs} ms: ${what}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
    const running = (id: VmId): Promise<CloudVm> =>
      until('the VM is running', async () => {
        const vm = await find(id);
        if (vm?.state === 'failed') throw new Error(vm.cause);
        return vm?.state === 'running' ? vm : undefined;
      });
    const started = (contact: FirstContact, process: string): Promise<z.infer<typeof Started>> =>
      until(`${process} is up`, async () => {
        const text = await contact.readFile(`${process}/started.json`, never);
        return text === undefined ? undefined : Started.parse(JSON.parse(text));
      });

    test('VMs come up with addresses of their own, and their processes with their bootstraps', async () => {
      const names = ['boot-1', 'boot-2', 'boot-3'];
      const taken = await Promise.all(names.map((each) => cloud.createVm(request(each, processes('agent')), never)));
      const vms = await Promise.all(taken.map((vm) => running(vm.id)));
      expect(new Set(vms.map((vm) => vm.address)).size).toBe(3);
      for (const vm of vms) {
        await using contact = await cloud.contact(vm.id, never);
        expect((await started(contact, 'agent')).bootstrap).toMatchObject({ marker: 'agent', address: vm.address });
      }
    });

    test('first contact reads and writes small files of the VM, and nothing outside', async () => {
      const vm = await cloud.createVm(request('contact', processes('agent')), never);
      await running(vm.id);
      await using contact = await cloud.contact(vm.id, never);
      await started(contact, 'agent');
      expect(await contact.readFile('agent/absent', never)).toBeUndefined();
      await contact.writeFile('agent/identity/made.pem', 'one\n', never);
      await contact.writeFile('agent/identity/made.pem', 'two\n', never);
      expect(await contact.readFile('agent/identity/made.pem', never)).toBe('two\n');
      for (const strange of ['/etc/hostname', '../x', 'agent/../../x', 'agent//x', '', '.', 'agent/./x']) {
        await expect(contact.readFile(strange, never)).rejects.toThrow(ConpaasError);
        await expect(contact.writeFile(strange, 'x', never)).rejects.toThrow(ConpaasError);
      }
    });

    test('the list of processes can be changed: new ones start, those no longer listed end, others go on', async () => {
      const vm = await cloud.createVm(request('list', processes('agent', 'agent-2')), never);
      await running(vm.id);
      await using contact = await cloud.contact(vm.id, never);
      const kept = await started(contact, 'agent');
      await started(contact, 'agent-2');
      await cloud.setProcesses(vm.id, processes('agent', 'agent-3'), never);
      await started(contact, 'agent-3');
      expect(await contact.readFile('agent-2/started.json', never)).toBeUndefined();
      expect((await started(contact, 'agent')).pid).toBe(kept.pid);
    });

    test('off stops VMs, on brings them back at their addresses with their files', async () => {
      const vm = await cloud.createVm(request('power', processes('agent')), never);
      const { address } = await running(vm.id);
      await using contact = await cloud.contact(vm.id, never);
      const before = await started(contact, 'agent');
      await contact.writeFile('agent/kept', 'data', never);
      await cloud.power(false, never);
      expect((await find(vm.id))?.state).toBe('stopped');
      await cloud.power(false, never);
      await cloud.power(true, never);
      expect((await running(vm.id)).address).toBe(address);
      expect(await contact.readFile('agent/kept', never)).toBe('data');
      await until('another process is up', async () => {
        const now = await started(contact, 'agent');
        return now.pid === before.pid ? undefined : now;
      });
    });

    test('a destroyed VM has no files any more', async () => {
      const vm = await cloud.createVm(request('ended', processes('agent')), never);
      await running(vm.id);
      await using contact = await cloud.contact(vm.id, never);
      await started(contact, 'agent');
      await cloud.destroyVm(vm.id, never);
      await expect(contact.readFile('agent/started.json', never)).rejects.toThrow(ConpaasError);
    });
  });
}
