/** The ports of the address that users are given. */
import { readFileSync } from 'node:fs';

/** The exact ports of a proxy; the second of each where the first is not allowed. */
const ports = { http: [80, 8080], https: [443, 8443] } as const;

/**
 * 80 and 443 where engines may bind them (the agent is root, or the machine lets everybody), else 8080 and 8443.
 * @param root whether the agent is root and runs engines as another user
 */
export function publicPort(name: keyof typeof ports, root: boolean): number {
  const [usual, other] = ports[name];
  if (root) return usual;
  const first = Number(readFileSync('/proc/sys/net/ipv4/ip_unprivileged_port_start', 'utf8'));
  return first <= usual ? usual : other;
}
