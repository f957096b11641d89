/** Which release each process of a deployment runs, and bringing hosts, managers and agents to that of the director. */
import { z } from 'zod';
import { Failure } from './errors.ts';
import { ApplicationId, VmId } from './ids.ts';
import { method, nothing } from './method.ts';
import { Started } from './operation.ts';

/** A manager or an agent, as it told last. */
export const Member = z.object({
  role: z.enum(['manager', 'agent']),
  vm: VmId,
  address: z.string().optional(),
  /** Absent: it has not told, e.g. because it is of a version that did not. */
  release: z.string().optional(),
  version: z.string().optional(),
  /** Of the contract. */
  contract: z.number().int().optional(),
  /** What it should run. */
  wanted: z.string().optional(),
  /** Why it does not. */
  failure: Failure.optional(),
});
export type Member = z.infer<typeof Member>;

export const Versions = z.object({
  director: z.object({ release: z.string(), version: z.string(), contract: z.number().int() }),
  applications: z.array(
    z.object({
      id: ApplicationId,
      name: z.string(),
      members: z.array(Member),
      /** What keeps the processes of its machines running, where each machine has a host of its own that can be replaced. */
      hosts: z.array(Member.omit({ role: true })).optional(),
    }),
  ),
  /** So many managers, agents and hosts are not of the director's release. */
  behind: z.number().int(),
});
export type Versions = z.infer<typeof Versions>;

export const directorUpgradeMethods = {
  get_versions: method({
    kind: 'query',
    params: nothing,
    result: Versions,
    callers: ['user'],
    since: 1,
    doc: 'Which version each process runs: director, managers and agents.',
  }),
  upgrade_applications: method({
    kind: 'command',
    params: z.strictObject({
      /** To what each ran before, agents first. */
      back: z.boolean().default(false),
    }),
    result: Started,
    callers: ['user'],
    since: 1,
    doc: "Brings the hosts of machines, managers, then agents, one by one to the director's release; stops at the first that does not work, which goes back (owner only).",
  }),
};

export const managerUpgradeMethods = {
  check_agents: method({
    kind: 'query',
    params: nothing,
    result: z.array(
      z.object({
        vm: VmId,
        /** It answers, and has all its nodes from this manager. */
        connected: z.boolean(),
        release: z.string().optional(),
      }),
    ),
    callers: ['director', 'user'],
    since: 1,
    timeoutMs: 15_000,
    doc: 'Whether the agents of the application answer, and which release each runs.',
  }),
};
