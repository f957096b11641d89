/** What the hosts of machines ask of their director, where nobody can run programs on these machines. */
import { z } from 'zod';
import { directorProcessMethods } from './director-processes.ts';
import { HostProcess } from './host.ts';
import { HostVolume } from './machine-host.ts';
import { method, nothing } from './method.ts';
import { packageMethods } from './packages.ts';
import { Program } from './release.ts';

export const MachineOrders = z.object({
  /** All control processes that the machine should run. */
  processes: z.array(HostProcess),
  /** All volumes that are attached to it. */
  volumes: z.array(HostVolume).optional(),
  /** What the host itself should be of; absent: it stays as it is. */
  host: Program.optional(),
  /** Grows when the director wants certificates renewed: the host then renews its own. */
  renewals: z.number().int(),
});
export type MachineOrders = z.infer<typeof MachineOrders>;

export const hostDirectorMethods = {
  ...packageMethods,
  tell_program: directorProcessMethods.tell_program,
  watch_processes: method({
    kind: 'stream',
    params: nothing,
    result: MachineOrders,
    callers: ['host'],
    since: 1,
    doc: 'What the calling machine should run: the full list at once and after each change.',
  }),
};
