/** Who makes a request, for whom, and what he says about himself. */
import type { IncomingMessage } from 'node:http';
import type { Identity } from '../contract/identity.ts';
import { OperationId } from '../contract/ids.ts';
import type { Call, Method, MethodTable } from '../contract/method.ts';
import { type Peer, peerOf } from './peer.ts';
import type { AuthorizeRequest, ServerOptions } from './server-options.ts';
import { headers } from './wire.ts';

/** So much of what a client calls itself is kept, characters. */
const longestClient = 60;

export interface Caller {
  readonly peer: Peer;
  readonly identity: Identity | undefined;
  /** On a manager: the user its director states. */
  readonly user: string | undefined;
  readonly operation: OperationId | undefined;
  /** What the client calls itself. */
  readonly client: string | undefined;
}

export interface Callers {
  callerOf(request: IncomingMessage): Caller;
  /** What is asked of `authorize`. */
  askedOf(caller: Caller, name: string, method: Method): AuthorizeRequest;
  /** What a handler is told. @param after where a stream goes on */
  callOf(caller: Caller, signal: AbortSignal, after?: number): Call;
}

export function createCallers(options: Pick<ServerOptions<MethodTable>, 'role' | 'identify'>): Callers {
  const { role } = options;
  return {
    callerOf(request) {
      const peer = peerOf(request.socket);
      const identity =
        peer.chain.length === 0 ? undefined : options.identify({ chain: peer.chain, authorized: peer.authorized() });
      const stated = request.headers[headers.user];
      const user =
        role === 'manager' && identity?.kind === 'director' && typeof stated === 'string' ? stated : undefined;
      const operation = OperationId.safeParse(request.headers[headers.operation]).data;
      const named = request.headers[headers.client];
      const client = typeof named === 'string' ? named.slice(0, longestClient) : undefined;
      return { peer, identity, user, operation, client };
    },
    askedOf: ({ identity, user, peer }, name, method) => ({ identity, name, method, user, from: peer.from }),
    callOf: ({ identity, user, operation, peer, client }, signal, after) => ({
      caller: identity,
      user: role === 'director' && identity?.kind === 'user' ? identity.name : user,
      operation,
      signal,
      presented: peer.chain,
      from: peer.from,
      client,
      after,
    }),
  };
}
