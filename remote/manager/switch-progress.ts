/** How far each node is while another code version is made live. Pure. */
import type { NodeInfo } from '../core/contract/application.ts';
import type { NodeId } from '../core/contract/ids.ts';
import type { DesiredService } from '../core/service/state.ts';
import { assign } from './plan.ts';
import type { World } from './views.ts';
import { isSettled } from './waits.ts';

type Switch = NonNullable<NodeInfo['switch']>;

/** Of the nodes that serve code; none where no switch is under way. */
export function switchProgress(world: World, service: DesiredService): ReadonlyMap<NodeId, Switch> {
  const progress = new Map<NodeId, Switch>();
  const roles = world.types[service.type]?.rollingRoles ?? [];
  const nodes = world.state.nodes.filter((node) => node.service === service.id && roles.includes(node.role));
  const isTold = ({ version }: (typeof nodes)[number]): boolean => version !== service.activeVersion;
  if (!service.running || !nodes.some(isTold)) return progress;
  const assigned = assign(world);
  for (const node of nodes) {
    const observed = world.node(node.id);
    if (!isTold(node)) progress.set(node.id, 'waiting');
    else if (isSettled(world, node.id, assigned)) progress.set(node.id, 'done');
    else if (observed?.failure && observed.attempted === assigned.get(node.id)?.hash) progress.set(node.id, 'failed');
    else progress.set(node.id, 'under_way');
  }
  return progress;
}
