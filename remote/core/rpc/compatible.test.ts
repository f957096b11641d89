/** A difference of one in the version of the contract works in either direction; more is refused with what to do. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { all, createWorld, failureOf, host, type TestClient, type World } from './fixtures.ts';

const served = 4;
let world: World;
let clientOf: (contract: number, more?: { application: string }) => Promise<TestClient>;

beforeAll(async () => {
  world = await createWorld();
  const { director, manager } = world.trust.identities;
  const { port } = await world.serve({ as: manager, contract: served });
  const credentials = await world.trust.credentials(director);
  const relay = await world.serve({
    as: director,
    contract: served,
    relay: async () => ({ host, port, expect: manager, credentials }),
  });
  clientOf = (contract, more) => world.client(relay.port, director, undefined, { contract, ...more });
});
afterAll(async () => world[Symbol.asyncDispose]());

describe.each([
  ['directly', undefined],
  ['through a director', { application: 'app-one' }],
] as const)('%s', (_way, more) => {
  test.each([3, 4, 5])('version %d may call', async (contract) => {
    const client = await clientOf(contract, more);
    expect((await client.call('echo', { text: 'a' })).text).toBe('a');
    expect((await client.call('hello', {})).version).toBe(served);
  });

  test.each([
    [2, /Install a newer ConPaaS where the call came from/],
    [6, /Upgrade it step by step/],
  ] as const)('version %d may not, whatever it calls, but learns why', async (contract, advice) => {
    const client = await clientOf(contract, more);
    const file = join(world.directory, `file-${contract}`);
    await writeFile(file, 'content');
    for (const attempt of [
      () => client.call('echo', { text: 'a' }),
      () => all(client.stream('count', { to: 1 })),
      () => client.upload('put', {}, { path: file, name: 'a' }),
      () => client.download('get', { bytes: 1, how: 'known' }),
      () => client.duplex('shout', { prefix: 'a' }),
    ]) {
      const failure = await failureOf(attempt());
      expect(failure.code).toBe('incompatible');
      expect(failure.message).toMatch(advice);
      expect(failure.message).toContain(`version ${served}`);
    }
    expect((await client.call('hello', {})).version).toBe(served);
  });
});
