import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { VmId } from '../../remote/core/contract/ids.ts';
import { choosePlace } from './chosen-place.ts';
import { type Deployment, openDeploymentStore } from './deployment.ts';

async function setUp() {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'chosen-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const store = openDeploymentStore(directory);
  const choose = (place: Deployment['cloud'], said: { cloud?: boolean; lent?: boolean; deployment?: string } = {}) => {
    const { cloud = true, lent = false, deployment } = said;
    return choosePlace({ store, deployment, owner: 'ann', place, said: { cloud, lent } });
  };
  return { store, choose };
}

test('settings that no driver knows, or cannot take, are refused before anything is on record', async () => {
  const { store, choose } = await setUp();
  await expect(choose({ kind: 'ec2', credential: 'cred-a', settings: { szie: 't3.small' } })).rejects.toThrow(
    'Amazon EC2 has no setting "szie". There are: region, endpoint, architecture, size,',
  );
  await expect(choose({ kind: 'containers', settings: { size: 'huge' } })).rejects.toThrow('are not valid: size:');
  await expect(choose({ kind: 'local', settings: { size: 'small' } })).rejects.toThrow(
    'This computer has no setting "size". It has none.',
  );
  expect(await store.list()).toEqual([]);
  // What is entered with a credential may be another here.
  const settings = { authUrl: 'https://there/v3', size: 'm1.small' };
  expect(await choose({ kind: 'openstack', settings })).toMatchObject({ cloud: { settings } });
});

test('what is said of another cloud than the one there is, is no silence', async () => {
  const { store, choose } = await setUp();
  const made = await choose({ kind: 'containers' });
  expect(made).toMatchObject({ name: 'containers', state: 'creating' });
  const other = { kind: 'ec2', credential: 'cred-a' };
  const begun =
    'Containers on this computer), and stays there. To give it up: conpaas --deployment containers destroy.';
  await expect(choose(other)).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining(begun) });
  // Where nothing is said, it is about the one there is.
  expect(await choose({ kind: 'local' }, { cloud: false })).toEqual(made);
  expect(await choose({ kind: 'containers' })).toEqual(made);
  expect(await choose(other, { deployment: 'second' })).toMatchObject({ name: 'second', cloud: other });
  const again = { ...other, credential: 'cred-b' };
  await expect(choose(again, { deployment: 'second' })).rejects.toThrow('Amazon EC2, with another credential');
  expect(await store.list()).toHaveLength(2);
});

test('settings can be corrected until something was made with them', async () => {
  const { store, choose } = await setUp();
  const of = (size: string) => ({ kind: 'containers', settings: { size } });
  const { id } = await choose(of('small'));
  expect((await choose(of('large'))).cloud).toEqual(of('large'));
  await store.update(id, { vm: VmId.parse('c-1') });
  expect((await choose(of('large'))).cloud).toEqual(of('large'));
  await expect(choose(of('small'))).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining('containers was made with size=large, and keeps to that.'),
  });
  const lent = { kind: 'containers', lent: 'nothing' };
  await expect(choose(lent, { lent: true })).rejects.toThrow('conpaas cloud lend NAME');
});
