/**
 * The QEMU driver with machines that boot Debian: cloud-init runs our first script under systemd, and the desktop comes in
 * by SSH. Emulated where KVM does not work; scripts/peers.mjs has made the disk.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { vi } from 'vitest';
import { type ContactRecord, createContact } from '../../main/contact/index.ts';
import type { Cloud } from '../../remote/core/clouds/cloud.ts';
import { describeBoots } from '../../remote/core/clouds/conformance.ts';
import { createContactedCloud } from '../../remote/core/clouds/machines/contacted-cloud.ts';
import { programsOf } from '../../remote/core/clouds/machines/programs.ts';
import { openQemu } from '../../remote/core/clouds/qemu/index.ts';
import { makeBundles } from '../../remote/host/stand-in.ts';
import { machineArchitecture, machineDisk, machineRuntime } from './machine-disk.ts';

/** An emulated machine boots in a minute where it has a processor for itself, and in ten where it has not. */
const bootMs = 20 * 60_000;
vi.setConfig({ testTimeout: 3 * bootMs, hookTimeout: bootMs });

describeBoots('qemu', async () => {
  const bundles = await mkdtemp(path.join(os.tmpdir(), 'conpaas-qemu-bundles-'));
  const directory = await mkdtemp(path.join(os.tmpdir(), 'conpaas-qemu-machines-'));
  await makeBundles(bundles);
  let record: ContactRecord | undefined;
  const contact = createContact({
    bootMs,
    store: {
      read: async () => record,
      async update(change) {
        record = change(record);
        return record;
      },
    },
  });
  const source = { kind: 'copy', programs: programsOf(bundles, machineRuntime()), contact } as const;
  const open = (deployment: string): Cloud =>
    createContactedCloud(
      openQemu({ deployment, directory, architecture: machineArchitecture, image: machineDisk() }),
      source,
    );
  return {
    open,
    deployment: 'd-boots',
    bootMs,
    async [Symbol.asyncDispose]() {
      await using cloud = open('d-boots');
      await cloud.retire(AbortSignal.timeout(30_000));
      for (const each of [bundles, directory]) await rm(each, { recursive: true, force: true });
    },
  };
});
