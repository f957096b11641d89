/**
 * Holds the connection to a director, and makes it again with growing pauses. Level-triggered: after each connect it
 * subscribes to events, then reads the full lists.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Event } from '../../remote/core/contract/application.ts';
import { ConpaasError } from '../../remote/core/contract/errors.ts';
import type { Connection } from './deployment.ts';

/** Milliseconds between attempts to reach a director that is away. */
const retryMs = { first: 250, most: 5000 };
/** The lists are read again at this interval, whatever events came. */
const rereadMs = 30_000;

export interface FollowingOptions {
  /** Aborts when the hub ends. */
  readonly closing: AbortSignal;
  connect(signal: AbortSignal): Promise<Connection>;
  /** Reads the full lists. */
  read(connection: Connection, signal: AbortSignal): Promise<void>;
  /** The lists are read, and events come. */
  connected(connection: Connection): void;
  take(event: Event): void;
  /** There is no connection now, whatever for. */
  disconnected(): void;
  /** It was lost, or could not be made. @param retryAt when it is tried again, milliseconds since the epoch */
  lost(thrown: unknown, retryAt: number): void;
  tryingAgain(): void;
  /** The lists could not be read again, while there is a connection. */
  notReread(thrown: unknown): void;
}

export class Following {
  readonly #options: FollowingOptions;
  #retry = new AbortController();
  #underWay: { readonly controller: AbortController; readonly finished: Promise<void> } | undefined;

  constructor(options: FollowingOptions) {
    this.#options = options;
  }

  /** From `begin` to `end`, whether there is a connection or not. */
  get isUnderWay(): boolean {
    return this.#underWay !== undefined;
  }

  /** Keeps the connection and the lists until `end`. */
  begin(): void {
    if (this.#underWay) return;
    const controller = new AbortController();
    const signal = AbortSignal.any([controller.signal, this.#options.closing]);
    this.#underWay = { controller, finished: this.#keepConnected(signal) };
  }

  async end(): Promise<void> {
    this.#underWay?.controller.abort(new ConpaasError('cancelled', 'Disconnected.'));
    await this.#underWay?.finished;
    this.#underWay = undefined;
  }

  /** Tries to reach the director now, where it waits to try again. */
  retryNow(): void {
    this.#retry.abort();
  }

  /** Resolves once the hub that ends has let go of the connection. */
  async finished(): Promise<void> {
    await this.#underWay?.finished;
  }

  async #keepConnected(signal: AbortSignal): Promise<void> {
    const { connect, lost, disconnected, tryingAgain } = this.#options;
    let wait = retryMs.first;
    while (!signal.aborted) {
      try {
        const connection = await connect(signal);
        await this.#followEvents(connection, signal, () => {
          wait = retryMs.first;
        });
      } catch (thrown) {
        if (!signal.aborted) lost(thrown, Date.now() + wait);
      } finally {
        disconnected();
      }
      this.#retry = new AbortController();
      await delay(wait, undefined, { signal: AbortSignal.any([signal, this.#retry.signal]) }).catch(() => undefined);
      wait = this.#retry.signal.aborted ? retryMs.first : Math.min(wait * 2, retryMs.most);
      tryingAgain();
    }
  }

  async #followEvents(connection: Connection, signal: AbortSignal, restart: () => void): Promise<void> {
    const { read, connected, take, notReread } = this.#options;
    const open = Promise.withResolvers<void>();
    const options = { signal, onOpen: open.resolve };
    const events = connection.director.stream('events', {}, options)[Symbol.asyncIterator]();
    const first = events.next();
    // A change after the lists' answer, but before the director has this reader, would be told by neither.
    await Promise.race([open.promise, first]);
    // Nobody waits for it until the lists are read; its failure is met there.
    first.catch(() => undefined);
    await read(connection, signal);
    connected(connection);
    restart();
    const reading = setInterval(() => {
      read(connection, signal).catch((thrown: unknown) => {
        // Where the connection is what fails, the events tell of it.
        if (!signal.aborted) notReread(thrown);
      });
    }, rereadMs);
    try {
      for (let next = await first; !next.done; next = await events.next()) take(next.value);
    } finally {
      clearInterval(reading);
    }
    if (!signal.aborted)
      throw new ConpaasError('unreachable', 'The director has closed the connection.', { retry: true });
  }
}
