/** The terminals of one window. A page that is slow, or hidden, slows the node and nothing else. */
import { ConpaasError } from '../../../remote/core/contract/errors.ts';
import { Changed } from '../../../remote/core/events/index.ts';
import type { Shell } from '../../../remote/core/terminal/index.ts';
import type { TerminalPush } from '../calls/terminals.ts';

/** Bytes that may be on their way to the page. */
const credit = 256 * 1024;
/** Terminals of a window at once. */
const most = 32;

interface Open {
  readonly shell: Shell;
  readonly stop: AbortController;
  readonly taking: Changed;
  sent: number;
  taken: number;
}

export class Terminals implements Disposable {
  readonly #open = new Map<string, Open>();
  readonly #push: (push: TerminalPush) => void;

  constructor(push: (push: TerminalPush) => void) {
    this.#push = push;
  }

  /** @throws ConpaasError conflict */
  check(id: string): void {
    if (this.#open.has(id)) throw new ConpaasError('conflict', 'This terminal is open already.');
    if (this.#open.size >= most) {
      throw new ConpaasError('conflict', `${most} terminals are open in this window. Close one of them.`);
    }
  }

  add(id: string, shell: Shell): void {
    const open: Open = { shell, stop: new AbortController(), taking: new Changed(), sent: 0, taken: 0 };
    this.#open.set(id, open);
    void this.#show(id, open);
  }

  async #show(terminal: string, open: Open): Promise<void> {
    const { shell, taking } = open;
    const { signal } = open.stop;
    try {
      for await (const bytes of shell.output) {
        if (signal.aborted) return;
        // a copy of its own: the buffer it lies in is larger, and would travel as a whole
        this.#push({ push: 'terminal', terminal, bytes: new Uint8Array(bytes) });
        open.sent += bytes.length;
        while (open.sent - open.taken > credit) await taking.next(taking.generation, signal);
      }
      const outcome = await shell.outcome;
      if (signal.aborted) return;
      if (outcome.kind === 'ended') this.#push({ push: 'terminal', terminal, ended: outcome.end.code });
      else this.#push({ push: 'terminal', terminal, failure: outcome.failure });
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      this.#open.delete(terminal);
      shell[Symbol.dispose]();
    }
  }

  /** @throws ConpaasError not_found */
  get(id: string): Shell {
    const open = this.#open.get(id);
    if (!open) throw new ConpaasError('not_found', 'This terminal is no longer open.');
    return open.shell;
  }

  taken(id: string, bytes: number): void {
    const open = this.#open.get(id);
    if (!open) return; // it ended meanwhile
    open.taken = Math.max(open.taken, Math.min(bytes, open.sent));
    open.taking.notify();
  }

  close(id: string): void {
    const open = this.#open.get(id);
    if (!open) return;
    this.#open.delete(id);
    open.stop.abort();
    open.shell[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    for (const id of [...this.#open.keys()]) this.close(id);
  }
}
