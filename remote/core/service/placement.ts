/** Where nodes go. */
import { z } from 'zod';
import type { DesiredNode, DesiredState } from './state.ts';

/**
 * packed: the first node of each role shares the machine of the manager; growing takes machines. spread: a machine each.
 */
export const Placement = z.enum(['packed', 'spread']);
export type Placement = z.infer<typeof Placement>;

/** How further nodes of an application are placed. */
export function placementOf(state: Pick<DesiredState, 'placement'> | undefined): Placement {
  return state?.placement ?? 'packed';
}

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
