/** What every provider with volumes must do: records, volumes, switching machines, and sweeps that touch nothing foreign. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { describeRecords, recordsOf } from './conformance.ts';
import { createMachineCloud } from './machines/machine-cloud.ts';
import type { Provider } from './machines/provider.ts';
import { describeVolumes } from './volume-conformance.ts';

export interface ProviderSubject extends AsyncDisposable {
  /** A provider of a deployment, each time another one of the same cloud. */
  open(deployment: string): Provider;
  /** Kinds of all that a machine and a volume of a deployment bring, in the order of the alphabet. */
  readonly parts: readonly string[];
}

const never = new AbortController().signal;
const deployment = 'd-conformance';
const userData = '#!/bin/sh\n';
/** How long an attachment may take, milliseconds. */
const attachMs = 10_000;

export function describeProvider(name: string, subject: () => Promise<ProviderSubject>): void {
  describeRecords(name, async () => {
    const given = await subject();
    return {
      deployment,
      open: (of) => recordsOf(given.open(of)),
      [Symbol.asyncDispose]: () => given[Symbol.asyncDispose](),
    };
  });

  describeVolumes(name, async () => {
    const given = await subject();
    const provider = given.open(deployment);
    const { volumes } = provider;
    if (!volumes) throw new Error(`${name} has volumes`);
    return {
      deployment,
      attachMs,
      open: (of) => recordsOf(given.open(of)),
      volumes: () => volumes,
      async [Symbol.asyncDispose]() {
        await provider[Symbol.asyncDispose]();
        await given[Symbol.asyncDispose]();
      },
    };
  });

  describe(`machines of the provider ${name}`, () => {
    let given: ProviderSubject;
    beforeAll(async () => {
      given = await subject();
    });
    afterAll(() => given[Symbol.asyncDispose]());

    test('off and on again; twice is no error', async () => {
      await using provider = given.open(deployment);
      const tags = { deployment, application: 'app-1', operation: 'op-1' };
      const { id } = await provider.createServer({ name: 'power', tags, userData }, never);
      const state = async () => (await provider.listServers(never)).find((server) => server.id === id)?.state;
      await expect.poll(state).toBe('running');
      await Promise.all([provider.power(id, false, never), provider.power(id, false, never)]);
      await expect.poll(state).toBe('stopped');
      await provider.power(id, true, never);
      await expect.poll(state).toBe('running');
      await provider.reboot(id, never);
      await provider.destroyServer(id, never);
    });

    test('a sweep sees all that carries the tag, and removes only what is of its deployment', async () => {
      const source = { kind: 'copy' as const, programs: async () => [] };
      await using swept = createMachineCloud({ provider: given.open('d-swept'), source });
      await using theirs = createMachineCloud({ provider: given.open('d-others'), source });
      for (const of of ['d-swept', 'd-others']) {
        await using maker = given.open(of);
        const lost = { deployment: of, application: 'app-lost', operation: 'op-1' };
        await maker.createServer({ name: 'lost', tags: lost, userData }, never);
        await maker.volumes?.create({ name: 'data', tags: lost, sizeGb: 1 }, never);
      }
      expect((await swept.tagged(never)).map(({ kind }) => kind).sort()).toEqual(given.parts);
      expect(await swept.deployments(never)).toEqual(expect.arrayContaining(['d-swept', 'd-others']));
      for (const thing of await theirs.tagged(never)) await swept.removeTagged(thing, never);
      expect(await theirs.tagged(never)).toHaveLength(given.parts.length);
      for (const cloud of [swept, theirs]) {
        for (const thing of await cloud.tagged(never)) await cloud.removeTagged(thing, never);
        expect(await cloud.tagged(never)).toEqual([]);
      }
      expect(await swept.deployments(never)).not.toContain('d-swept');
    });
  });
}
