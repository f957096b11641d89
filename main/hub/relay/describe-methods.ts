/** The contract as a list, for the page that shows it. */
import { z } from 'zod';
import { agentMethods } from '../../../remote/core/contract/agent.ts';
import { directorMethods } from '../../../remote/core/contract/director.ts';
import { managerMethods } from '../../../remote/core/contract/manager.ts';
import type { MethodTable } from '../../../remote/core/contract/method.ts';
import type { ServiceSpecs } from '../../../remote/core/manifest/index.ts';
import type { MethodDescription } from '../protocol.ts';

/** Every method of director, manager and agent. */
export function describeMethods(specs: ServiceSpecs): readonly MethodDescription[] {
  const types = Object.values(specs);
  return [
    ...describeTable('director', directorMethods),
    ...describeTable('manager', managerMethods),
    ...types.flatMap((type) => describeTable('manager', type.managerMethods)),
    ...describeTable('agent', agentMethods),
    ...types.flatMap((type) => describeTable('agent', type.agentMethods)),
  ];
}

function describeTable(served: MethodDescription['served'], table: MethodTable): MethodDescription[] {
  return Object.entries(table).map(([name, method]) => ({
    served,
    name,
    kind: method.kind,
    callers: method.callers,
    since: method.since,
    doc: method.doc,
    params: z.toJSONSchema(method.params, { io: 'input', unrepresentable: 'any' }),
  }));
}
