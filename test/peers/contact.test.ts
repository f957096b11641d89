/** The boots of a cloud whose machines are contacted by SSH alone, as on EC2: here they are containers. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type ContactRecord, createContact } from '../../main/contact/index.ts';
import type { Cloud } from '../../remote/core/clouds/cloud.ts';
import { describeBoots } from '../../remote/core/clouds/conformance.ts';
import { createContainersProvider } from '../../remote/core/clouds/containers/containers-provider.ts';
import { createMachineCloud } from '../../remote/core/clouds/machines/machine-cloud.ts';
import { programsOf } from '../../remote/core/clouds/machines/programs.ts';
import { DeploymentId } from '../../remote/core/contract/ids.ts';
import { makeBundles, runtime } from '../../remote/host/stand-in.ts';
import { peerSocket } from './engine.ts';

const socket = peerSocket();

describeBoots('containers, contacted by SSH', async () => {
  const bundles = await mkdtemp(path.join(os.tmpdir(), 'conpaas-contact-'));
  await makeBundles(bundles);
  let record: ContactRecord | undefined;
  const contact = createContact({
    store: {
      read: async () => record,
      async update(change) {
        record = change(record);
        return record;
      },
    },
  });
  const open = (deployment: string): Cloud => {
    const { provider } = createContainersProvider({ deployment: DeploymentId.parse(deployment), socket });
    const transport = contact.transport(async (server, signal) => {
      const found = (await provider.listServers(signal)).find(({ id }) => id === server);
      return found && { name: found.name, host: found.state === 'running' ? found.privateAddress : undefined };
    });
    return createMachineCloud({
      provider,
      transport,
      contact,
      source: { kind: 'copy', programs: programsOf(bundles, runtime) },
    });
  };
  return {
    open,
    deployment: 'd-contact',
    bootMs: 120_000,
    async [Symbol.asyncDispose]() {
      await using cloud = open('d-contact');
      await cloud.retire(AbortSignal.timeout(30_000));
      await rm(bundles, { recursive: true, force: true });
    },
  };
});
