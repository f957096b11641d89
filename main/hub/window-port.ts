/** One window's port: requests checked and answered, deltas pushed. */
import { ConpaasError } from '../../remote/core/contract/errors.ts';
import type { Connection } from './deployment.ts';
import { loggedFailure } from './logged-failure.ts';
import {
  type FromHubPort,
  type HubCallName,
  type HubParams,
  HubRequest,
  type HubResults,
  hubCalls,
} from './protocol.ts';

/** The part of a MessagePort that is needed here; the utility process's and Node's both have it. */
export interface Port {
  postMessage(message: FromHubPort): void;
  on(event: 'message', listener: (message: { readonly data: unknown }) => void): void;
  on(event: 'close', listener: () => void): void;
  start(): void;
  close(): void;
}

export type HubHandlers = {
  readonly [Name in HubCallName]: (params: HubParams<Name>, call: HubCall) => Promise<HubResults[Name]>;
};

/** The handlers of one subject's calls. */
export type SubjectHandlers<Calls> = Pick<HubHandlers, Extract<keyof Calls, HubCallName>>;

/** What a handler knows of the call. */
export interface HubCall {
  readonly window: WindowPort;
  readonly signal: AbortSignal;
  /** The connection to the director that the call is about. Waits a moment where it is being made. @throws ConpaasError `unreachable` */
  connected(): Promise<Connection>;
}

export interface WindowPortOptions {
  readonly handlers: HubHandlers;
  /** The connection of the director that the window shows. */
  connected(window: WindowPort, signal: AbortSignal): Promise<Connection>;
  log(line: string): void;
}

export class WindowPort {
  readonly #port: Port;
  readonly #running = new Map<number, AbortController>();
  readonly #options: WindowPortOptions;
  readonly #onClose: (() => void)[] = [];
  #closed = false;

  constructor(port: Port, options: WindowPortOptions) {
    this.#port = port;
    this.#options = options;
    port.on('message', ({ data }) => void this.#receive(data));
    port.on('close', () => this.#close());
    port.start();
  }

  push(message: FromHubPort): void {
    if (!this.#closed) this.#port.postMessage(message);
  }

  onClose(work: () => void): void {
    this.#onClose.push(work);
  }

  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const call of this.#running.values()) call.abort(new ConpaasError('cancelled', 'The window was closed.'));
    for (const work of this.#onClose) work();
  }

  async #receive(data: unknown): Promise<void> {
    const request = HubRequest.safeParse(data);
    if (!request.success) {
      this.#options.log('a window sent something that is no request');
      return;
    }
    if ('cancel' in request.data) {
      this.#running.get(request.data.cancel)?.abort(new ConpaasError('cancelled', 'Cancelled.'));
      return;
    }
    const { id, call, params } = request.data;
    const controller = new AbortController();
    this.#running.set(id, controller);
    try {
      const { signal } = controller;
      const result = await dispatch(this.#options.handlers, call, params, {
        window: this,
        signal,
        connected: () => this.#options.connected(this, signal),
      });
      this.push({ id, result });
    } catch (thrown) {
      this.push({ id, failure: loggedFailure(this.#options.log, call, thrown) });
    } finally {
      this.#running.delete(id);
    }
  }
}

function dispatch<Name extends HubCallName>(
  handlers: HubHandlers,
  call: Name,
  params: unknown,
  context: HubCall,
): Promise<HubResults[Name]> {
  const checked = hubCalls[call].safeParse(params);
  if (!checked.success) {
    const [issue] = checked.error.issues;
    throw new ConpaasError(
      'invalid_request',
      `${call}: ${issue?.path.join('.') ?? ''} ${issue?.message ?? 'is wrong'}`,
    );
  }
  return handlers[call](checked.data as HubParams<Name>, context);
}
