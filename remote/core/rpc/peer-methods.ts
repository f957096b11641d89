/**
 * Versions of peers may differ by one. A client never sends a method that its peer does not list: before one that an
 * older peer may lack, it asks `hello`. Methods of the versions before ours are known to every peer and cost nothing.
 */
import { ConpaasError } from '../contract/errors.ts';
import { contractVersion, type Method } from '../contract/method.ts';

export interface PeerMethods {
  /** Whether `ensure` has anything to ask. */
  isDoubtful(name: string, method: Method | undefined): boolean;
  /** @throws ConpaasError unknown_method when the peer is too old for this method */
  ensure(name: string, method: Method | undefined, signal: AbortSignal | undefined): Promise<void>;
}

/** @param hello asks the peer for the names of its methods */
export function createPeerMethods(hello: (signal: AbortSignal | undefined) => Promise<readonly string[]>): PeerMethods {
  let listed: ReadonlySet<string> = new Set();
  // The first version has nothing before it, so whatever it brought is everywhere.
  const isDoubtful: PeerMethods['isDoubtful'] = (name, method) =>
    method !== undefined && method.since >= contractVersion && method.since > 1 && !listed.has(name);
  return {
    isDoubtful,
    async ensure(name, method, signal) {
      if (!isDoubtful(name, method)) return;
      // Asked again as long as it is missing: the peer may have been upgraded meanwhile.
      listed = new Set(await hello(signal));
      if (listed.has(name)) return;
      throw new ConpaasError(
        'unknown_method',
        `The other side is older than this program and has no ${name} yet. Upgrade it first.`,
      );
    },
  };
}
