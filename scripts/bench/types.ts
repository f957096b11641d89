/** What a bench is and what it finds out. */
import type { BenchDeployment } from './deployment.ts';

export type Unit = 'ms' | 'MB' | 'requests/s' | 'lines';

export interface Aim {
  readonly of: 'measured' | 'ratio';
  readonly atMost?: number;
  readonly atLeast?: number;
}

/** A line of the table. */
export interface Row {
  readonly what: string;
  readonly unit: Unit;
  readonly measured: number;
  /** Something of the same kind, measured in the same run. */
  readonly beside: { readonly what: string; readonly value: number };
  /** Where it is not simply measured ÷ beside: the median of the ratios of each round, say. */
  readonly ratio?: number;
  readonly aims: readonly Aim[];
}

export interface BenchContext {
  readonly signal: AbortSignal;
  /** For files; removed at the end. The engines that a bench starts may enter it. */
  readonly directory: string;
  /** A director that runs, shared by the benches of a run. */
  deployment(): Promise<BenchDeployment>;
  /** Says what is going on. */
  log(line: string): void;
}

export interface Bench {
  readonly name: string;
  readonly about: string;
  run(context: BenchContext): Promise<readonly Row[]>;
}
