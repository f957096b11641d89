/** Names to addresses, each checked; connections then go to the very addresses that were checked. */
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { ConpaasError } from '../../core/contract/errors.ts';
import { classifyAddress } from './addresses.ts';

export interface Resolved {
  readonly address: string;
  readonly family: 4 | 6;
}

/** Answers all addresses of a name; the system's resolver unless a test says otherwise. */
export type Resolver = (hostname: string) => Promise<readonly string[]>;

const systemResolver: Resolver = async (hostname) => (await lookup(hostname, { all: true })).map((one) => one.address);

/**
 * All addresses of a host, when every one of them is allowed.
 * @param hostname as `URL.hostname` gives it: IPv6 in brackets, IPv4 in its one normal form
 * @throws ConpaasError source_unreachable (no such host), invalid_request (an address that is not allowed)
 */
export async function resolveChecked(
  hostname: string,
  options: { readonly allowPrivate: boolean; readonly resolver?: Resolver | undefined },
): Promise<readonly [Resolved, ...Resolved[]]> {
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  let addresses: readonly string[] = [host];
  if (isIP(host) === 0) {
    try {
      addresses = await (options.resolver ?? systemResolver)(host);
    } catch {
      addresses = [];
    }
  }
  const resolved = addresses.map((address): Resolved => ({ address, family: isIP(address) === 6 ? 6 : 4 }));
  const [first, ...rest] = resolved;
  if (first === undefined) {
    throw new ConpaasError(
      'source_unreachable',
      `There is no host ${host}, or its name cannot be looked up now. Check the address.`,
      {
        retry: true,
      },
    );
  }
  for (const { address } of resolved) checkAddress(host, address, options.allowPrivate);
  return [first, ...rest];
}

/** @throws ConpaasError invalid_request */
export function checkAddress(host: string, address: string, allowPrivate: boolean): void {
  const kind = classifyAddress(address);
  if (kind === 'public' || (kind === 'private' && allowPrivate)) return;
  const named = host === address ? host : `${host} (${address})`;
  throw new ConpaasError(
    'invalid_request',
    kind === 'never'
      ? `${named} is a link-local or reserved address, which is never fetched from. Use an address on the internet.`
      : `${named} is in a private network, which an application in a cloud may not fetch from. Upload the file, or use an address on the internet.`,
  );
}
