/** What windows see now, kept for the first moment of the next one. */
import type { ApplicationSummary } from '../../remote/core/contract/application.ts';
import type { DeploymentFacts, Remembered } from './protocol.ts';

/** The list for the next window is written so long after a change, ms. */
const rememberMs = 1000;

export interface RememberingOptions {
  /** Keeps it; undefined: nothing. */
  keep(shown: Omit<Remembered, 'at'> | undefined): Promise<void>;
  /** The director that is connected; undefined: none, and what was kept stays. */
  deployment(): DeploymentFacts | undefined;
  applications(): readonly ApplicationSummary[];
  failed(thrown: unknown): void;
}

export class Remembering implements Disposable {
  readonly #options: RememberingOptions;
  #soon: NodeJS.Timeout | undefined;

  constructor(options: RememberingOptions) {
    this.#options = options;
  }

  /** Changes come in bursts: one write for many. */
  soon(): void {
    this.#soon ??= setTimeout(() => {
      this.#soon = undefined;
      this.now();
    }, rememberMs);
  }

  /** Keeps the list, where one was read. */
  now(): void {
    const deployment = this.#options.deployment();
    if (deployment) this.#keep({ deployment, applications: this.#options.applications() });
  }

  /** What was known of a deployment that runs no more. */
  forget(): void {
    this.#keep(undefined);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#soon);
  }

  #keep(shown: Omit<Remembered, 'at'> | undefined): void {
    this.#options.keep(shown).catch((thrown: unknown) => this.#options.failed(thrown));
  }
}
