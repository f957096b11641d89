/** The containers driver on the real engine that scripts/peers.mjs has started: records and boots. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { describeBoots, describeRecords, recordsOf } from '../../remote/core/clouds/conformance.ts';
import { createContainersProvider } from '../../remote/core/clouds/containers/containers-provider.ts';
import { createContainersCloud } from '../../remote/core/clouds/containers/index.ts';
import { programsOf } from '../../remote/core/clouds/machines/programs.ts';
import { describeCloudVolumes } from '../../remote/core/clouds/volume-conformance.ts';
import { DeploymentId } from '../../remote/core/contract/ids.ts';
import { makeBundles, runtime } from '../../remote/host/stand-in.ts';
import { peerSocket } from './engine.ts';

const socket = peerSocket();
const id = (text: string) => DeploymentId.parse(text);

/** A place for machines that boot, each with a host. */
function boots(deployment: string) {
  return async () => {
    const bundles = await mkdtemp(path.join(os.tmpdir(), 'conpaas-containers-'));
    await makeBundles(bundles);
    const source = { kind: 'copy', programs: programsOf(bundles, runtime) } as const;
    const open = (of: string) => createContainersCloud({ deployment: id(of), socket }, source);
    return {
      ...{ open, deployment, bootMs: 60_000 },
      async [Symbol.asyncDispose]() {
        await using cloud = open(deployment);
        await cloud.retire(AbortSignal.timeout(30_000));
        await rm(bundles, { recursive: true, force: true });
      },
    };
  };
}

describeRecords('containers', async () => ({
  deployment: 'd-records',
  open: (deployment) => recordsOf(createContainersProvider({ deployment: id(deployment), socket }).provider),
  async [Symbol.asyncDispose]() {
    for (const deployment of ['d-records', 'd-another']) {
      const { provider } = createContainersProvider({ deployment: id(deployment), socket });
      const signal = AbortSignal.timeout(30_000);
      for (const each of await provider.belongings(signal)) await provider.destroyBelonging(each, signal);
    }
  },
}));

describeCloudVolumes('containers', boots('d-cloud-volumes'));

test('what is on a volume outlives the container that wrote it, and goes with the volume', async () => {
  await using given = await boots('d-kept')();
  await using cloud = given.open('d-kept');
  const { provider, api } = createContainersProvider({ deployment: id('d-kept'), socket });
  const { volumes } = cloud;
  if (!volumes) throw new Error('containers have volumes');
  const signal = AbortSignal.timeout(240_000);
  const tags = { deployment: 'd-kept', application: 'app-one', operation: 'op-one' };
  const boot = async (name: string) => (await cloud.createVm({ name, tags, processes: [] }, signal)).id;
  const run = (vm: string, ...words: string[]) => api.execute(vm.replace(/^c-/, ''), words, '', signal);
  const first = await boot('first');
  const volume = await volumes.create({ name: 'app-one-s1-db', tags, sizeGb: 1 }, first, signal);
  const found = await volumes.attach(volume.id, first, signal);
  const file = `${found?.directory}/data/rows`;
  // Its host has made the directory that engines get.
  expect(await run(first, '/bin/cp', '/etc/hostname', file)).toMatchObject({ code: 0 });
  await cloud.destroyVm(first, signal);
  const second = await boot('second');
  expect(await volumes.attach(volume.id, second, signal)).toEqual(found);
  const kept = await run(second, '/bin/cat', file);
  // Docker ends the file with a line's end.
  expect({ ...kept, output: kept.output.trim() }).toEqual({ code: 0, output: 'first', errors: '' });
  // Not so a machine of another application.
  const other = { ...tags, application: 'app-two' };
  const foreign = (await cloud.createVm({ name: 'foreign', tags: other, processes: [] }, signal)).id;
  expect((await run(foreign, '/bin/cat', file)).code).not.toBe(0);
  await volumes.detach(volume.id, signal);
  await expect(volumes.attach(volume.id, foreign, signal)).rejects.toMatchObject({ code: 'conflict' });
  await volumes.destroy(volume.id, signal);
  expect((await run(second, '/bin/cat', file)).code).not.toBe(0);
  for (const vm of [second, foreign]) await cloud.destroyVm(vm, signal);
  // Shelves go with the last that needs them.
  expect((await provider.belongings(signal)).map(({ kind }) => kind)).toEqual(['network']);
}, 300_000);

describeBoots('containers', boots('d-boots'));
