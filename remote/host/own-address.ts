/** The address that others reach this machine at: of the interface that its default route leaves by. */
import { readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { ConpaasError } from '../core/contract/index.ts';

/** @throws ConpaasError internal where the machine has no IPv4 address but loopback */
export function ownAddress(interfaces = networkInterfaces(), routes = readFileSync('/proc/net/route', 'utf8')): string {
  const preferred = defaultInterface(routes);
  const found = Object.entries(interfaces)
    .sort(([a], [b]) => Number(b === preferred) - Number(a === preferred))
    .flatMap(([, addresses]) => addresses ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal);
  if (found) return found.address;
  throw new ConpaasError('internal', 'This machine has no IPv4 address of its own.');
}

/** `/proc/net/route`: name, destination, … in hexadecimal; the default route has the destination 0 (proc(5)). */
function defaultInterface(routes: string): string | undefined {
  const lines = routes.split('\n').slice(1);
  return lines.map((line) => line.split('\t')).find(([, destination]) => destination === '00000000')?.[0];
}
