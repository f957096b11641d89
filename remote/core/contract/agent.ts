/** What every agent serves to its own manager; a service type adds its own methods in its spec.ts. */
import { z } from 'zod';
import { NodeId, VolumeName } from './ids.ts';
import { agentLogMethods } from './logs.ts';
import { done, hello, method, nothing } from './method.ts';
import { metricsAgentMethods } from './metrics.ts';
import { movedDirectorAgentMethods } from './moved-director.ts';
import { LogLine, NodeMetrics, NodeObservation } from './node.ts';
import { agentScriptMethods } from './scripts.ts';
import { TerminalParams } from './terminal.ts';

/** One node that an agent should run. `configuration` is the service's own business; `hash` identifies it. */
export const NodeAssignment = z.object({
  node: NodeId,
  service: z.string(),
  type: z.string(),
  role: z.string(),
  /** false: keep the data, run nothing. */
  running: z.boolean(),
  /** Counted up by `restart_node`: a higher number restarts the engine once. */
  restarts: z.number().int(),
  /** Run it even where this machine cannot contain it: the user has accepted that in words. */
  uncontained: z.boolean().optional(),
  /** Its data lies on this volume of the machine. */
  volume: VolumeName.optional(),
  hash: z.string(),
  configuration: z.record(z.string(), z.unknown()),
});
export type NodeAssignment = z.infer<typeof NodeAssignment>;

export const agentMethods = {
  hello,
  ...metricsAgentMethods,
  ...agentLogMethods,
  check_agent_process: method({
    kind: 'query',
    params: nothing,
    result: z.object({ vm: z.string(), startedAt: z.number(), nodes: z.number().int() }),
    callers: ['manager'],
    since: 1,
    doc: 'Whether the agent is well.',
  }),
  set_nodes: method({
    kind: 'command',
    params: z.strictObject({
      /** A packed application has the first node of each role of each of its services on one machine. */
      nodes: z.array(NodeAssignment).max(1024),
      /** Nodes that keep what they run: the manager cannot tell yet what they should run. */
      keep: z.array(NodeId),
    }),
    result: done,
    callers: ['manager'],
    since: 1,
    doc: 'All nodes the agent should run; those in neither list are stopped and their directories removed. Answers once it is journaled.',
  }),
  watch_nodes: method({
    kind: 'stream',
    params: nothing,
    result: z.array(NodeObservation),
    callers: ['manager'],
    since: 1,
    doc: 'All nodes as they are, in full, at once and after each change.',
  }),
  get_logs: method({
    kind: 'stream',
    params: z.strictObject({
      node: z.string().optional(),
      log: z.string().optional(),
      follow: z.boolean(),
      since: z.number().optional(),
      tail: z.number().int().optional(),
    }),
    result: LogLine,
    callers: ['manager'],
    since: 1,
    doc: 'Log lines of the nodes of this agent.',
  }),
  get_metrics: method({
    kind: 'query',
    params: nothing,
    result: z.array(NodeMetrics),
    callers: ['manager'],
    since: 1,
    doc: "Figures of each node's own process tree.",
  }),
  open_terminal: method({
    kind: 'duplex',
    params: TerminalParams,
    result: z.void(),
    callers: ['manager'],
    since: 1,
    doc: "A shell on a node, in its engines' containment; frames of core/terminal.",
  }),
  renew_certificate: method({
    kind: 'command',
    params: nothing,
    result: done,
    callers: ['manager'],
    since: 1,
    timeoutMs: 30_000,
    doc: 'Renews its certificate now, and with it what it knows of the roots.',
  }),
  set_revocations: method({
    kind: 'command',
    params: z.strictObject({ revoked: z.array(z.string()) }),
    result: done,
    callers: ['manager'],
    since: 1,
    doc: 'Certificates that are no longer valid.',
  }),
  ...agentScriptMethods,
  ...movedDirectorAgentMethods,
};
export type AgentMethods = typeof agentMethods;
