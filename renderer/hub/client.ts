/**
 * The page's one way out: its port to the hub. Calls are typed by the hub's protocol. When the hub restarts a new port
 * comes; calls that waited fail with `unreachable`, and who watches is told to watch again.
 */

import type { FromHubPort, HubCallName, HubParams, HubPush, HubResults } from '../../main/hub/protocol.ts';
import type { DirectorMethods } from '../../remote/core/contract/director.ts';
import type { Failure } from '../../remote/core/contract/errors.ts';
import type { ManagerMethods } from '../../remote/core/contract/manager.ts';
import type { NamesOf, ParamsOf, ResultOf } from '../../remote/core/contract/method.ts';
import { desktop } from './desktop.ts';
import { hubTexts } from './texts.ts';

/** A failure on its way through the page's code. */
export class HubError extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message);
    this.name = 'HubError';
    this.failure = failure;
  }
}

/** Any thrown value as a failure to show. */
export function failureOf(thrown: unknown): Failure {
  if (thrown instanceof HubError) return thrown.failure;
  console.error(thrown);
  return { code: 'internal', message: hubTexts().unexpected };
}

type DirectorCalls = NamesOf<DirectorMethods, 'query' | 'command'>;
type ManagerCalls = NamesOf<ManagerMethods, 'query' | 'command'>;

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: HubError) => void;
}

export class HubClient {
  readonly #waiting = new Map<number, Waiting>();
  readonly #listeners = new Set<(push: HubPush) => void>();
  readonly #onConnect = new Set<() => void>();
  #port: MessagePort | undefined;
  #queue: unknown[] = [];
  #lastId = 0;

  constructor() {
    window.addEventListener('message', (event) => {
      const [port] = event.ports;
      if (event.source === window && event.data === 'conpaas-hub-port' && port) this.#use(port);
    });
  }

  /** Asks for a port. What is called before it comes waits for it. */
  connect(): void {
    void desktop.connect();
  }

  #use(port: MessagePort): void {
    if (this.#port) this.#interrupt(this.#port);
    this.#port = port;
    port.onmessage = ({ data }: MessageEvent<FromHubPort>) => this.#receive(data);
    // Who follows says first which director this window shows: what was called before the port came is about that one.
    for (const work of this.#onConnect) work();
    for (const message of this.#queue) port.postMessage(message);
    this.#queue = [];
  }

  /** Nothing more comes from a port: what was sent there fails. */
  #interrupt(port: MessagePort): void {
    port.close();
    for (const { reject } of this.#waiting.values()) {
      reject(new HubError({ code: 'unreachable', message: hubTexts().interrupted, retry: true }));
    }
    this.#waiting.clear();
  }

  #receive(message: FromHubPort): void {
    if ('push' in message) {
      for (const listener of this.#listeners) listener(message);
      return;
    }
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if ('failure' in message) waiting?.reject(new HubError(message.failure));
    else waiting?.resolve(message.result);
  }

  #send(message: unknown): void {
    if (this.#port) this.#port.postMessage(message);
    else this.#queue.push(message);
  }

  call<Name extends HubCallName>(call: Name, params: HubParams<Name>, signal?: AbortSignal): Promise<HubResults[Name]> {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve: (result) => resolve(result as HubResults[Name]), reject });
      signal?.addEventListener('abort', () => this.#send({ cancel: id }), { once: true });
      this.#send({ id, call, params });
    });
  }

  /** A query or command of the director. */
  director<Name extends DirectorCalls>(
    method: Name,
    params: ParamsOf<DirectorMethods[Name]>,
    signal?: AbortSignal,
  ): Promise<ResultOf<DirectorMethods[Name]>> {
    return this.call('director', { method, params: params as Record<string, unknown> }, signal) as Promise<
      ResultOf<DirectorMethods[Name]>
    >;
  }

  /** A query or command of an application's manager. */
  manager<Name extends ManagerCalls>(
    application: string,
    method: Name,
    params: ParamsOf<ManagerMethods[Name]>,
  ): Promise<ResultOf<ManagerMethods[Name]>> {
    return this.call('manager', { application, method, params: params as Record<string, unknown> }) as Promise<
      ResultOf<ManagerMethods[Name]>
    >;
  }

  /** @returns what ends it */
  onPush(listener: (push: HubPush) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Called with each new port: the first, and one after each restart of the hub. @returns what ends it */
  onConnect(work: () => void): () => void {
    this.#onConnect.add(work);
    return () => void this.#onConnect.delete(work);
  }
}

export const hub = new HubClient();
