/** The containers driver on the real engine that scripts/peers.mjs has started: records and boots. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { describeBoots, describeRecords, recordsOf } from '../../remote/core/clouds/conformance.ts';
import { createContainersProvider } from '../../remote/core/clouds/containers/containers-provider.ts';
import { createContainersCloud } from '../../remote/core/clouds/containers/index.ts';
import { programsOf } from '../../remote/core/clouds/machines/programs.ts';
import { DeploymentId } from '../../remote/core/contract/ids.ts';
import { makeBundles, runtime } from '../../remote/host/stand-in.ts';
import { peerSocket } from './engine.ts';

const socket = peerSocket();
const id = (text: string) => DeploymentId.parse(text);

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

describeBoots('containers', async () => {
  const bundles = await mkdtemp(path.join(os.tmpdir(), 'conpaas-containers-'));
  await makeBundles(bundles);
  const source = { kind: 'copy', programs: programsOf(bundles, runtime) } as const;
  const open = (deployment: string) => createContainersCloud({ deployment: id(deployment), socket }, source);
  return {
    open,
    deployment: 'd-boots',
    bootMs: 60_000,
    async [Symbol.asyncDispose]() {
      await using cloud = open('d-boots');
      await cloud.retire(AbortSignal.timeout(30_000));
      await rm(bundles, { recursive: true, force: true });
    },
  };
});
