/** What a server is told, and what it asks, about who may call. */
import type { Identity } from '../contract/identity.ts';
import type { Handlers, Method, MethodTable } from '../contract/method.ts';
import type { Credentials } from '../identity/credentials.ts';
import type { RelayTarget } from './relay.ts';
import type { RelayWatcher } from './relay-watch.ts';

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
  /** Version of the contract it speaks, where that is not its own: for tests. */
  readonly contract?: number;
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
