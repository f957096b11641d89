/**
 * What a host process serves on its unix socket (mode 0600). On the `local` cloud the one local host of a deployment
 * plays the hypervisor for all its VMs; on a real VM a host looks after that VM alone.
 */
import { z } from 'zod';
import { VmId } from './ids.ts';
import { done, hello, method, nothing } from './method.ts';
import { Program } from './release.ts';

/** A control process that a host keeps running: `<runtime> <directory of its release>/<bundle>.mjs <home>`. */
export const HostProcess = z.object({
  /** `director`, `manager`, `manager-2`, `agent`: unique on its VM, and the name of its home directory. */
  name: z.string().regex(/^[a-z][a-z0-9-]{0,40}$/),
  bundle: z.enum(['director', 'manager', 'agent']),
  /**
   * Written to `<home>/bootstrap.json` (0600) before its first start, if that does not exist yet. `vm` and `address`
   * are filled in where they are left out: the host knows them first.
   */
  bootstrap: z.record(z.string(), z.unknown()),
  /** Absent: the bundle that the host was started with. */
  program: Program.optional(),
});
export type HostProcess = z.infer<typeof HostProcess>;

export const HostVm = z.object({
  id: VmId,
  name: z.string(),
  state: z.enum(['running', 'stopped', 'failed']),
  /** Why it failed. */
  cause: z.string().optional(),
  address: z.string(),
  tags: z.record(z.string(), z.string()),
  createdAt: z.number(),
  /** Directory of the VM; its processes' homes lie below. */
  directory: z.string(),
  processes: z.array(
    z.object({
      name: z.string(),
      pid: z.number().int().optional(),
      state: z.string(),
      restarts: z.number().int(),
      cause: z.string().optional(),
    }),
  ),
});
export type HostVm = z.infer<typeof HostVm>;

/** A volume of the `local` cloud: a directory, whose size is on record and not enforced. */
export const LocalVolume = z.object({
  id: z.string(),
  name: z.string(),
  tags: z.record(z.string(), z.string()),
  sizeGb: z.number(),
  createdAt: z.number(),
  attachedTo: VmId.optional(),
});
export type LocalVolume = z.infer<typeof LocalVolume>;
const volume = z.string();

/** A small text file; null: not there. */
export const smallFile = z.object({ content: z.string().nullable() });
/** What is written into a small text file. */
export const smallContent = z.string().max(65_536);

/** Every host can be asked to end. */
export const hostEnd = {
  shutdown: method({
    kind: 'command',
    params: nothing,
    result: done,
    callers: ['owner'],
    since: 1,
    doc: 'Ends the host process; what it looks after goes on.',
  }),
};

export const hostMethods = {
  hello,
  create_vm: method({
    kind: 'command',
    params: z.strictObject({
      /** The caller's name for it; the same name never makes two VMs. */
      name: z.string(),
      tags: z.record(z.string(), z.string()),
      processes: z.array(HostProcess),
    }),
    result: HostVm,
    callers: ['owner'],
    since: 1,
    doc: 'Creates a VM: a directory, a loopback address and its processes.',
  }),
  list_vms: method({
    kind: 'query',
    params: nothing,
    result: z.array(HostVm),
    callers: ['owner'],
    since: 1,
    doc: 'All VMs of this host.',
  }),
  set_processes: method({
    kind: 'command',
    params: z.strictObject({ vm: VmId, processes: z.array(HostProcess) }),
    result: done,
    callers: ['owner'],
    since: 1,
    doc: 'Changes the process list of a VM; processes no longer listed are ended and their homes removed.',
  }),
  destroy_vm: method({
    kind: 'command',
    params: z.strictObject({ vm: VmId }),
    result: done,
    callers: ['owner'],
    since: 1,
    doc: 'Ends everything of a VM and removes its directory. A VM that is not there is no error.',
  }),
  create_volume: method({
    kind: 'command',
    params: LocalVolume.pick({ name: true, tags: true, sizeGb: true }).strict(),
    result: LocalVolume,
    callers: ['owner'],
    since: 1,
    doc: 'Makes a volume, once for each name: a directory that outlives the VMs it is attached to.',
  }),
  list_volumes: method({
    kind: 'query',
    params: nothing,
    result: z.array(LocalVolume),
    callers: ['owner'],
    since: 1,
    doc: 'All volumes of this host.',
  }),
  attach_volume: method({
    kind: 'command',
    params: z.strictObject({ volume, vm: VmId }),
    result: done,
    callers: ['owner'],
    since: 1,
    doc: 'Attaches a volume to a VM, at most one at a time: agents and directors there find it at `volumes/<name>` of their homes.',
  }),
  detach_volume: method({
    kind: 'command',
    params: z.strictObject({ volume }),
    result: done,
    callers: ['owner'],
    since: 1,
    doc: 'Takes a volume from the VM that has it. One that is nowhere is no error.',
  }),
  destroy_volume: method({
    kind: 'command',
    params: z.strictObject({ volume }),
    result: done,
    callers: ['owner'],
    since: 1,
    doc: 'Removes a volume that is attached to nothing, and all that is on it. One that is not there is no error.',
  }),
  power: method({
    kind: 'command',
    params: z.strictObject({ on: z.boolean() }),
    result: done,
    callers: ['owner'],
    since: 1,
    doc: 'Off: ends all processes of all VMs (engines too) and remembers it; on: starts them again.',
  }),
  read_file: method({
    kind: 'query',
    params: z.strictObject({ vm: VmId, path: z.string() }),
    result: smallFile,
    callers: ['owner'],
    since: 1,
    doc: 'A small text file below the directory of a VM (null: not there): the first contact with a director.',
  }),
  write_file: method({
    kind: 'command',
    params: z.strictObject({ vm: VmId, path: z.string(), content: smallContent }),
    result: done,
    callers: ['owner'],
    since: 1,
    doc: 'Writes a small text file (0600, atomically) below the directory of a VM.',
  }),
  ...hostEnd,
};
export type HostMethods = typeof hostMethods;
