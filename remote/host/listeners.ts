/** Who listens where on this computer, as the kernel tells (`/proc/net/tcp`, proc(5)). */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

export interface Listener {
  /** Dotted address; `0.0.0.0` for the wildcard of either family. */
  readonly address: string;
  readonly port: number;
  readonly inode: string;
}

const LISTEN = '0A';

/** All TCP listeners on IPv4 addresses and on the wildcard of IPv6, which takes IPv4 connections too. */
export function listeners(): readonly Listener[] {
  const found: Listener[] = [];
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const line of readTable(table)) {
      const [, local, , state, , , , , , inode] = line.trim().split(/\s+/);
      const [hexAddress, hexPort] = (local ?? '').split(':');
      if (state !== LISTEN || !hexAddress || !hexPort || !inode) continue;
      const address = decodeAddress(hexAddress);
      if (address) found.push({ address, port: Number.parseInt(hexPort, 16), inode });
    }
  }
  return found;
}

/** Processes that hold a socket, as far as we may look. */
export function holdersOf(inode: string): readonly number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && holds(pid, inode));
}

/** `pid 4711 (nginx)`, for messages. */
export function describeProcess(pid: number): string {
  try {
    return `pid ${pid} (${readFileSync(`/proc/${pid}/comm`, 'utf8').trim()})`;
  } catch {
    return `pid ${pid}`; // ended meanwhile
  }
}

function holds(pid: number, inode: string): boolean {
  const folder = `/proc/${pid}/fd`;
  try {
    return readdirSync(folder).some((fd) => {
      try {
        return readlinkSync(`${folder}/${fd}`) === `socket:[${inode}]`;
      } catch {
        return false; // closed meanwhile
      }
    });
  } catch {
    return false; // ended meanwhile, or not ours to look at
  }
}

function readTable(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n').slice(1);
  } catch {
    return []; // no IPv6 in this kernel
  }
}

/** The kernel prints each 32-bit word in host order (little-endian on every machine we run on). */
function decodeAddress(hex: string): string | undefined {
  if (/^0+$/.test(hex)) return '0.0.0.0';
  if (hex.length !== 8) return undefined;
  return [6, 4, 2, 0].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)).join('.');
}
