/**
 * Where machines are. Each has two network cards. On one QEMU itself forwards a few ports of a loopback address of
 * this computer (127.x.y.z), which is all that comes in from outside. The other is on the bus of the deployment: a
 * multicast group on the loopback device, where machines of a deployment reach each other and nothing else does. Neither
 * takes a privilege, a bridge, or a process that must go on.
 */
import { createHash, randomInt } from 'node:crypto';

/** On the card to the outside: QEMU's own network, the same for all. */
export const outside = { address: '10.0.2.15', prefix: 24 } as const;
/** On the bus. */
export const busPrefix = 16;

export interface Bus {
  /** A multicast address for use within an organization (RFC 2365). */
  readonly group: string;
  readonly port: number;
}

/** The bus of a deployment, which all drivers of it know without being told. */
export function busOf(deployment: string): Bus {
  const digest = createHash('sha256').update(`conpaas bus ${deployment}`).digest();
  const at = (index: number): number => digest[index] ?? 0;
  // Below the ports that systems give out by themselves.
  return {
    group: `239.${192 + (at(0) % 64)}.${at(1)}.${1 + (at(2) % 254)}`,
    port: 20_000 + (digest.readUInt16BE(3) % 10_000),
  };
}

/** An address of the bus by chance; those that are taken are left out. */
export function chooseInside(taken: ReadonlySet<string>): string {
  return chooseOf(taken, () => `10.90.${randomInt(256)}.${randomInt(2, 255)}`);
}

/** A loopback address by chance, none that is near 127.0.0.1; those that are taken are left out. */
export function chooseLoopback(taken: ReadonlySet<string>): string {
  return chooseOf(taken, () => `127.${randomInt(16, 250)}.${randomInt(256)}.${randomInt(2, 255)}`);
}

function chooseOf(taken: ReadonlySet<string>, choose: () => string): string {
  let chosen = choose();
  while (taken.has(chosen)) chosen = choose();
  return chosen;
}

/** Cards of a machine; `52:54:00` is QEMU's. The one on the bus is the machine's own there, as its address is. */
export function cardsOf(inside: string): { readonly outside: string; readonly bus: string } {
  const tail = inside
    .split('.')
    .slice(1)
    .map((part) => Number(part).toString(16).padStart(2, '0'))
    .join(':');
  return { outside: '52:54:00:12:34:56', bus: `52:54:00:${tail}` };
}
