/** What the supervisor starts, watches, restarts and stops: one engine process with its children. */
import type { Failure } from '../contract/errors.ts';

/** When a process counts as ready; tried every 20 ms at first, then more slowly, until `timeoutMs`. */
export type Probe =
  | { readonly kind: 'none' }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number; readonly timeoutMs: number }
  | { readonly kind: 'unix'; readonly path: string; readonly timeoutMs: number }
  | {
      readonly kind: 'http';
      readonly host: string;
      readonly port: number;
      readonly path: string;
      readonly timeoutMs: number;
    }
  | { readonly kind: 'custom'; readonly check: (signal: AbortSignal) => Promise<boolean>; readonly timeoutMs: number };

/** How hosted code is kept away from control processes: bubblewrap, a tmpfs root, only the named paths bound. */
export interface Sandbox {
  /** Bound read-write, at the same path. */
  readonly writable: readonly string[];
  /** Bound read-only beside the engines (/usr, /lib, /etc/alternatives, php's configuration ...). */
  readonly readable: readonly string[];
  /** false: a network of its own in which nobody is. */
  readonly network?: boolean;
}

export interface ProcessSpec {
  /** Unique within the supervisor; names its record and its log. */
  readonly name: string;
  readonly executable: string;
  readonly arguments: readonly string[];
  readonly directory: string;
  /** The whole environment; nothing is inherited but PATH, LANG and TZ. */
  readonly environment: Readonly<Record<string, string>>;
  /** Unprivileged user it runs as where we are root (group of the same number); ignored otherwise. */
  readonly uid?: number | undefined;
  /** Lets an unprivileged engine bind ports below 1024 (CAP_NET_BIND_SERVICE only), where we are root. */
  readonly lowPorts?: boolean | undefined;
  /** Absent: not contained (our own control processes). */
  readonly sandbox?: Sandbox | undefined;
  /** Descriptors to hand on beside stdin, stdout and stderr (from 3). */
  readonly descriptors?: readonly number[] | undefined;
  readonly ready: Probe;
  /** Health probe of a running process, adopted ones too; `failures` in a row make it restart. */
  readonly health?: { readonly probe: Probe; readonly everyMs: number; readonly failures: number } | undefined;
  readonly stop: { readonly signal: NodeJS.Signals; readonly timeoutMs: number };
  readonly log: {
    readonly path: string;
    readonly maxBytes: number;
    readonly keep: number;
    /** Signal that makes the engine reopen its log; otherwise copy and truncate. */
    readonly reopen?: NodeJS.Signals | undefined;
  };
  /** Back-off doubles from first to max; more than `limit` exits within `windowMs` end in `failed`. */
  readonly restart: {
    readonly firstMs: number;
    readonly maxMs: number;
    readonly limit: number;
    readonly windowMs: number;
  };
}

export type ProcessState =
  | { readonly kind: 'starting'; readonly pid: number }
  | { readonly kind: 'running'; readonly pid: number; readonly since: number; readonly adopted: boolean }
  | { readonly kind: 'backing_off'; readonly until: number; readonly failure: Failure }
  | { readonly kind: 'failed'; readonly failure: Failure }
  | { readonly kind: 'stopping'; readonly pid: number }
  | { readonly kind: 'stopped' };

/** A process under supervision. */
export interface Supervised extends AsyncDisposable {
  readonly name: string;
  readonly state: ProcessState;
  /** Restarts since it was first started. */
  readonly restarts: number;
  /** Resolves when it is running, rejects with the failure (with the engine's last lines) otherwise. */
  ready(signal: AbortSignal): Promise<void>;
  /** Sends a signal to the main process (reload). Throws `conflict` when it is not running. */
  signal(signal: NodeJS.Signals): void;
  /** Graceful stop, then the whole group; removes the record. Idempotent. */
  stop(): Promise<void>;
}

export interface Supervisor extends AsyncDisposable {
  /**
   * Starts a process, or adopts it when its record (pid, start time, boot id, group) still names a living process with
   * the same specification; one with another specification is stopped first.
   */
  start(spec: ProcessSpec): Promise<Supervised>;
  /** Ends processes whose records no start() has claimed: leftovers of an earlier life. */
  endLeftovers(): Promise<void>;
  /** Disposing the supervisor stops watching; processes go on (they are adopted by the next one). */
  [Symbol.asyncDispose](): Promise<void>;
}

export interface SupervisorOptions {
  /** Directory of the records (0700). */
  readonly directory: string;
  /** At every change of a process's state. */
  readonly onChange: (name: string, state: ProcessState) => void;
}
