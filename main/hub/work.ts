/** What a hub does with its deployment (sets it up, starts it, stops it): one piece at a time, which can be cancelled. */
import { ConpaasError } from '../../remote/core/contract/errors.ts';
import type { Operation } from '../../remote/core/contract/operation.ts';
import type { WorkOptions } from './deployment.ts';

export interface WorkListener {
  /** Aborts when the hub ends. */
  readonly signal: AbortSignal;
  progress(operation: Operation): void;
  /** @param operation as far as it came; undefined: it had not begun */
  failed(thrown: unknown, operation: Operation | undefined): Promise<void>;
}

export class Work {
  readonly #listener: WorkListener;
  #current: { readonly controller: AbortController; readonly finished: Promise<void> } | undefined;

  constructor(listener: WorkListener) {
    this.#listener = listener;
  }

  get isUnderWay(): boolean {
    return this.#current !== undefined;
  }

  /** A second request while one is running changes nothing. */
  begin(work: (options: WorkOptions) => Promise<void>): void {
    if (this.#current) return;
    const controller = new AbortController();
    this.#current = { controller, finished: this.#run(work, controller.signal) };
  }

  /** Stops what is under way; what it made so far is cleaned up by the next one. */
  async cancel(): Promise<void> {
    this.#current?.controller.abort(new ConpaasError('cancelled', 'Cancelled.'));
    await this.finished();
  }

  async finished(): Promise<void> {
    await this.#current?.finished;
  }

  async #run(work: (options: WorkOptions) => Promise<void>, cancelled: AbortSignal): Promise<void> {
    let operation: Operation | undefined;
    try {
      await work({
        signal: AbortSignal.any([cancelled, this.#listener.signal]),
        onProgress: (progress) => {
          operation = progress;
          this.#listener.progress(progress);
        },
      });
    } catch (thrown) {
      await this.#listener.failed(thrown, operation);
    } finally {
      this.#current = undefined;
    }
  }
}
