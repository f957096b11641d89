/**
 * The HTTPS server of a process: routes, who calls, deadlines and cancellation. TLS 1.3 only; a certificate is asked
 * for but not required in the handshake, because `join` has none: `identify` and `authorize` decide, for every call.
 * On a unix socket it is plain HTTP, and whoever may open the socket is the owner.
 */
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { z } from 'zod';
import { ConpaasError, toFailure } from '../contract/errors.ts';
import { formatIdentity, type Identity } from '../contract/identity.ts';
import { OperationId } from '../contract/ids.ts';
import {
  type Call,
  contractVersion,
  type Handlers,
  type Method,
  type MethodTable,
  method,
} from '../contract/method.ts';
import type { Credentials } from '../identity/credentials.ts';
import { openChannel } from './channel.ts';
import { type Accepted, type AnyHandlers, runAnswer, runDownload, runStream, runUpload } from './handlers.ts';
import { refuseUpgrade, sendFailure } from './http-io.ts';
import { listen } from './listen.ts';
import { type Peer, peerOf } from './peer.ts';
import { createRelay, type RelayTarget, switchingProtocols } from './relay.ts';
import type { RelayWatcher } from './relay-watch.ts';
import { type Route, routeOf } from './route.ts';
import { abortError, openScope, raced, type Scope } from './signals.ts';
import { openSpool } from './spool.ts';
import { parseParams } from './validate.ts';
import { decodeHeader, duplexProtocol, encodeHeader, headers, limits, timings } from './wire.ts';

export interface AuthorizeRequest {
  /** The verified identity of the peer. */
  readonly identity: Identity | undefined;
  readonly name: string;
  readonly method: Method;
  /** On a manager: the user its director states. */
  readonly user: string | undefined;
  /** Address of the peer. */
  readonly from?: string;
}

export interface ServerOptions<T extends MethodTable> {
  readonly role: 'director' | 'manager' | 'agent' | 'host';
  /** Product version, for `hello`. */
  readonly product: string;
  readonly table: T;
  readonly handlers: Omit<Handlers<T>, 'hello'>;
  /** With `fallback` any free port is taken where the preferred one is not to be had. */
  readonly listen:
    | { readonly host: string; readonly port: number; readonly fallback?: boolean }
    | { readonly socket: string };
  /** Undefined credentials: the port is bound, but handshakes fail until `setCredentials`. */
  readonly tls?: { readonly credentials: Credentials | undefined };
  /** @throws ConpaasError unauthenticated, forbidden, superseded */
  authorize(request: AuthorizeRequest): void;
  /** Whether to believe a presented chain; asked for every call, as kept connections outlive revocations. */
  identify(peer: { chain: readonly string[]; authorized: boolean }): Identity | undefined;
  /** Director only: where the manager of an application is. `name` is the method's there; `method` only stands for it. */
  relay?(application: string, request: AuthorizeRequest, signal: AbortSignal): Promise<RelayTarget>;
  /** Director only: told of every call that is passed on; what it returns hears how it ends. */
  watchRelayed?(call: RelayedCallFacts): RelayWatcher | undefined;
  /** Directory for partial uploads. */
  readonly spool: string;
  /** Answers to GET, e.g. `/openapi.json`, for anyone with an identity. */
  readonly extraRoutes?: Readonly<Record<string, () => { type: string; body: string }>>;
  log(line: string): void;
}

/** A call that is passed on. */
export interface RelayedCallFacts {
  readonly application: string;
  readonly name: string;
  readonly user: string;
  readonly from: string;
  readonly client: string | undefined;
}

export interface RpcServer extends AsyncDisposable {
  /** The port it got; 0 on a unix socket. */
  readonly port: number;
  /** From now on; kept connections keep what they were opened with. */
  setCredentials(credentials: Credentials): void;
  /** Ends the calls under way of those who may not make them any more: after a revocation. */
  recheck(): void;
}

/** Stands for a method of a manager, which its director does not know. */
const relayed = method({
  kind: 'command',
  params: z.unknown(),
  result: z.unknown(),
  callers: ['user'],
  since: 1,
  doc: 'A call that a director passes on to a manager.',
});

/** So much of what a client calls itself is kept, characters. */
const longestClient = 60;

/** When the server is disposed, calls under way get so long before they are aborted, and then before they are cut, ms. */
const patience = 200;
const farewell = 2000;

/**
 * Starts serving.
 * @throws ConpaasError port_in_use, internal (address not to be had)
 */
export async function serve<T extends MethodTable>(options: ServerOptions<T>): Promise<RpcServer> {
  const { role, table } = options;
  const spool = await openSpool(options.spool);
  const relay = createRelay();
  /** Calls under way, and how to see whether whoever made them still may. */
  const scopes = new Map<Scope, () => void>();
  const upgraded = new Set<Duplex>();
  let closing = false;

  const handlers: Record<string, unknown> = {
    ...(options.handlers as Record<string, unknown>),
    hello: async () => ({ role, version: contractVersion, methods: Object.keys(table), product: options.product }),
  };

  const identityOf = (peer: Peer): Identity | undefined =>
    peer.chain.length === 0 ? undefined : options.identify({ chain: peer.chain, authorized: peer.authorized() });

  /** Who calls, and for whom. */
  const callerOf = (request: IncomingMessage) => {
    const peer = peerOf(request.socket);
    const identity = identityOf(peer);
    const stated = request.headers[headers.user];
    const user = role === 'manager' && identity?.kind === 'director' && typeof stated === 'string' ? stated : undefined;
    const operation = OperationId.safeParse(request.headers[headers.operation]).data;
    const named = request.headers[headers.client];
    const client = typeof named === 'string' ? named.slice(0, longestClient) : undefined;
    return { peer, identity, user, operation, client };
  };

  const askedOf = (caller: ReturnType<typeof callerOf>, name: string, found: Method): AuthorizeRequest => ({
    identity: caller.identity,
    name,
    method: found,
    user: caller.user,
    from: caller.peer.from,
  });

  const callOf = (caller: ReturnType<typeof callerOf>, signal: AbortSignal, after?: number): Call => ({
    caller: caller.identity,
    user: role === 'director' && caller.identity?.kind === 'user' ? caller.identity.name : caller.user,
    operation: caller.operation,
    signal,
    presented: caller.peer.chain,
    from: caller.peer.from,
    client: caller.client,
    after,
  });

  const methodOf = (name: string): { method: Method; handler: AnyHandlers } => {
    const found = Object.hasOwn(table, name) ? table[name] : undefined;
    const handler = handlers[name];
    if (!found || typeof handler !== 'function') {
      throw new ConpaasError('unknown_method', `This ${role} (${options.product}) has no method ${name}.`);
    }
    // the types of `handlers` tie each function to the kind of its method
    const any = handler.bind(options.handlers);
    return { method: found, handler: { answer: any, stream: any, upload: any, download: any, duplex: any } };
  };

  /** A scope that ends with the connection's interest in the answer, or at the deadline it stated. */
  const scopeOf = (request: IncomingMessage, route: Route): Scope => {
    const left = remainingOf(request);
    const scope = openScope(undefined, left);
    scopes.set(scope, () => {
      const caller = callerOf(request);
      if (route.kind === 'relay') options.authorize(askedOf(caller, route.name, relayed));
      else if (route.kind === 'method') options.authorize(askedOf(caller, route.name, methodOf(route.name).method));
    });
    return {
      signal: scope.signal,
      abort: scope.abort,
      [Symbol.dispose]() {
        scopes.delete(scope);
        scope[Symbol.dispose]();
      },
    };
  };

  const findTarget = async (route: Route & { kind: 'relay' }, request: IncomingMessage, signal: AbortSignal) => {
    const started = performance.now();
    const { identity, user, peer, client } = callerOf(request);
    if (!options.relay) throw new ConpaasError('unknown_method', `This ${role} does not pass calls on.`);
    const asked: AuthorizeRequest = { identity, name: route.name, method: relayed, user, from: peer.from };
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
  };

  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const route = routeOf(request.url ?? '/');
    using scope = scopeOf(request, route);
    const { signal } = scope;
    const ended = new Promise<void>((resolve) => response.once('close', resolve));
    response.once('close', () => {
      if (!response.writableFinished) scope.abort(new DOMException('The client went away.', 'AbortError'));
    });
    if (route.kind === 'relay') {
      relay.forward(await findTarget(route, request, signal), request, response);
      signal.addEventListener('abort', () => isOurs(signal) && response.destroy());
      await ended;
      return;
    }
    if (route.kind === 'other') {
      answerExtra(options, route.path, identityOf(peerOf(request.socket)), request, response);
      return;
    }
    const { method: found, handler } = methodOf(route.name);
    const caller = callerOf(request);
    options.authorize(askedOf(caller, route.name, found));
    const call = callOf(caller, signal, route.after);
    const accepted: Accepted = { name: route.name, method: found, handler, call, request, response };
    if (request.method !== 'POST' && !(found.kind === 'upload' && request.method === 'GET')) {
      throw new ConpaasError('invalid_request', `${route.name} is called with POST.`);
    }
    switch (found.kind) {
      case 'query':
      case 'command':
        return await runAnswer(accepted); // awaited, or the scope would end before it
      case 'stream':
        return await runStream(accepted);
      case 'download':
        return await runDownload(accepted);
      case 'upload': {
        const who = caller.identity ? formatIdentity(caller.identity) : 'owner';
        return await runUpload(accepted, spool, `${who} ${caller.user ?? ''}`);
      }
      case 'duplex':
        throw new ConpaasError('invalid_request', `${route.name} is called with an upgrade to ${duplexProtocol}.`);
    }
  };

  const complain = (request: IncomingMessage, error: unknown): void => {
    if (toFailure(error).code !== 'internal') return;
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    options.log(`${request.method} ${request.url}: ${text}`);
  };

  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    if (closing) response.setHeader('connection', 'close');
    response.on('error', () => response.destroy());
    // a kept connection would hold up the end of the server
    response.on('close', () => closing && setImmediate(() => server.closeIdleConnections()));
    respond(request, response).catch((error: unknown) => {
      if (!response.destroyed) complain(request, error);
      if (!response.headersSent) sendFailure(request, response, toFailure(error));
    });
  };

  const openDuplex = async (request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> => {
    const route = routeOf(request.url ?? '/');
    using scope = scopeOf(request, route);
    socket.once('close', () => scope.abort(new DOMException('The client went away.', 'AbortError')));
    if (request.headers.upgrade !== duplexProtocol) {
      throw new ConpaasError('invalid_request', `The only upgrade there is here is ${duplexProtocol}.`);
    }
    if (route.kind === 'relay') {
      const found = await findTarget(route, request, scope.signal);
      if (socket.destroyed) return;
      relay.upgrade(found, request, socket, head);
      scope.signal.addEventListener('abort', () => isOurs(scope.signal) && socket.destroy());
      await new Promise<void>((resolve) => socket.once('close', resolve));
      return;
    }
    if (route.kind === 'other') throw new ConpaasError('not_found', `There is no ${route.path} here.`);
    const { method: found, handler } = methodOf(route.name);
    const caller = callerOf(request);
    options.authorize(askedOf(caller, route.name, found));
    if (found.kind !== 'duplex') throw new ConpaasError('invalid_request', `${route.name} is not a duplex.`);
    const stated = request.headers[headers.params];
    const params = parseParams(route.name, found, decodeHeader(typeof stated === 'string' ? stated : encodeHeader({})));
    let opened: { readonly channel: Duplex; readonly gone: Promise<void> } | undefined;
    const open = (): Duplex => {
      if (opened) return opened.channel;
      if (scope.signal.aborted) throw abortError(scope.signal);
      socket.write(switchingProtocols(duplexProtocol));
      const channel = openChannel(socket, head);
      channel.on('error', () => undefined); // the handler sees it too; what matters is that nobody dies of it
      const gone = new Promise<void>((resolve) => channel.once('close', resolve));
      scope.signal.addEventListener('abort', () => channel.destroy(abortError(scope.signal)));
      opened = { channel, gone };
      return channel;
    };
    try {
      await handler.duplex(params, open, callOf(caller, scope.signal));
      open().end();
    } catch (error) {
      if (!opened) throw error;
      complain(request, error);
      opened.channel.destroy(error instanceof ConpaasError ? error : ConpaasError.of(toFailure(error)));
    }
    await opened?.gone;
  };

  const onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    upgraded.add(socket);
    socket.once('close', () => upgraded.delete(socket));
    socket.on('error', () => socket.destroy());
    openDuplex(request, socket, head).catch((error: unknown) => {
      complain(request, error);
      if (socket.writable) refuseUpgrade(socket, toFailure(error));
    });
  };

  const common = {
    maxHeaderSize: limits.headers,
    keepAliveTimeout: timings.serverKeepAlive,
    requestTimeout: 0, // uploads take their time; a body that stops coming is given up where it is read
    keepAlive: true,
    keepAliveInitialDelay: timings.probe,
  };
  const secure = options.tls ? secureOptions(options.tls.credentials) : undefined;
  const server = secure
    ? https.createServer({ ...common, ...secure, requestCert: true, rejectUnauthorized: false }, onRequest)
    : http.createServer(common, onRequest);
  server.on('upgrade', onUpgrade);
  server.on('clientError', (_error: Error, socket: Duplex) => socket.destroy());
  server.on('tlsClientError', (error: Error, socket: Socket) => {
    if (!closing && ready) options.log(`handshake with ${socket.remoteAddress ?? 'somebody'} failed: ${error.message}`);
  });
  let ready = options.tls?.credentials !== undefined;
  const port = await listen(server, options.listen);

  return {
    port,
    setCredentials(credentials) {
      if (server instanceof https.Server) server.setSecureContext(secureOptions(credentials));
      ready = true;
    },
    recheck() {
      for (const [scope, check] of scopes) {
        try {
          check();
        } catch (error) {
          scope.abort(error);
        }
      }
    },
    async [Symbol.asyncDispose]() {
      if (closing) return;
      closing = true;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      const leaving = new ConpaasError('unreachable', `The ${role} is being stopped. Try again.`, { retry: true });
      const aborting = setTimeout(() => {
        for (const scope of scopes.keys()) scope.abort(leaving);
      }, patience);
      const cutting = setTimeout(() => {
        server.closeAllConnections();
        for (const socket of upgraded) socket.destroy();
      }, farewell);
      server.closeIdleConnections();
      await closed;
      clearTimeout(aborting);
      clearTimeout(cutting);
      spool[Symbol.dispose]();
      relay[Symbol.dispose]();
    },
  };
}

/** Whether this server has ended a call itself; where the client has, or its deadline, the peer behind a relay answers. */
function isOurs(signal: AbortSignal): boolean {
  return signal.reason instanceof ConpaasError;
}

function secureOptions(credentials: Credentials | undefined): https.ServerOptions {
  return {
    minVersion: 'TLSv1.3',
    maxVersion: 'TLSv1.3',
    ca: [...(credentials?.roots ?? [])],
    ...(credentials && { key: credentials.key, cert: credentials.certificate }),
  };
}

/** The deadline the client stated, in milliseconds from now. */
function remainingOf(request: IncomingMessage): number | undefined {
  const text = request.headers[headers.timeout];
  return typeof text === 'string' && /^[0-9]{1,12}$/.test(text) ? Number(text) : undefined;
}

function answerExtra(
  options: Pick<ServerOptions<MethodTable>, 'extraRoutes' | 'tls'>,
  path: string,
  identity: Identity | undefined,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const extra = Object.hasOwn(options.extraRoutes ?? {}, path) ? options.extraRoutes?.[path] : undefined;
  if (!extra || request.method !== 'GET') throw new ConpaasError('not_found', `There is no ${path} here.`);
  if (options.tls && !identity)
    throw new ConpaasError('unauthenticated', 'This needs a certificate of the deployment.');
  const { type, body } = extra();
  const bytes = Buffer.from(body);
  response.writeHead(200, { 'content-type': type, 'content-length': bytes.length }).end(bytes);
}
