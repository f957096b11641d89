/** Ports of this computer that machines are reached at. */
import { readFile } from 'node:fs/promises';
import { ConpaasError } from '../../contract/errors.ts';
import { openPorts } from '../machines/ports.ts';

/**
 * Whether this user may listen at the ports of machines: those below 1024 are root's, where a computer is as it came.
 * @throws ConpaasError `cloud_failed` with the command that allows it
 */
export async function refuseWithoutPorts(uid = process.getuid?.(), firstFree = readFirstFree()): Promise<void> {
  const lowest = Math.min(...openPorts);
  const first = await firstFree;
  if (uid === 0 || first <= lowest) return;
  throw new ConpaasError(
    'cloud_failed',
    `Machines of QEMU are reached at the ports ${openPorts.join(', ')} of loopback addresses, and this computer keeps those below ${first} for root. Allow them with: sudo sysctl -w net.ipv4.ip_unprivileged_port_start=${lowest}`,
  );
}

async function readFirstFree(): Promise<number> {
  return Number(await readFile('/proc/sys/net/ipv4/ip_unprivileged_port_start', 'utf8'));
}
