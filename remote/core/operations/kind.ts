/** A kind of operation: its steps, and what a step is given. */
import type { OperationId } from '../contract/ids.ts';
import type { OperationStep, OperationTarget } from '../contract/operation.ts';

export interface StepContext<Params> {
  readonly id: OperationId;
  readonly params: Params;
  readonly requestedBy: string;
  /** 1, and one more after each retry. */
  readonly attempt: number;
  readonly signal: AbortSignal;
  /** What earlier steps (also of an earlier life of this process) remembered. */
  readonly memory: Readonly<Record<string, unknown>>;
  /** Journals facts for later steps and lives: call it before the act that they describe. */
  remember(facts: Record<string, unknown>): Promise<void>;
  /** Progress 0..1 (undefined: cannot be told) and a few words; shown, never journaled. */
  update(progress: number | undefined, detail: string): void;
  log(line: string): void;
  /** Facts for the operation's `outcome`. */
  result(facts: Record<string, string>): void;
  /** Shows these in place of this one step: the steps of work that another process does for us. */
  mirror(steps: readonly OperationStep[]): void;
}

export interface Step<Params> {
  readonly name: string;
  readonly title: string;
  run(context: StepContext<Params>): Promise<void>;
}

export interface OperationKind<Params> {
  readonly kind: string;
  title(params: Params): string;
  target(params: Params): OperationTarget;
  steps(params: Params): readonly Step<Params>[];
  /** Milliseconds; longer on an emulated machine. */
  readonly deadlineMs: number;
  /** Operations with the same key run one after the other; undefined: no order. */
  queue(params: Params): string | undefined;
  /** Cancels what else is in its queue instead of waiting for it (delete, stop). */
  readonly preempts?: boolean;
  /** Called when a cancel is asked for, for work that another process does. */
  onCancel?(params: Params, id: OperationId): Promise<void>;
}
