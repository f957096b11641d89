/** Ports of engines on the VM's address: free ones are found by binding, taken ones are told with their holder. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { ConpaasError } from '../core/contract/errors.ts';
import type { Store } from './store.ts';

export interface PortOptions {
  readonly exact: boolean;
  own(): ReadonlySet<number>;
}

export interface Ports {
  /**
   * The port of a node's name, the same as long as the node exists.
   * @param options.own pids of all processes of the node's engines: a port that one of them holds is the node's
   * @throws ConpaasError port_in_use when it must be exactly `preferred` and cannot be
   */
  port(node: string, name: string, preferred: number, options: PortOptions): Promise<number>;
}

/** Ports of the nodes of one agent. One request at a time, so that two nodes never get the same. */
export function createPorts(store: Store, address: string): Ports {
  let turn: Promise<unknown> = Promise.resolve();

  async function port(node: string, name: string, preferred: number, options: PortOptions): Promise<number> {
    const all = store.ports();
    const known = all.find((entry) => entry.node === node && entry.name === name)?.port;
    const others = new Set(
      all.filter((entry) => entry.node !== node || entry.name !== name).map((entry) => entry.port),
    );
    const usable = async (candidate: number): Promise<boolean> => {
      if (others.has(candidate)) return false;
      if ((await tryBind(address, candidate)) === undefined) return true;
      // An engine's processes share its listening socket, and not the first of them need be the oldest one.
      const sockets = listeners(address, candidate);
      return [...options.own()].some((pid) => holds(sockets, { links: descriptors(pid), user: userOf(pid) }));
    };
    if (known !== undefined && (!options.exact || known === preferred) && (await usable(known))) return known;
    if (await usable(preferred)) return remember(node, name, preferred);
    if (options.exact) throw await inUse(address, preferred, all.find((entry) => entry.port === preferred)?.node);
    for (;;) {
      const free = await anyFree(address);
      if (!others.has(free)) return remember(node, name, free);
    }
  }

  async function remember(node: string, name: string, port: number): Promise<number> {
    await store.setPort(node, name, port);
    return port;
  }

  return {
    port(node, name, preferred, options) {
      const result = turn.then(() => port(node, name, preferred, options));
      turn = result.catch(() => undefined); // its caller is told
      return result;
    },
  };
}

async function inUse(address: string, port: number, node: string | undefined): Promise<ConpaasError> {
  const code = await tryBind(address, port);
  if (code === 'EACCES') {
    return new ConpaasError('port_in_use', `Port ${port} is reserved for root on this machine.`);
  }
  const holder = holderOf(address, port);
  const who = holder ? `${holder.command} (process ${holder.pid})` : (node ?? 'a program of another user');
  return new ConpaasError('port_in_use', `Port ${port} of ${address} is in use by ${who}. Stop that and try again.`, {
    retry: true,
  });
}

/** Tries to listen; the error's code where that fails. */
function tryBind(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'EINVAL'));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}

function anyFree(host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ host, port: 0, exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

/** Who listens on a port of an address (or of all addresses). Undefined: nobody, or a process we may not look into. */
function holderOf(address: string, port: number): { pid: number; command: string } | undefined {
  const pids = readdirSync('/proc').filter((name) => /^[0-9]+$/.test(name));
  const { value: pid } = holdersOf(address, port, pids.map(Number)).next();
  return pid === undefined ? undefined : { pid, command: commandOf(pid) };
}

/** Which of these processes listen on a port of an address (or of all addresses). */
function* holdersOf(address: string, port: number, pids: Iterable<number>): Generator<number, undefined> {
  const sockets = listeners(address, port);
  if (sockets.size === 0) return;
  for (const pid of pids) if (descriptors(pid)?.some((link) => sockets.has(link))) yield pid;
}

/**
 * Whether a process of an engine listens on one of these sockets. In a container root may not see where the descriptors of
 * other users' processes lead (it lacks CAP_SYS_PTRACE): there the user tells, which is another one for each role.
 * @param sockets as `listeners` finds them
 * @param process.links undefined: they may not be seen
 */
export function holds(
  sockets: ReadonlyMap<string, number>,
  process: { readonly links: readonly string[] | undefined; readonly user: number | undefined },
): boolean {
  const { links, user } = process;
  if (links) return links.some((link) => sockets.has(link));
  return user !== undefined && [...sockets.values()].includes(user);
}

/** Where a process's descriptors lead; none of one that is gone; undefined: we may not look. */
function descriptors(pid: number): string[] | undefined {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
      try {
        return [readlinkSync(`/proc/${pid}/fd/${fd}`)];
      } catch (error) {
        if (isDenied(error)) throw error;
        return []; // closed meanwhile
      }
    });
  } catch (error) {
    return isDenied(error) ? undefined : [];
  }
}

function isDenied(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'EACCES' || code === 'EPERM';
}

/** The number of the user that a process runs as; undefined: it is gone. proc(5), status: anybody may read it. */
function userOf(pid: number): number | undefined {
  try {
    const found = /^Uid:\t\d+\t(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
    return found === undefined ? undefined : Number(found);
  } catch {
    return undefined;
  }
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return 'a program that has just ended';
  }
}

/** The sockets listening there, as links that /proc/PID/fd shows, each with the number of its user. */
function listeners(address: string, port: number): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const table of ['tcp', 'tcp6']) {
    let text: string;
    try {
      text = readFileSync(`/proc/net/${table}`, 'latin1');
    } catch {
      continue; // no IPv6
    }
    for (const [link, user] of listenersIn(text, address, port)) found.set(link, user);
  }
  return found;
}

/** Those of a table of the kernel. proc(5), net/tcp: addresses are in host byte order. */
export function listenersIn(text: string, address: string, port: number): [link: string, user: number][] {
  const mine = address.split('.').map(Number).reverse();
  const hex = mine
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('')
    .toUpperCase();
  const wanted = port.toString(16).padStart(4, '0').toUpperCase();
  const found: [string, number][] = [];
  for (const line of text.split('\n').slice(1)) {
    const fields = line.trim().split(/\s+/);
    const [local = '', listening] = [fields[1], fields[3]];
    const [host = '', at] = local.split(':');
    if (listening !== '0A' || at !== wanted) continue;
    const isThere = host === hex || /^0+$/.test(host) || host.endsWith(`FFFF0000${hex}`);
    if (isThere) found.push([`socket:[${fields[9]}]`, Number(fields[7])]);
  }
  return found;
}
