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
 * The machine that the first nodes of a service share with others: the manager's, or, for those on another cloud than the
 * application, one there.
 * @param cloud of the service; undefined: the application's
 * @param home cloud of the application; undefined: not known
 */
export function sharedSlot(cloud: string | undefined, home: string | undefined, managerSlot: string): string {
  return cloud === undefined || cloud === home ? managerSlot : `on-${cloud}`;
}

/**
 * Whether a further node needs a machine of its own: the first of a role goes to the shared one, all others do not.
 * @param nodes those that there are
 * @param shared see `sharedSlot`; undefined: nothing is to share a machine
 */
export function needsOwnMachine(
  nodes: readonly (Pick<DesiredNode, 'role' | 'slot'> & { readonly service: string })[],
  node: { readonly service: string; readonly role: string },
  shared: string | undefined,
): boolean {
  return (
    shared === undefined ||
    nodes.some(({ service, role, slot }) => service === node.service && role === node.role && slot === shared)
  );
}
