/** The calls that a server is answering: each with its signal, and how to see whether it may go on. */
import type { IncomingMessage } from 'node:http';
import { openScope, type Scope } from './signals.ts';
import { headers } from './wire.ts';

export interface CallsUnderWay {
  /**
   * A scope that ends with the connection's interest in the answer, or at the deadline that the client stated.
   * @param check throws where whoever calls may not any more
   */
  open(request: IncomingMessage, check: () => void): Scope;
  /** Ends those that may not go on. */
  recheck(): void;
  abort(reason: Error): void;
}

export function createCallsUnderWay(): CallsUnderWay {
  const scopes = new Map<Scope, () => void>();
  return {
    open(request, check) {
      const scope = openScope(undefined, remainingOf(request));
      scopes.set(scope, check);
      return {
        signal: scope.signal,
        abort: scope.abort,
        [Symbol.dispose]() {
          scopes.delete(scope);
          scope[Symbol.dispose]();
        },
      };
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
    abort(reason) {
      for (const scope of scopes.keys()) scope.abort(reason);
    },
  };
}

/** The deadline the client stated, in milliseconds from now. */
export function remainingOf(request: IncomingMessage): number | undefined {
  const text = request.headers[headers.timeout];
  return typeof text === 'string' && /^[0-9]{1,12}$/.test(text) ? Number(text) : undefined;
}
