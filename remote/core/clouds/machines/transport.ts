/** The first contact with a VM, as its cloud allows: files go in, and a program of the VM is run there as root. */

export interface Copied {
  /** Here. */
  readonly from: string;
  /** There: an absolute path. Its folder exists. */
  readonly to: string;
  readonly mode: number;
}

export interface Ran {
  readonly code: number;
  readonly output: string;
  readonly errors: string;
}

/** Errors are ConpaasError: `not_found` where the VM is gone, `unreachable` where it cannot be reached yet. */
export interface Transport {
  copy(server: string, files: readonly Copied[], signal: AbortSignal): Promise<void>;
  /** @param command program and arguments; nothing interprets them */
  run(server: string, command: readonly string[], input: string, signal: AbortSignal): Promise<Ran>;
  /** Whether the program sees the end of its input; absent: it cannot be told. */
  readonly endsInput?: boolean | undefined;
  /** Ends connections that it keeps. */
  [Symbol.asyncDispose]?(): Promise<void>;
}
