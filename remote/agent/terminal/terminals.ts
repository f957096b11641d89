/**
 * The terminals that are open on one node. A shell sees what the node's engines see and nothing else: it runs as their
 * user, in a sandbox with the same paths.
 */
import type { Duplex } from 'node:stream';
import { ConpaasError } from '../../core/contract/errors.ts';
import type { OpenChannel } from '../../core/contract/method.ts';
import { openPseudoTerminal, type PseudoTerminal, type Sandbox } from '../../core/supervisor/index.ts';
import { encodeFrame, FrameDecoder, type TerminalSize } from '../../core/terminal/index.ts';

export interface TerminalsOptions {
  readonly node: string;
  readonly uid: number | undefined;
  /** Directory of the records of the node's processes. */
  readonly records: string;
  /** What its engines may see now; undefined while it has none. */
  sandbox(): Sandbox | undefined;
  readonly limits?: TerminalLimits | undefined;
}

export interface TerminalLimits {
  /** Open at once on a node. */
  readonly perNode: number;
  /** Nothing was typed for so long: closed, ms. */
  readonly idleMs: number;
}

const terminalLimits: TerminalLimits = { perNode: 4, idleMs: 60 * 60 * 1000 };

export class Terminals {
  readonly #options: TerminalsOptions;
  readonly #limits: TerminalLimits;
  readonly #open = new Set<{ readonly stop: AbortController; readonly ended: Promise<void> }>();
  #closed: ConpaasError | undefined;

  constructor(options: TerminalsOptions) {
    this.#options = options;
    this.#limits = options.limits ?? terminalLimits;
  }

  /**
   * Runs a shell at the far end of the channel until one of them ends; the channel is opened once the shell is there.
   * @throws ConpaasError conflict (too many, or nothing runs there), cancelled (idle), what `closeAll` was given
   */
  async run(open: OpenChannel, size: TerminalSize, signal: AbortSignal): Promise<void> {
    if (this.#closed) throw this.#closed;
    const { node } = this.#options;
    if (this.#open.size >= this.#limits.perNode) {
      throw new ConpaasError(
        'conflict',
        `${this.#open.size} terminals are open on ${node} already, which is the most there may be. Close one of them.`,
      );
    }
    const stop = new AbortController();
    const running = this.#serve(open, size, stop, AbortSignal.any([signal, stop.signal]));
    const entry = { stop, ended: running.catch(() => undefined) }; // its caller is told
    this.#open.add(entry);
    try {
      await running;
    } finally {
      this.#open.delete(entry);
    }
  }

  /** Ends all of them, and refuses new ones, for this reason. Resolves when nothing of them is left. */
  async closeAll(reason: ConpaasError): Promise<void> {
    this.#closed = reason;
    const open = [...this.#open];
    for (const { stop } of open) stop.abort(reason);
    await Promise.all(open.map(({ ended }) => ended));
  }

  async #serve(open: OpenChannel, size: TerminalSize, stop: AbortController, signal: AbortSignal): Promise<void> {
    const { node, uid, records } = this.#options;
    const sandbox = this.#options.sandbox();
    const directory = sandbox?.writable[0];
    if (!sandbox || directory === undefined) {
      throw new ConpaasError('conflict', `Nothing runs on ${node} now. Start it, then open the terminal again.`);
    }
    await using terminal = await openPseudoTerminal({ records, directory, uid, sandbox, name: node, ...size });
    const channel = open();
    const idle = setTimeout(() => stop.abort(this.#idleError()), this.#limits.idleMs);
    let abort: () => void = () => undefined;
    const aborted = new Promise<never>((_resolve, reject) => {
      abort = () => reject(signal.reason);
      if (signal.aborted) abort();
      else signal.addEventListener('abort', abort, { once: true });
    });
    try {
      const gone = readTyped(channel, terminal, () => idle.refresh());
      await Promise.race([aborted, gone, showUntilEnded(channel, terminal)]);
    } finally {
      clearTimeout(idle);
      signal.removeEventListener('abort', abort);
    }
  }

  #idleError(): ConpaasError {
    const minutes = Math.round(this.#limits.idleMs / 60_000);
    return new ConpaasError('cancelled', `Nothing was typed for ${minutes} minutes, so the terminal was closed.`);
  }
}

/** Passes on what is typed until the other end has gone. */
async function readTyped(channel: Duplex, terminal: PseudoTerminal, typed: () => void): Promise<void> {
  const decoder = new FrameDecoder();
  for await (const chunk of channel.iterator({ destroyOnReturn: false })) {
    for (const frame of decoder.push(chunk as Buffer)) {
      if (frame.kind === 'size') terminal.resize(frame.size);
      if (frame.kind !== 'bytes') continue;
      typed();
      await terminal.write(frame.bytes);
    }
  }
}

/** Shows what comes until the shell has ended, then says how it ended. */
async function showUntilEnded(channel: Duplex, terminal: PseudoTerminal): Promise<void> {
  for await (const chunk of terminal.output) {
    const bytes = chunk as Buffer;
    await new Promise<void>((resolve) => channel.write(encodeFrame({ kind: 'bytes', bytes }), () => resolve()));
  }
  channel.write(encodeFrame({ kind: 'end', end: { code: await terminal.ended } }));
}
