/**
 * The desired state: changed by one writer at a time, journaled as an intent, acknowledged only when the director has
 * stored it (compare-and-set on epoch and number).
 */
import { isDeepStrictEqual } from 'node:util';
import { ConpaasError } from '../core/contract/errors.ts';
import type { ApplicationId } from '../core/contract/ids.ts';
import { Changed } from '../core/events/index.ts';
import type { Journal } from '../core/journal/index.ts';
import { DesiredState } from '../core/service/state.ts';
import { patienceHere } from '../core/supervisor/patience.ts';
import { journalIntent, journalStored, loadState } from './store.ts';

/** The director's record of the state, as the manager reaches it. */
export interface StateAtDirector {
  get(signal: AbortSignal): Promise<{ epoch: number; n: number; document: unknown; name: string }>;
  /** @throws ConpaasError conflict, superseded, unreachable */
  put(n: number, document: DesiredState, signal: AbortSignal): Promise<void>;
}

export class Desired {
  readonly changed = new Changed();
  readonly #journal: Journal;
  readonly #director: StateAtDirector;
  #n: number;
  #state: DesiredState;
  /** Whether the director may hold a newer record whose acknowledgement got lost. */
  #uncertain = false;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(journal: Journal, director: StateAtDirector, n: number, state: DesiredState) {
    this.#journal = journal;
    this.#director = director;
    this.#n = n;
    this.#state = state;
  }

  /**
   * Reads the director's record, or the own journal while the director is away (a manager that has neither waits).
   * @param wait called between attempts; rejects to give up
   */
  static async open(options: {
    journal: Journal;
    director: StateAtDirector;
    application: ApplicationId;
    wait: (reason: string) => Promise<void>;
    signal: AbortSignal;
  }): Promise<Desired> {
    const { journal, director, application, signal } = options;
    const own = loadState(journal);
    for (;;) {
      try {
        const { n, document, name } = await director.get(AbortSignal.any([signal, AbortSignal.timeout(5000)]));
        if (document !== null) {
          const state = DesiredState.parse(document);
          if (own?.n !== n) await journalStored(journal, n, state);
          return new Desired(journal, director, n, state);
        }
        const fresh: DesiredState = {
          schema: 1,
          application,
          name,
          description: '',
          services: [],
          nodes: [],
          nextService: 1,
          nextSlot: 1,
        };
        return new Desired(journal, director, 0, fresh);
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof ConpaasError) || !isAway(error)) throw error;
        if (own) {
          const desired = new Desired(journal, director, own.n, own.state);
          desired.#uncertain = true;
          return desired;
        }
        await options.wait(error.message);
      }
    }
  }

  /** Number of the record that the director has acknowledged last; 0: none. */
  get number(): number {
    return this.#n;
  }

  /** The director may have another record: it is asked before the next change. */
  doubt(): void {
    this.#uncertain = true;
  }

  get state(): DesiredState {
    return this.#state;
  }

  /**
   * Changes the state: `mutate` edits a copy (throw to refuse). Resolves when the director has stored it; no change, no
   * write.
   * @throws ConpaasError director_unreachable (nothing changed), superseded, or what `mutate` throws
   */
  change<T>(
    mutate: (state: DesiredState) => T,
    signal: AbortSignal = AbortSignal.timeout(30_000 * patienceHere()),
  ): Promise<T> {
    const next = this.#last.then(() => this.#change(mutate, signal));
    this.#last = next.catch(() => undefined);
    return next;
  }

  async #change<T>(mutate: (state: DesiredState) => T, signal: AbortSignal): Promise<T> {
    if (this.#uncertain) await this.#settle(signal);
    const copy = structuredClone(this.#state);
    const result = mutate(copy);
    if (this.#n > 0 && isDeepStrictEqual(copy, this.#state)) return result;
    const n = this.#n + 1;
    await journalIntent(this.#journal, n, copy);
    try {
      await this.#director.put(n, copy, signal);
    } catch (error) {
      this.#uncertain = true;
      if (error instanceof ConpaasError && !isAway(error) && error.code !== 'conflict') throw error;
      throw new ConpaasError(
        'director_unreachable',
        'The change was not made: the director cannot be reached to store it. What runs goes on running; try again in a moment.',
        { retry: true },
      );
    }
    await journalStored(this.#journal, n, copy);
    this.#n = n;
    this.#state = copy;
    this.changed.notify();
    return result;
  }

  /** Takes over what the director has, after an answer of it got lost. */
  async #settle(signal: AbortSignal): Promise<void> {
    const record = await this.#director.get(signal).catch((error: unknown) => {
      if (error instanceof ConpaasError && isAway(error)) {
        throw new ConpaasError(
          'director_unreachable',
          'The director cannot be reached, so nothing can be changed now.',
          {
            retry: true,
          },
        );
      }
      throw error;
    });
    if (record.document !== null && record.n !== this.#n) {
      const state = DesiredState.parse(record.document);
      await journalStored(this.#journal, record.n, state);
      this.#n = record.n;
      this.#state = state;
      this.changed.notify();
    }
    this.#uncertain = false;
  }
}

function isAway(error: ConpaasError): boolean {
  return ['unreachable', 'deadline_exceeded', 'cancelled', 'interrupted'].includes(error.code);
}
