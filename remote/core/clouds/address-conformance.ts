/** What every provider with addresses that stay must do. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { StableAddresses } from './cloud.ts';
import type { Provider } from './machines/provider.ts';

export interface AddressesSubject extends AsyncDisposable {
  readonly deployment: string;
  /** A provider of a deployment, each time another one of the same cloud. */
  open(deployment: string): Provider;
  /** How long lists of machines may tell of the address that one had before, milliseconds; absent: as long as one may take to run. */
  readonly staleMs?: number;
}

const never = new AbortController().signal;
/** How long a machine may take to run, milliseconds. */
const runMs = 10_000;

function addressesOf({ kind, addresses }: Provider): StableAddresses {
  if (addresses) return addresses;
  throw new Error(`${kind} has addresses`);
}

export function describeAddresses(name: string, subject: () => Promise<AddressesSubject>): void {
  describe(`addresses of the cloud driver ${name}`, () => {
    let given: AddressesSubject;
    let provider: Provider;
    let addresses: StableAddresses;
    beforeAll(async () => {
      given = await subject();
      provider = given.open(given.deployment);
      addresses = addressesOf(provider);
    });
    afterAll(async () => {
      for (const { id } of await addresses.list(never)) await addresses.release(id, never);
      for (const { id } of await provider.listServers(never)) await provider.destroyServer(id, never);
      await provider[Symbol.asyncDispose]();
      await given[Symbol.asyncDispose]();
    });

    const tagsOf = (deployment: string) => ({ deployment, application: 'app-one', operation: 'op-one' });
    const started = async (vmName: string): Promise<string> => {
      const tags = tagsOf(given.deployment);
      const { id } = await provider.createServer({ name: vmName, tags, userData: '#!/bin/sh\n' }, never);
      const state = async () => (await provider.listServers(never)).find((one) => one.id === id)?.state;
      await expect.poll(state, { timeout: runMs }).toBe('running');
      return id;
    };
    const publicOf = async (server: string) =>
      (await provider.listServers(never)).find(({ id }) => id === server)?.publicAddress;
    const found = async (id: string) => (await addresses.list(never)).find((one) => one.id === id);

    test('one is reserved once, goes from machine to machine, outlives them, and is given back', async () => {
      expect(await addresses.available(never)).toBe(true);
      const tags = tagsOf(given.deployment);
      const reserved = await addresses.reserve({ name: 'address-app-one', tags }, never);
      expect(reserved).toMatchObject({ name: 'address-app-one', tags, heldBy: undefined });
      expect(reserved.address).toMatch(/^\d+\.\d+\.\d+\.\d+$/);
      expect((await addresses.reserve({ name: 'address-app-one', tags }, never)).id).toBe(reserved.id);

      const [first, second] = [await started('holder-1'), await started('holder-2')];
      for (const server of [first, second]) {
        for (const _again of [1, 2]) await addresses.assign(reserved.id, server, never);
        expect(await found(reserved.id)).toMatchObject({ address: reserved.address, heldBy: server });
        await expect.poll(() => publicOf(server), { timeout: given.staleMs ?? runMs }).toBe(reserved.address);
      }

      await provider.destroyServer(second, never);
      expect(await found(reserved.id)).toMatchObject({ address: reserved.address });
      await addresses.assign(reserved.id, first, never);
      expect((await found(reserved.id))?.heldBy).toBe(first);
      expect(await provider.belongings(never)).toContainEqual(expect.objectContaining({ id: reserved.id, tags }));

      await addresses.release(reserved.id, never);
      await addresses.release(reserved.id, never);
      expect(await addresses.list(never)).toEqual([]);
      await expect(addresses.assign(reserved.id, first, never)).rejects.toMatchObject({ code: 'not_found' });
    });

    test("another deployment's is neither seen nor given back", async () => {
      await using foreign = given.open('d-another');
      const theirs = addressesOf(foreign);
      const { id } = await theirs.reserve({ name: 'address-app-one', tags: tagsOf('d-another') }, never);
      expect(await found(id)).toBeUndefined();
      await addresses.release(id, never);
      expect((await theirs.list(never)).map((one) => one.id)).toEqual([id]);
      await theirs.release(id, never);
    });
  });
}
