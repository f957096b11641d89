/** Starts one process: session of its own, output on a file, contained if asked, recorded before anything else. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, fstatSync, statSync } from 'node:fs';
import type { Socket } from 'node:net';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { ConpaasError } from '../contract/errors.ts';
import { killAll } from './end.ts';
import { openLog } from './log-directory.ts';
import { identify, isAlive, type ProcessIdentity } from './proc.ts';
import type { ProcessRecord, Records } from './records.ts';
import { containedCommand, sandboxWorks } from './sandbox.ts';
import type { ProcessSpec } from './types.ts';

export type LaunchSpec = Pick<
  ProcessSpec,
  'name' | 'executable' | 'arguments' | 'directory' | 'environment' | 'uid' | 'lowPorts' | 'sandbox' | 'descriptors'
> & {
  readonly log: { readonly path: string };
  readonly stop: ProcessSpec['stop'];
  /** Descriptor that becomes standard input; empty where absent. The caller closes it. */
  readonly input?: number | undefined;
  /** Standard input, output and errors are pipes to us instead (`Running.pipes`); nothing reaches the log. */
  readonly piped?: boolean | undefined;
  /** Ends with us, whatever ends us. */
  readonly endsWithUs?: boolean | undefined;
};

/** How a process ended. Of an adopted one nobody can tell: `unknown`. */
export type Exit =
  | { readonly kind: 'code'; readonly code: number }
  | { readonly kind: 'signal'; readonly signal: string }
  | { readonly kind: 'unknown' };

export interface Running {
  readonly record: ProcessRecord;
  readonly main: ProcessIdentity;
  readonly exited: Promise<Exit>;
  /** Size of the log when it was started: what comes after is its own. */
  readonly logStart: number;
  /** Of a process that was launched `piped`. */
  readonly pipes?: Pipes | undefined;
  /** Lets our own process end although this one runs. */
  forget(): void;
}

export interface Pipes {
  readonly input: Writable;
  readonly output: Readable;
  readonly errors: Readable;
}

/** How often an adopted process is looked at. */
const watchMs = 200;
const infoMs = 10_000;

/** Identifies a specification: what must be the same for a running process to be adopted. No secret can be read from it. */
export function specHash(spec: LaunchSpec): string {
  const { executable, directory, uid, lowPorts, sandbox } = spec;
  const environment = Object.entries(spec.environment).sort(([a], [b]) => (a < b ? -1 : 1));
  const described = [
    executable,
    spec.arguments,
    directory,
    environment,
    uid,
    lowPorts,
    sandbox && [sandbox.readable, sandbox.writable, ...(sandbox.network === false ? ['no network'] : [])],
    spec.log.path,
    spec.descriptors?.length,
  ];
  return createHash('sha256').update(JSON.stringify(described)).digest('hex');
}

/**
 * Starts a process and records it. Resolves when its identity is known and on disk.
 * @throws ConpaasError sandbox_unavailable; engine_failed or missing_package when it cannot be started
 */
export async function launch(
  records: Records,
  spec: LaunchSpec,
  more: { readonly kind: ProcessRecord['kind']; readonly restarts: number; readonly input?: number | undefined },
): Promise<Running> {
  if (spec.sandbox) {
    const failure = await sandboxWorks(records.directory);
    if (failure) throw ConpaasError.of(failure);
  }
  if (!statSync(spec.directory, { throwIfNoEntry: false })?.isDirectory()) {
    throw new ConpaasError('engine_failed', `${spec.name} cannot start: its directory ${spec.directory} is missing.`);
  }
  const infoFd = 3 + (spec.descriptors?.length ?? 0);
  const command = containedCommand(spec, records.directory, infoFd);
  const log = spec.piped ? undefined : openLog(spec.log.path, spec.uid);
  const logStart = log === undefined ? 0 : fstatSync(log).size;
  let child: ChildProcess;
  try {
    child = spawn(command.executable, command.arguments, {
      cwd: spec.sandbox ? '/' : spec.directory,
      env: environmentOf(records, spec),
      detached: true,
      stdio: [
        spec.piped ? 'pipe' : (spec.input ?? 'ignore'),
        log ?? 'pipe',
        log ?? 'pipe',
        ...(spec.descriptors ?? []),
        ...(spec.sandbox ? (['pipe'] as const) : []),
      ],
    });
  } finally {
    if (log !== undefined) closeSync(log);
  }
  const ended = new Promise<Exit>((resolve) => {
    child.once('exit', (code, signal) => resolve(exitOf(code, signal, spec.sandbox !== undefined)));
  });
  const failed = new Promise<ConpaasError>((resolve) => {
    child.once('error', (error) => resolve(startFailure(spec, command.executable, error)));
  });
  if (child.pid === undefined) throw await failed;
  const base = {
    name: spec.name,
    kind: more.kind,
    // A process that is gone already keeps its number until we have asked for its exit: the founder of a dead group.
    leader: identify(child.pid) ?? { pid: child.pid, startTime: Number.MAX_SAFE_INTEGER, bootId: '' },
    sandboxed: spec.sandbox !== undefined,
    hash: specHash(spec),
    stop: { signal: spec.stop.signal, timeoutMs: spec.stop.timeoutMs },
    startedAt: Date.now(),
    restarts: more.restarts,
  } as const;
  let main: ProcessIdentity;
  let record: ProcessRecord = base;
  try {
    records.write(record);
    main = spec.sandbox ? await innerProcess(child, infoFd, ended) : base.leader;
    record = { ...base, main };
    records.write(record);
  } catch (error) {
    await killAll(records, record); // a full disk: what is not recorded must not run
    throw error;
  }
  const { stdin: input, stdout: output, stderr: errors } = child;
  return {
    record,
    main,
    logStart,
    ...(input && output && errors && { pipes: { input, output, errors } }),
    exited: spec.endsWithUs ? ended : trulyEnded(ended, main),
    forget: () => child.unref(),
  };
}

/** Takes over a process that somebody before us has started. */
export function adopt(record: ProcessRecord, main: ProcessIdentity, signal: AbortSignal): Running {
  return { record, main, logStart: 0, exited: watchUntilGone(main, signal), forget: () => undefined };
}

/** PATH, LANG and TZ of our own; the rest is the specification's. */
function environmentOf(records: Records, spec: LaunchSpec): NodeJS.ProcessEnv {
  const inherited = Object.fromEntries(['PATH', 'LANG', 'TZ'].map((name) => [name, process.env[name]]));
  const tag = records.tag(spec.name);
  const at = tag.indexOf('=');
  return { ...inherited, ...spec.environment, [tag.slice(0, at)]: tag.slice(at + 1) };
}

/** What bubblewrap tells about its child: `{"child-pid": N, ...}`. */
async function innerProcess(child: ChildProcess, infoFd: number, ended: Promise<Exit>): Promise<ProcessIdentity> {
  const pipe = child.stdio[infoFd] as Socket;
  const told = new Promise<ProcessIdentity | undefined>((resolve) => {
    let text = '';
    pipe.on('data', (data) => {
      text += data;
      const pid = /"child-pid":\s*([0-9]+)/.exec(text)?.[1];
      if (pid !== undefined) resolve(identify(Number(pid)));
    });
    pipe.on('error', () => resolve(undefined));
    pipe.on('close', () => resolve(undefined));
  });
  const limit = new AbortController();
  const main = await Promise.race([
    told,
    ended.then(() => undefined),
    delay(infoMs, undefined, { signal: limit.signal }).catch(() => undefined),
  ]);
  limit.abort();
  // Left open until bubblewrap closes it: it still writes a line or two, and would die of a closed pipe before it lets
  // the engine begin.
  pipe.unref();
  // Gone before we could look (a bad option, a missing program): its end will be told like any other.
  return main ?? { pid: child.pid ?? 0, startTime: -1, bootId: '' };
}

/** bubblewrap can be killed and leave the engine running: then the engine itself is watched. */
async function trulyEnded(ended: Promise<Exit>, main: ProcessIdentity): Promise<Exit> {
  const exit = await ended;
  if (!isAlive(main)) return exit;
  return watchUntilGone(main, undefined);
}

async function watchUntilGone(main: ProcessIdentity, signal: AbortSignal | undefined): Promise<Exit> {
  while (!signal?.aborted && isAlive(main)) {
    await delay(watchMs, undefined, signal ? { signal } : {}).catch(() => undefined); // aborted: the loop ends
  }
  return { kind: 'unknown' };
}

function exitOf(code: number | null, signal: NodeJS.Signals | null, sandboxed: boolean): Exit {
  if (signal) return { kind: 'signal', signal };
  // bubblewrap tells its child's death by a signal as a shell does.
  if (sandboxed && code !== null && code > 128) return { kind: 'signal', signal: signalName(code - 128) };
  return { kind: 'code', code: code ?? 0 };
}

function startFailure(spec: LaunchSpec, executable: string, error: Error): ConpaasError {
  const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
  if (missing) return new ConpaasError('missing_package', `${executable} is not installed on this machine.`);
  return new ConpaasError('engine_failed', `${spec.executable} cannot be started: ${error.message}.`);
}

function signalName(number: number): string {
  const names: Record<number, string> = {
    6: 'SIGABRT',
    9: 'SIGKILL',
    11: 'SIGSEGV',
    15: 'SIGTERM',
    2: 'SIGINT',
    3: 'SIGQUIT',
  };
  return names[number] ?? `signal ${number}`;
}
