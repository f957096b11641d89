/** What answers and duplexes have in common: which method or manager is meant, who may call it, and until when. */
import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { ConpaasError, toFailure, traceOf } from '../contract/errors.ts';
import { contractVersion, type Method, type MethodTable, method } from '../contract/method.ts';
import { ownRelease } from '../release/index.ts';
import { type Callers, createCallers } from './caller.ts';
import { refuseOtherContract } from './compatible.ts';
import type { AnyHandlers } from './handlers.ts';
import { createRelay, type Relay, type RelayedCall } from './relay.ts';
import type { Route } from './route.ts';
import type { ServerOptions } from './server-options.ts';
import { raced, type Scope } from './signals.ts';
import { type CallsUnderWay, createCallsUnderWay, remainingOf } from './under-way.ts';

/** Stands for a method of a manager, which its director does not know. */
const relayed = method({
  kind: 'command',
  params: z.unknown(),
  result: z.unknown(),
  callers: ['user'],
  since: 1,
  doc: 'A call that a director passes on to a manager.',
});

export interface Serving extends Disposable {
  readonly options: Omit<ServerOptions<MethodTable>, 'handlers'>;
  readonly callers: Callers;
  readonly relay: Relay;
  readonly underWay: CallsUnderWay;
  /** @throws ConpaasError unknown_method */
  methodOf(name: string): { readonly method: Method; readonly handler: AnyHandlers };
  /** The scope of one call. */
  open(request: IncomingMessage, route: Route): Scope;
  /** Where a call is passed on to. @throws ConpaasError unknown_method, what `authorize` and `relay` throw */
  findTarget(route: Route & { kind: 'relay' }, request: IncomingMessage, signal: AbortSignal): Promise<RelayedCall>;
  /** Logs what is a mistake of ours. */
  complain(request: IncomingMessage, error: unknown): void;
}

export function createServing<T extends MethodTable>(options: ServerOptions<T>): Serving {
  const { role, product, table, contract = contractVersion } = options;
  const callers = createCallers(options);
  const underWay = createCallsUnderWay();
  const relay = createRelay();

  const handlers: Record<string, unknown> = {
    ...(options.handlers as Record<string, unknown>),
    hello: async () => ({ role, version: contract, methods: Object.keys(table), product, release: ownRelease }),
  };

  const methodOf = (name: string): { method: Method; handler: AnyHandlers } => {
    const found = Object.hasOwn(table, name) ? table[name] : undefined;
    const handler = handlers[name];
    if (!found || typeof handler !== 'function') {
      throw new ConpaasError('unknown_method', `This ${role} (${product}) has no method ${name}.`);
    }
    // the types of `handlers` tie each function to the kind of its method
    const untyped = handler.bind(options.handlers);
    return {
      method: found,
      handler: { answer: untyped, stream: untyped, upload: untyped, download: untyped, duplex: untyped },
    };
  };

  return {
    options,
    callers,
    relay,
    underWay,
    methodOf,
    open: (request, route) => {
      // What is passed on is compared where it ends.
      if (route.kind === 'method' && route.name !== 'hello') refuseOtherContract(request, { role, product, contract });
      return underWay.open(request, () => {
        if (route.kind === 'other') return;
        const asked = route.kind === 'relay' ? relayed : methodOf(route.name).method;
        options.authorize(callers.askedOf(callers.callerOf(request), route.name, asked));
      });
    },
    async findTarget(route, request, signal) {
      const started = performance.now();
      const caller = callers.callerOf(request);
      const { identity, peer, client } = caller;
      if (!options.relay) throw new ConpaasError('unknown_method', `This ${role} does not pass calls on.`);
      const asked = callers.askedOf(caller, route.name, relayed);
      options.authorize(asked);
      if (identity?.kind !== 'user')
        throw new ConpaasError('forbidden', 'Only users call managers through the director.');
      const target = await raced(options.relay(route.application, asked, signal), signal);
      const left = remainingOf(request);
      return {
        target,
        path: `/v1/${encodeURIComponent(route.name)}${route.query}`,
        user: identity.name,
        watcher: options.watchRelayed?.({
          application: route.application,
          name: route.name,
          user: identity.name,
          from: peer.from,
          client,
        }),
        remaining: left === undefined ? undefined : Math.max(left - (performance.now() - started), 0),
      };
    },
    complain(request, error) {
      if (toFailure(error).code !== 'internal') return;
      options.log(`${request.method} ${request.url}: ${traceOf(error)}`);
    },
    [Symbol.dispose]: () => relay[Symbol.dispose](),
  };
}

/** Whether this server has ended a call itself; where the client has, or its deadline, the peer behind a relay answers. */
export function isOurs(signal: AbortSignal): boolean {
  return signal.reason instanceof ConpaasError;
}
