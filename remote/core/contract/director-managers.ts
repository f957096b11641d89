/** What a director does for managers: machines, desired state, reports, secrets. Each for its own application only. */
import { z } from 'zod';
import { ReportedSummary, VmInfo } from './application.ts';
import { Attribution } from './history.ts';
import { OperationId, VmId } from './ids.ts';
import { done, method, nothing } from './method.ts';
import { Operation } from './operation.ts';

/** The manager's desired state, stored by compare-and-set. */
const StateRecord = z.object({ epoch: z.number().int(), n: z.number().int(), document: z.unknown() });

/** So many machines are asked for in one call; more are asked for afterwards. */
export const mostSlots = 64;

export const directorManagerMethods = {
  create_vms: method({
    kind: 'command',
    params: z.strictObject({
      operation: OperationId,
      /** Names the manager chose; the same slot never makes two VMs. */
      slots: z.array(z.string()).min(1).max(mostSlots),
      cloud: z.string().optional(),
    }),
    result: z.array(VmInfo),
    callers: ['manager'],
    since: 1,
    doc: 'Creates VMs with an agent each, in parallel; answers when the cloud has taken the requests.',
  }),
  destroy_vms: method({
    kind: 'command',
    params: z.strictObject({ vms: z.array(VmId).min(1) }),
    result: done,
    callers: ['manager'],
    since: 1,
    doc: "Destroys VMs of the manager's own application.",
  }),
  hold_address: method({
    kind: 'command',
    params: z.strictObject({ vm: VmId.optional() }),
    result: z.object({ address: z.string().optional() }),
    callers: ['manager'],
    since: 1,
    doc: 'Has a machine of the own application be reached at an address that stays; without one, gives it back. No address: the cloud has none.',
  }),
  watch_vms: method({
    kind: 'stream',
    params: nothing,
    result: z.array(VmInfo),
    callers: ['manager'],
    since: 1,
    doc: 'All VMs of the application, in full, at once and after each change.',
  }),
  get_state: method({
    kind: 'query',
    params: nothing,
    result: StateRecord.extend({ name: z.string() }),
    callers: ['manager'],
    since: 1,
    doc: 'The newest stored desired state (n = 0 and document null at first), and the name of the application.',
  }),
  put_state: method({
    kind: 'command',
    params: z.strictObject({
      n: z.number().int().min(1),
      document: z.unknown(),
      /** Whose doing it is, for the history. */
      attribution: Attribution.optional(),
    }),
    result: done,
    callers: ['manager'],
    since: 1,
    doc: 'Stores record (application, epoch of the caller, n) if the newest is n - 1 (or is this very record).',
  }),
  report: method({
    kind: 'command',
    params: z.strictObject({
      summary: ReportedSummary.optional(),
      operations: z.array(Operation),
      notices: z.array(z.object({ level: z.enum(['info', 'warning', 'alert']), text: z.string() })),
    }),
    result: done,
    callers: ['manager'],
    since: 1,
    doc: 'State of the application and of its operations, pushed when they change.',
  }),
  get_secrets: method({
    kind: 'query',
    params: z.strictObject({ names: z.array(z.string()).max(200) }),
    result: z.record(z.string(), z.string()),
    callers: ['manager'],
    since: 1,
    doc: 'Values of secrets of the own application; names that are not set are left out.',
  }),
  put_secret: method({
    kind: 'command',
    params: z.strictObject({ name: z.string(), value: z.string(), unlessSet: z.boolean() }),
    result: z.object({ value: z.string() }),
    callers: ['manager'],
    since: 1,
    doc: 'Stores a secret of the own application (a generated password); with unlessSet the value that is already there wins.',
  }),
};
