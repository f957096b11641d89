/** WordPress on machines that boot Debian: cloud-init runs our first script there, under systemd. */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { openQemu } from '../../remote/core/clouds/qemu/index.ts';
import { readMachines } from '../../remote/core/clouds/qemu/record.ts';
import { sizes } from '../../remote/core/clouds/qemu/settings.ts';
import type { Desk } from '../system/desk.ts';
import { makeEnterableImage } from './enterable-image.ts';
import { machineDisk } from './machine-disk.ts';
import { type OpenedMachine, openedDisk, openedMachine } from './opened-machine.ts';
import { describeWordPress } from './wordpress-story.ts';

const never = new AbortController().signal;
const directoryOf = (desk: Desk): string => path.join(desk.home, 'qemu');

describeWordPress('WordPress on machines of QEMU', {
  kind: 'qemu',
  // Emulated machines have a tenth of the speed of this computer, and share it.
  stepMs: 40 * 60_000,
  // The first page is compiled, and a processor that is emulated beside others was seen to take more than a minute for it.
  pageSeconds: 120,
  byDesktop: true,
  booted: /Cloud-init v\. .* finished/,
  // Three agents and a manager, in their files, and the hosts of three machines, in their first scripts.
  tokens: 7,
  async open(folder) {
    const image = await makeEnterableImage(machineDisk(), path.join(folder, 'image'));
    return {
      environment: { CONPAAS_QEMU_IMAGE: image.directory },
      provider: (deployment, desk) => openQemu({ deployment, directory: directoryOf(desk), image: image.directory }),
      async enter(deployment, desk) {
        const placed = await readMachines(directoryOf(desk), deployment);
        const director = placed.find(({ record }) => record.tags.application === '');
        if (!director) throw new Error('there is no machine of a director');
        const work = new AsyncDisposableStack();
        const machines: OpenedMachine[] = [];
        for (const machine of placed.filter((one) => one !== director)) {
          const memoryMb = sizes.small.memoryMb;
          machines.push(work.use(await openedMachine(machine, { image, work: folder, memoryMb, signal: never })));
        }
        const disk = work.use(await openedDisk(director, folder));
        return {
          machines,
          director: path.join(disk.homes, 'director'),
          reached: { host: director.record.loopback, port: 5555 },
          [Symbol.asyncDispose]: () => work.disposeAsync(),
        };
      },
      async left(desk) {
        const directory = directoryOf(desk);
        const found = existsSync(directory) ? await readdir(directory, { recursive: true }) : [];
        return found.filter((name) => name !== 'deployments');
      },
    };
  },
});
