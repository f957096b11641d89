/**
 * What the director wants of its clouds, and cannot do itself: the owner's desktop, which has the credentials, follows these
 * requests and answers them. What is asked of nobody waits; what only looks is refused at once.
 */

import type { CloudAnswer, CloudRequest } from '../core/contract/cloud-access.ts';
import { ConpaasError } from '../core/contract/errors.ts';
import { newId } from '../core/contract/ids.ts';
import { Changed, waitFor } from '../core/events/index.ts';

export const waitsText = 'This waits for your computer: open ConPaaS Desktop there, or run: conpaas cloud serve';

interface Pending {
  readonly request: CloudRequest;
  readonly changes: boolean;
  /** Who works on it. */
  given: symbol | undefined;
  resolve(result: unknown): void;
  reject(reason: ConpaasError): void;
}

export class DesktopRequests {
  readonly #onWaiting: (cloud: string, waiting: boolean) => void;
  /** Clouds of which that was told. */
  #waiting: ReadonlySet<string> = new Set();
  readonly #pending = new Map<string, Pending>();
  readonly #followers = new Set<symbol>();
  readonly #changed = new Changed();

  /** @param onWaiting whether changes are asked for at a cloud and nobody is there to make them; told again and again */
  constructor(onWaiting: (cloud: string, waiting: boolean) => void) {
    this.#onWaiting = onWaiting;
  }

  get isFollowed(): boolean {
    return this.#followers.size > 0;
  }

  /** How many wait that are about a cloud. */
  countOf(cloud: string): number {
    return [...this.#pending.values()].filter(({ request }) => request.cloud === cloud).length;
  }

  /** @throws ConpaasError what the cloud says; cloud_failed: nobody was there to ask it until the signal aborted */
  async ask(
    what: {
      readonly cloud: string;
      readonly call: string;
      readonly params: Record<string, unknown>;
      readonly changes: boolean;
    },
    signal: AbortSignal,
  ): Promise<unknown> {
    signal.throwIfAborted();
    const { cloud, call, params, changes } = what;
    if (!changes && !this.isFollowed) throw this.#waits();
    const request: CloudRequest = { id: newId('req'), cloud, call, params, since: Date.now() };
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    this.#pending.set(request.id, { request, changes, given: undefined, resolve, reject });
    const abort = (): void => reject(this.isFollowed ? (signal.reason as ConpaasError) : this.#waits());
    signal.addEventListener('abort', abort, { once: true });
    this.#tell();
    try {
      return await promise;
    } finally {
      signal.removeEventListener('abort', abort);
      this.#pending.delete(request.id);
      this.#tell();
    }
  }

  /** Requests, each to one follower at a time. What it has not answered when it goes, the next one gets. */
  async *follow(signal: AbortSignal): AsyncGenerator<CloudRequest> {
    const me = Symbol('follower');
    this.#followers.add(me);
    this.#tell();
    try {
      for (;;) {
        const free = () => [...this.#pending.values()].find(({ given }) => given === undefined);
        const next = await waitFor(this.#changed, free, signal);
        next.given = me;
        yield next.request;
      }
    } finally {
      this.#followers.delete(me);
      for (const pending of this.#pending.values()) if (pending.given === me) pending.given = undefined;
      if (!this.isFollowed) for (const one of this.#pending.values()) if (!one.changes) one.reject(this.#waits());
      this.#tell();
    }
  }

  /** An answer to what nobody waits for any more is no error: it was asked again, or given up. */
  answer({ id, result, failure }: CloudAnswer): void {
    const pending = this.#pending.get(id);
    if (failure) pending?.reject(ConpaasError.of(failure));
    else pending?.resolve(result);
  }

  #tell(): void {
    const lacking = this.isFollowed ? [] : [...this.#pending.values()].filter(({ changes }) => changes);
    const waiting = new Set(lacking.map(({ request }) => request.cloud));
    for (const cloud of waiting.union(this.#waiting)) this.#onWaiting(cloud, waiting.has(cloud));
    this.#waiting = waiting;
    this.#changed.notify();
  }

  #waits(): ConpaasError {
    return new ConpaasError('cloud_failed', waitsText, { retry: true });
  }
}
