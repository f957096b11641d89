/** Runs a program to its end: installers, scripts that users hand in. */
import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { newId } from '../contract/ids.ts';
import { killAll } from './end.ts';
import { type LaunchSpec, launch } from './launch.ts';
import { openRecords } from './records.ts';
import { lastLines } from './tail.ts';

export interface RunOnceSpec
  extends Pick<LaunchSpec, 'executable' | 'arguments' | 'directory' | 'environment' | 'uid' | 'sandbox' | 'input'> {
  /** Descriptor that becomes standard input; empty where absent. The caller closes it. */
  readonly input?: number | undefined;
  /** Directory of a supervisor's records: its next life ends the program if we die meanwhile. */
  readonly records: string;
  /** File that the output is added to. */
  readonly log: string;
  readonly timeoutMs: number;
  /** Output beyond this ends the program. Default 64 MiB. */
  readonly maxLogBytes?: number;
}

export interface RunOnceResult {
  /** Undefined when it did not end by itself: a signal, or one of the limits in `ended`. */
  readonly code: number | undefined;
  readonly ended: 'itself' | 'timeout' | 'too_much_output';
  /** Last lines of its own output. */
  readonly lastLines: readonly string[];
}

const checkMs = 250;

/**
 * Runs a program to its end. When it ends, for whatever reason, all its children end too.
 * @throws the signal's reason when aborted; ConpaasError when it cannot be started
 */
export async function runOnce(spec: RunOnceSpec, signal: AbortSignal): Promise<RunOnceResult> {
  signal.throwIfAborted();
  const records = openRecords(spec.records);
  const name = newId('run');
  mkdirSync(dirname(spec.log), { recursive: true, mode: 0o700 });
  const running = await launch(
    records,
    { ...spec, name, log: { path: spec.log }, stop: { signal: 'SIGKILL', timeoutMs: 0 } },
    { kind: 'run', restarts: 0, input: spec.input },
  );
  const over = new AbortController();
  try {
    const limited = async (): Promise<'timeout' | 'too_much_output' | 'aborted'> => {
      const deadline = performance.now() + spec.timeoutMs;
      const either = AbortSignal.any([signal, over.signal]);
      while (!either.aborted) {
        const pause = Math.max(1, Math.min(checkMs, deadline - performance.now()));
        await delay(pause, undefined, { signal: either }).catch(() => undefined); // the loop ends
        if (performance.now() >= deadline) return 'timeout';
        const size = statSync(spec.log, { throwIfNoEntry: false })?.size ?? 0;
        if (size - running.logStart > (spec.maxLogBytes ?? 64 * 1024 * 1024)) return 'too_much_output';
      }
      return 'aborted';
    };
    const outcome = await Promise.race([running.exited, limited()]);
    signal.throwIfAborted();
    const lines = await lastLines(spec.log, 20, running.logStart);
    if (typeof outcome === 'object') {
      return { code: outcome.kind === 'code' ? outcome.code : undefined, ended: 'itself', lastLines: lines };
    }
    return { code: undefined, ended: outcome === 'timeout' ? 'timeout' : 'too_much_output', lastLines: lines };
  } finally {
    over.abort();
    await killAll(records, running.record);
    records.remove(name);
  }
}
