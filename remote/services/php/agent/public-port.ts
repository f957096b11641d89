/** The port of the address that users are given. */
import { readFileSync } from 'node:fs';

/**
 * 80 where engines may bind it (the agent is root, or the machine lets everybody), else 8080.
 * @param root whether the agent is root and runs engines as another user
 */
export function publicPort(root: boolean): number {
  if (root) return 80;
  const first = Number(readFileSync('/proc/sys/net/ipv4/ip_unprivileged_port_start', 'utf8'));
  return first <= 80 ? 80 : 8080;
}
