/** Reads older lines from the nodes by itself, where what is shown needs them. */
import { type Failure, toFailure } from '../../../remote/core/contract/errors.ts';
import type { SpooledLog } from './spooled-log.ts';

export interface OlderLinesOptions {
  read(logs: readonly SpooledLog[], signal: AbortSignal): Promise<void>;
  failed(failure: Failure): void;
  /** Reading has ended, well or not. */
  changed(): void;
}

export class OlderLines implements Disposable {
  readonly #options: OlderLinesOptions;
  readonly #closing = new AbortController();
  /** Logs whose older lines were read for what is shown now. */
  readonly #reached = new Set<SpooledLog>();
  #reading = 0;

  constructor(options: OlderLinesOptions) {
    this.#options = options;
  }

  get reading(): boolean {
    return this.#reading > 0;
  }

  /** Something else is shown: what could not be read may be tried again. */
  restart(): void {
    this.#reached.clear();
  }

  /** Reads what was not read yet of logs that are needed whole. */
  reach(logs: readonly SpooledLog[]): void {
    const wanted = logs.filter((log) => !this.#reached.has(log));
    if (wanted.length === 0) return;
    for (const log of wanted) this.#reached.add(log);
    this.#reading += 1;
    this.#options
      .read(wanted, this.#closing.signal)
      .catch((thrown: unknown) => {
        if (this.#closing.signal.aborted) return;
        this.#options.failed(toFailure(thrown));
        // What could not be read is read when the choice is made anew, or the node is reached again.
        for (const log of wanted) this.#reached.delete(log);
      })
      .finally(() => {
        this.#reading -= 1;
        this.#options.changed();
      });
  }

  [Symbol.dispose](): void {
    this.#closing.abort();
  }
}

/** Whether the nodes have lines of a range that begins before what was read of a log. */
export function isReadTooLate(log: SpooledLog, since: number | undefined, until: number | undefined): boolean {
  const first = log.blocks[0]?.firstTime;
  if (!log.hasOlder || first === undefined) return false;
  return since === undefined ? until !== undefined && until <= first : since < first;
}
