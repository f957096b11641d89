/** Where nodes go. */
import type { DesiredNode } from './state.ts';

/**
 * Whether a further node needs a machine of its own: the first of a role shares the manager's, all others do not.
 * @param nodes those that there are
 * @param managerSlot undefined: nothing is to share the manager's machine
 */
export function needsOwnMachine(
  nodes: readonly (Pick<DesiredNode, 'role' | 'slot'> & { readonly service: string })[],
  node: { readonly service: string; readonly role: string },
  managerSlot: string | undefined,
): boolean {
  return (
    managerSlot === undefined ||
    nodes.some(({ service, role, slot }) => service === node.service && role === node.role && slot === managerSlot)
  );
}
