/** What is lost with a machine. */
import type { ServiceSpec } from './spec.ts';
import type { DesiredNode } from './state.ts';

/**
 * Whether the only data of a node went with its machine: its role holds data, and no volume has it. Of a type that is not
 * known nobody can tell, so it counts as lost.
 */
export function losesData(
  specs: Readonly<Record<string, ServiceSpec>>,
  type: string | undefined,
  node: Pick<DesiredNode, 'role' | 'volume'>,
): boolean {
  if (node.volume) return false;
  const role = type === undefined ? undefined : specs[type]?.roles[node.role];
  return role === undefined || role.volume !== undefined;
}
