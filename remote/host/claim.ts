/**
 * A deployment's claim on its network 127.x.0.0/16: a listening socket on one well-known port of its last address.
 * It is inherited by every control process that the host starts, so the claim of a killed host lives on with them.
 */
import { createServer, type Server } from 'node:net';
import { ConpaasError } from '../core/contract/index.ts';
import { describeProcess, holdersOf, listeners } from './listeners.ts';

/** Below the range of ephemeral ports (32768 up), so that no outgoing connection happens to sit on it. */
export const claimPort = 29_127;
const firstNetwork = 16;
const lastNetwork = 250;

export interface Claim extends AsyncDisposable {
  readonly network: number;
  /** To hand on to control processes; undefined while they hold the claim and this host, started later, does not. */
  readonly descriptor: number | undefined;
}

/**
 * Claims a network.
 * @param recorded the one that this deployment chose before; a free one is chosen at random where there is none
 * @param isOurs whether a process is a control process of this deployment: a claim that it inherited is ours
 * @param port of the claim; the same for all deployments of a computer
 * @throws ConpaasError `port_in_use` naming the holder
 */
export async function claimNetwork(
  recorded: number | undefined,
  isOurs: (pid: number) => boolean,
  port = claimPort,
): Promise<Claim> {
  if (recorded !== undefined) return claimRecorded(recorded, isOurs, port);
  const used = new Set(listeners().map((listener) => networkOf(listener.address)));
  const candidates = shuffled(firstNetwork, lastNetwork).filter((network) => !used.has(network));
  for (const network of candidates) {
    const server = await tryListen(claimAddress(network), port);
    if (server) return claimOf(network, server);
    refuseWildcard(port);
  }
  throw new ConpaasError(
    'port_in_use',
    'All networks 127.16 to 127.250 of this computer are in use by other programs.',
  );
}

/** Takes a claim that control processes had inherited, once the last of them has ended; undefined before. */
export async function retakeClaim(network: number, port = claimPort): Promise<Claim | undefined> {
  const server = await tryListen(claimAddress(network), port);
  return server && claimOf(network, server);
}

function claimAddress(network: number): string {
  return `127.${network}.255.254`;
}

async function claimRecorded(network: number, isOurs: (pid: number) => boolean, port: number): Promise<Claim> {
  const server = await tryListen(claimAddress(network), port);
  if (server) return claimOf(network, server);
  refuseWildcard(port);
  const holder = listeners().find((each) => each.address === claimAddress(network) && each.port === port);
  const holders = holder ? holdersOf(holder.inode) : [];
  if (holders.some(isOurs)) return claimOf(network, undefined);
  const who = holders[0] === undefined ? undefined : describeProcess(holders[0]);
  throw new ConpaasError(
    'port_in_use',
    `The addresses 127.${network}.* of this deployment are claimed by another program${who ? `: ${who}` : ''}. ` +
      'End it (it may be another deployment of ConPaaS Desktop, or a copy of this one), then try again.',
    { retry: true },
  );
}

/** A listener on the claim's port of every address keeps all deployments from claiming theirs. */
function refuseWildcard(claimed: number): void {
  const wildcard = listeners().find(({ address, port }) => address === '0.0.0.0' && port === claimed);
  if (!wildcard) return;
  const [pid] = holdersOf(wildcard.inode);
  const who = pid === undefined ? 'a program of another user' : describeProcess(pid);
  throw new ConpaasError(
    'port_in_use',
    `Port ${claimed} is taken on all addresses of this computer by ${who}; ConPaaS Desktop needs it to reserve ` +
      'addresses for its virtual machines. End that program or give it another port, then try again.',
    { retry: true },
  );
}

function claimOf(network: number, server: Server | undefined): Claim {
  return {
    network,
    descriptor: server && descriptorOf(server),
    async [Symbol.asyncDispose]() {
      if (server) await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** undefined: the address is in use. */
function tryListen(host: string, port: number): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(undefined);
      else reject(error);
    });
    server.listen({ host, port, exclusive: true }, () => resolve(server.unref()));
  });
}

/** Node has no public way to a listening socket's descriptor; the handle has carried it since its first releases. */
function descriptorOf(server: Server): number | undefined {
  const handle = (server as Server & { readonly _handle?: { readonly fd?: number } })._handle;
  return handle?.fd !== undefined && handle.fd >= 0 ? handle.fd : undefined;
}

function networkOf(address: string): number | undefined {
  const match = /^127\.(\d+)\./.exec(address);
  return match ? Number(match[1]) : undefined;
}

function shuffled(first: number, last: number): number[] {
  const numbers = Array.from({ length: last - first + 1 }, (_, index) => first + index);
  return numbers
    .map((number) => ({ number, key: Math.random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ number }) => number);
}
