/** What an agent says of its nodes. It stands alone: an agent's start need not build what is said of applications. */
import { z } from 'zod';
import { Failure } from './errors.ts';
import { NodeId } from './ids.ts';

/** What an agent says of one node (a role instance it runs). */
export const NodeObservation = z.object({
  node: NodeId,
  state: z.enum(['preparing', 'starting', 'running', 'failed', 'stopping', 'stopped']),
  /** Why `failed`, or why it is not running although it should be. */
  failure: Failure.optional(),
  /** Hash of the configuration that is in force now (what the manager sent), so that it knows when a change took. */
  applied: z.string().optional(),
  /** Hash of the assignment that the agent works on, or that `failure` is about. */
  attempted: z.string().optional(),
  /** Ports by name, as really bound. */
  ports: z.record(z.string(), z.number().int()),
  /** Facts of the role, e.g. `{servers: {...}}` of a proxy; the service's own business. */
  detail: z.record(z.string(), z.unknown()),
  /** Process restarts since the node was made. */
  restarts: z.number().int(),
  since: z.number(),
});
export type NodeObservation = z.infer<typeof NodeObservation>;

/** Newest figures of one node: CPU in cores, memory (PSS) and disk in bytes. */
export const NodeMetrics = z.object({
  node: z.string(),
  cpu: z.number(),
  memory: z.number(),
  disk: z.number(),
});
export type NodeMetrics = z.infer<typeof NodeMetrics>;

/** One line of a log. `seq` counts per node and log from the start of the file that is kept. */
export const LogLine = z.object({
  node: z.string(),
  service: z.string(),
  log: z.string(),
  /** Milliseconds since the epoch, stamped by the agent. */
  time: z.number(),
  text: z.string(),
  /** Lines that were rotated away before they could be read; -1: unknown count. `text` is empty then. */
  gap: z.number().int().optional(),
});
export type LogLine = z.infer<typeof LogLine>;
