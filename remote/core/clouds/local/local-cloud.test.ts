import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { makeBundles, runtime } from '../../../host/stand-in.ts';
import { type ConformanceSubject, describeCloud } from '../conformance.ts';
import { describeCloudVolumes } from '../volume-conformance.ts';
import { createLocalCloud } from './index.ts';

async function local(): Promise<ConformanceSubject> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'conpaas-local-'));
  const bundles = path.join(directory, 'bundles');
  await makeBundles(bundles);
  const open = (deployment: string) =>
    createLocalCloud({ directory: path.join(directory, 'cloud'), bundles, runtime, deployment });
  return {
    open,
    deployment: 'd-conformance',
    bootMs: 20_000,
    async [Symbol.asyncDispose]() {
      await using cloud = createLocalCloud({ directory: path.join(directory, 'cloud'), bundles, runtime });
      for (const vm of await cloud.listVms(AbortSignal.timeout(10_000)))
        await cloud.destroyVm(vm.id, AbortSignal.timeout(30_000));
      await cloud.retire(AbortSignal.timeout(10_000));
      await rm(directory, { recursive: true, force: true });
    },
  };
}

describeCloud('local', local);
describeCloudVolumes('local', local);
