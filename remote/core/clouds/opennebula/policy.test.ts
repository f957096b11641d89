/** The printed rules are what the driver needs and no more. The fake lets its user do nothing else. */
import { expect, test } from 'vitest';
import { DeploymentId } from '../../contract/ids.ts';
import { startFakeOpenNebula } from './fake/fake-opennebula.ts';
import { rightsOf } from './fake/oned.ts';
import { numberOf } from './machines.ts';
import { createOpenNebulaProvider } from './opennebula-provider.ts';
import { policy } from './policy.ts';
import { OpenNebulaSettings } from './settings.ts';

const never = new AbortController().signal;
const tags = { deployment: 'd-policy', application: 'app-1', operation: 'op-1' };

/** A machine in a network by name, and a volume. @param without a right that the user has not */
async function makeThings(without?: string): Promise<void> {
  await using fake = await startFakeOpenNebula();
  if (without !== undefined && !fake.oned.rights.delete(without)) throw new TypeError(`no right ${without}`);
  const { endpoint, username, password } = fake;
  await using provider = createOpenNebulaProvider({
    deployment: DeploymentId.parse(tags.deployment),
    settings: OpenNebulaSettings.parse({ network: 'private' }),
    credentials: { endpoint, username, password },
    pauseMs: 1,
  });
  await provider.check(never);
  const { id } = await provider.createServer({ name: 'web', tags, userData: '#!/bin/sh\n' }, never);
  const isPlaced = async (): Promise<boolean> => {
    await provider.listServers(never);
    const machine = fake.oned.machines.get(numberOf(id) ?? -1);
    return machine?.state !== 1 || machine.next !== undefined;
  };
  if (!(await isPlaced())) throw new Error('no host takes it');
  await provider.volumes?.create({ name: 'data', tags, sizeGb: 1 }, never);
}

test('with all rights of the policy it goes', () => makeThings());

test.each([...rightsOf(policy())])('without %s it does not', async (right) => {
  await expect(makeThings(right)).rejects.toThrow();
});
