/**
 * The operation that `up`, `destroy`, `move` and others show, and its journal: fsynced JSON lines, written before each step and after
 * it. Steps are idempotent, so a run that was cut short is simply run again, under its old operation id.
 */
import { mkdir, open, readFile, truncate } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { ConpaasError, type Failure, toFailure } from '../../remote/core/contract/errors.ts';
import { newId, OperationId } from '../../remote/core/contract/ids.ts';
import type { Operation, OperationStep, OperationTarget } from '../../remote/core/contract/operation.ts';
import { crashPoint, syncDirectory } from '../../remote/core/files/index.ts';

const Line = z.object({
  operation: OperationId,
  kind: z.string(),
  step: z.string(),
  state: z.enum(['running', 'done', 'failed']),
  at: z.number(),
});
type Line = z.infer<typeof Line>;

export interface Step {
  readonly name: string;
  /** For a person. */
  readonly title: string;
  run(step: StepContext): Promise<void>;
}

export interface StepContext {
  readonly operation: OperationId;
  readonly signal: AbortSignal;
  /** A few words on what is going on now; shown, never journaled. */
  detail(text: string): void;
}

export interface RunOptions {
  /** e.g. `up`. */
  readonly kind: string;
  readonly title: string;
  readonly requestedBy: string;
  readonly target?: OperationTarget | undefined;
  /** A few facts of the outcome, asked for when it has ended well. */
  outcome?(): Readonly<Record<string, string>>;
  /** Journal file; its directory is made. */
  readonly journal: string;
  /** What its crash points are called (`core/files/crash-point.ts`); `up` where absent. */
  readonly crashPoints?: string | undefined;
  readonly steps: readonly Step[];
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
  readonly onOperation?: ((operation: Operation) => void) | undefined;
}

/** Runs the steps in order. @throws ConpaasError what the failed step threw, naming the step */
export async function runSteps(options: RunOptions): Promise<void> {
  const journal = await openLines(options.journal, options.crashPoints ?? 'up');
  const id = unfinished(journal.lines, options.kind) ?? OperationId.parse(newId('op'));
  const startedAt = Date.now();
  const signal = AbortSignal.any([options.signal, AbortSignal.timeout(options.deadlineMs)]);
  let operation: Operation = {
    id,
    kind: options.kind,
    title: options.title,
    target: options.target ?? {},
    state: 'running',
    steps: options.steps.map(({ name, title }) => ({ name, title, state: 'waiting' })),
    log: [],
    startedAt,
    deadline: startedAt + options.deadlineMs,
    requestedBy: options.requestedBy,
    cancellable: true,
    retryable: false,
  };
  const show = (change: Partial<Operation>): void => {
    operation = { ...operation, ...change };
    options.onOperation?.(operation);
  };
  const showStep = (name: string, change: Partial<OperationStep>): void =>
    show({ steps: operation.steps.map((step) => (step.name === name ? { ...step, ...change } : step)) });
  const write = (step: string, state: Line['state']): Promise<void> =>
    journal.append({ operation: id, kind: options.kind, step, state, at: Date.now() });

  try {
    for (const step of options.steps) {
      signal.throwIfAborted();
      await write(step.name, 'running');
      showStep(step.name, { state: 'running', startedAt: Date.now() });
      try {
        await step.run({ operation: id, signal, detail: (detail) => showStep(step.name, { detail }) });
      } catch (error) {
        const failure = described(step, error, options.signal.aborted);
        showStep(step.name, { state: 'failed', endedAt: Date.now() });
        const state = failure.code === 'cancelled' ? 'cancelled' : 'failed';
        show({ state, failure, endedAt: Date.now(), retryable: true, cancellable: false });
        throw ConpaasError.of(failure);
      }
      await write(step.name, 'done');
      showStep(step.name, { state: 'done', endedAt: Date.now() });
    }
    const outcome = options.outcome?.();
    show({ state: 'done', endedAt: Date.now(), cancellable: false, ...(outcome && { outcome }) });
  } finally {
    await journal[Symbol.asyncDispose]();
  }
}

function described(step: Step, error: unknown, cancelled: boolean): Failure {
  if (error instanceof ConpaasError) return error.failure;
  const failure = toFailure(error);
  if (cancelled) return { code: 'cancelled', message: `Cancelled at the step "${step.title}".`, retry: true };
  if (failure.code === 'deadline_exceeded') {
    return { ...failure, message: `The step "${step.title}" took too long. Try again.`, retry: true };
  }
  const reason = error instanceof Error ? error.message : String(error);
  return { ...failure, message: `The step "${step.title}" failed: ${reason}`, retry: true };
}

/** The id of the last run of this kind, where it has not come to its last line. */
function unfinished(lines: readonly Line[], kind: string): OperationId | undefined {
  const last = lines.filter((line) => line.kind === kind).at(-1);
  return last && last.step !== 'finish' ? last.operation : undefined;
}

interface Lines extends AsyncDisposable {
  readonly lines: readonly Line[];
  /** Durable when resolved. */
  append(line: Line): Promise<void>;
}

async function openLines(file: string, crashPoints: string): Promise<Lines> {
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  const handle = await open(file, 'a', 0o600);
  await syncDirectory(path.dirname(file));
  const text = await readFile(file, 'utf8');
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  // What a crash has cut in the middle never happened.
  if (whole.length < text.length) await truncate(file, Buffer.byteLength(whole));
  return {
    lines: whole
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => Line.parse(JSON.parse(line))),
    async append(line) {
      crashPoint(crashPoints, 'before');
      await handle.appendFile(`${JSON.stringify(line)}\n`);
      await handle.sync();
      crashPoint(crashPoints, 'after');
    },
    [Symbol.asyncDispose]: () => handle.close(),
  };
}

/** For what is sent: tells of each further mebibyte. */
export function sending(tell: (text: string) => void): (sent: number, total: number) => void {
  let last = -1;
  return (sent, total) => {
    const mebibytes = Math.floor(sent / 1024 ** 2);
    if (mebibytes === last) return;
    last = mebibytes;
    tell(total > sent ? `${mebibytes} of ${Math.ceil(total / 1024 ** 2)} MiB` : `${mebibytes} MiB`);
  };
}
