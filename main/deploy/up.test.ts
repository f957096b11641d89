/** What a director's machine is made with: nothing of it is sealed, so no credential is in it. */
import { expect, test } from 'vitest';
import type { Cloud, VmRequest } from '../../remote/core/clouds/index.ts';
import { ConpaasError } from '../../remote/core/contract/errors.ts';
import { DeploymentId, UserName } from '../../remote/core/contract/ids.ts';
import { found } from '../../test/support/hunt.ts';
import type { Keyring } from './keyring.ts';
import type { LentAccess } from './lend.ts';
import { type UpContext, upSteps } from './up.ts';

const secret = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
const credentials: LentAccess = { by: 'credentials', credentials: { accessKeyId: 'AKIAA', secretAccessKey: secret } };

/** The steps up to the machine, on a cloud that takes the request and then says no more. */
async function requestFor(access: LentAccess | undefined): Promise<{ request: VmRequest; steps: string[] }> {
  let request: VmRequest | undefined;
  const cloud: Partial<Cloud> = {
    kind: 'ec2',
    power: async () => undefined,
    createVm: async (asked) => {
      request = asked;
      throw new ConpaasError('cloud_failed', 'That is enough.');
    },
  };
  const keyring: Partial<Keyring> = {
    owner: async () => ({ key: secret, certificate: 'a leaf', roots: ['the root'], renewAt: 0 }),
  };
  const deployment: UpContext['deployment'] = {
    ...{ id: DeploymentId.parse('d-one'), name: 'one', owner: UserName.parse('ann'), state: 'creating', createdAt: 0 },
    cloud: { kind: 'ec2', credential: 'cred-one' },
  };
  const steps = upSteps({
    ...{ cloud, keyring, deployment, now: Date.now },
    lending: { settings: { region: 'eu-west-1' }, access },
  } as unknown as UpContext);
  const step = { operation: 'op-one', signal: new AbortController().signal, detail: () => undefined };
  const machine = steps.find(({ name }) => name === 'machine');
  await expect(machine?.run(step as unknown as Parameters<(typeof steps)[0]['run']>[0])).rejects.toThrow('enough');
  if (!request) throw new Error('the cloud was asked for a machine');
  return { request, steps: steps.map(({ name }) => name) };
}

test('credentials are lent to a director that serves: its machine is made without', async () => {
  const { request, steps } = await requestFor(credentials);
  expect(found(JSON.stringify(request), { secret })).toEqual([]);
  const cloud = { kind: 'ec2', settings: { region: 'eu-west-1' }, lent: true };
  expect(request.processes).toMatchObject([{ bundle: 'director', bootstrap: { cloud } }]);
  expect(steps.slice(-3)).toEqual(['connect', 'credentials', 'finish']);
});

test('a cloud that wants none has no such step, and its director waits for nothing', async () => {
  const { request, steps } = await requestFor(undefined);
  expect(request.processes).toMatchObject([{ bootstrap: { cloud: { lent: false } } }]);
  expect(steps).not.toContain('credentials');
});
