/** Anything that takes time is an operation; window and command show the same object. */
import { z } from 'zod';
import { Failure } from './errors.ts';
import { OperationId } from './ids.ts';

export const StepState = z.enum(['waiting', 'running', 'done', 'failed', 'skipped']);

export const OperationStep = z.object({
  name: z.string(),
  /** For a person: "Start the manager". */
  title: z.string(),
  state: StepState,
  /** 0..1 where it can be told. Never journaled. */
  progress: z.number().min(0).max(1).optional(),
  /** A few words on what is going on now: "2 of 3 machines joined". Never journaled. */
  detail: z.string().optional(),
  startedAt: z.number().optional(),
  endedAt: z.number().optional(),
});
export type OperationStep = z.infer<typeof OperationStep>;

export const OperationState = z.enum(['running', 'done', 'failed', 'cancelled']);
export type OperationState = z.infer<typeof OperationState>;

export const OperationTarget = z.object({
  application: z.string().optional(),
  service: z.string().optional(),
  node: z.string().optional(),
});
export type OperationTarget = z.infer<typeof OperationTarget>;

export const Operation = z.object({
  id: OperationId,
  /** e.g. `apply`, `add_nodes`, `activate_code_version`. */
  kind: z.string(),
  /** For a person: "Add 2 backend nodes to web". */
  title: z.string(),
  target: OperationTarget,
  state: OperationState,
  steps: z.array(OperationStep),
  /** Why it failed. */
  failure: Failure.optional(),
  /** The last lines of what it runs (at most 50). */
  log: z.array(z.string()),
  /** Milliseconds since the epoch. */
  startedAt: z.number(),
  endedAt: z.number().optional(),
  /** Wall-clock time at which it fails of itself. */
  deadline: z.number(),
  requestedBy: z.string(),
  /** Whether cancel / retry would be accepted now. */
  cancellable: z.boolean(),
  retryable: z.boolean(),
  /** A few facts of the outcome, e.g. `{address}`. */
  outcome: z.record(z.string(), z.string()).optional(),
});
export type Operation = z.infer<typeof Operation>;

/** What a command that starts an operation answers with. */
export const Started = z.object({ operation: OperationId });
