/**
 * What the host of a real VM serves on its unix socket (mode 0600): the list of control processes, and the small files of
 * the first contact. Who may open the socket is root on that machine.
 */
import { z } from 'zod';
import { packageEntry } from '../service/engines.ts';
import { HostProcess, HostVm, hostEnd, smallContent, smallFile } from './host.ts';
import { DeploymentId, VmId } from './ids.ts';
import { done, hello, method, nothing } from './method.ts';
import { HostFacts, Program } from './release.ts';

/** How the host of a VM reaches the director for the first time. No private key is in it. */
export const HostBootstrap = z.object({
  kind: z.literal('host'),
  deployment: DeploymentId,
  vm: VmId,
  director: z.object({ host: z.string(), port: z.number().int() }),
  /** PEM. */
  roots: z.array(z.string()),
  /** Single use, at least 128 bit; it decides the identity. */
  token: z.string(),
});
export type HostBootstrap = z.infer<typeof HostBootstrap>;

/** A volume as the host of a machine finds it; what is on it is at `volumes/<name>` of the home of each of its agents. */
export const HostVolume = z.object({
  /** Unique in its deployment. */
  name: z.string().regex(/^[a-z][a-z0-9-]{0,150}$/),
  /** Paths that its device may have, the surest first. It is formatted if it is blank. */
  devices: z.array(z.string().regex(/^\/dev\/[A-Za-z0-9_./:-]{1,200}$/)).optional(),
  /** Where it is mounted already, when somebody else has done that. */
  directory: z.string().startsWith('/').optional(),
});
export type HostVolume = z.infer<typeof HostVolume>;

/** `machine.json`: what the host of a VM is told before it first starts. */
export const MachineList = z.object({
  /** The VM's name, as its creator calls it. */
  name: VmId,
  processes: z.array(HostProcess),
  /** Attached to it, as its host was last told. */
  volumes: z.array(HostVolume).optional(),
  /** Where the host follows its list; absent: whoever may run a program on the machine sets it. */
  follow: HostBootstrap.optional(),
  /** Debian packages that its agents need: installed before the list is asked for. Those of an image are there already. */
  packages: z.array(z.string().regex(packageEntry)).optional(),
});
export type MachineList = z.input<typeof MachineList>;

/** What a machine is to have in it that is going to be an image: told to `host.mjs --prepare-image` on its standard input. */
export const ImageContent = z.strictObject({
  packages: z.array(z.string().regex(packageEntry)),
  /** SHA-256 of the Node that runs it, and stays. */
  runtime: z.string().regex(/^[0-9a-f]{64}$/),
});
export type ImageContent = z.infer<typeof ImageContent>;

export const machineHostMethods = {
  hello,
  get_machine: method({
    kind: 'query',
    params: nothing,
    result: HostVm.pick({ address: true, state: true, cause: true, processes: true }).extend({
      /** The release of the host itself. */
      host: HostFacts.optional(),
    }),
    callers: ['owner'],
    since: 1,
    doc: 'This machine: its address, and how its control processes are.',
  }),
  set_machine_processes: method({
    kind: 'command',
    params: z.strictObject({ processes: z.array(HostProcess) }),
    result: done,
    callers: ['owner'],
    since: 1,
    doc: 'Changes the list of control processes; those no longer listed are ended and their homes removed.',
  }),
  set_machine_volumes: method({
    kind: 'command',
    params: z.strictObject({ volumes: z.array(HostVolume) }),
    result: done,
    callers: ['owner'],
    since: 1,
    doc: 'Changes the list of volumes of this machine: those listed are mounted once they are there, others are unmounted.',
  }),
  replace_machine_host: method({
    kind: 'command',
    params: z.strictObject({ program: Program }),
    result: done,
    callers: ['owner'],
    since: 1,
    doc: 'Replaces the host itself by that of another release; begins at once, and what came of it is in get_machine. The one before comes back where that does not serve.',
  }),
  read_machine_file: method({
    kind: 'query',
    params: z.strictObject({ path: z.string() }),
    result: smallFile,
    callers: ['owner'],
    since: 1,
    doc: 'A small text file below the homes of the control processes (null: not there).',
  }),
  write_machine_file: method({
    kind: 'command',
    params: z.strictObject({ path: z.string(), content: smallContent }),
    result: done,
    callers: ['owner'],
    since: 1,
    doc: 'Writes a small text file (0600, atomically) below the homes of the control processes.',
  }),
  ...hostEnd,
};
