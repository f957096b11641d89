/** Where startup scripts work on a node of any role, for trying one without consequences. */
import { join } from 'node:path';
import { z } from 'zod';
import type { NodeContext, ScriptPlace, ServiceAgentNode } from '../../../core/service/agent.ts';

/** What the configurations of all roles have in common. */
const Common = z.object({ environment: z.record(z.string(), z.string()) });

/** The node, which now tells where scripts work: its scratch directory, with the environment it was assigned last. */
export function withScriptPlace(context: NodeContext, node: ServiceAgentNode): ServiceAgentNode {
  let place: ScriptPlace | undefined;
  return {
    handlers: node.handlers,
    apply(assignment, signal) {
      const { environment } = Common.parse(assignment.configuration);
      place = { directory: join(context.directory, 'work'), environment };
      return node.apply(assignment, signal);
    },
    stop: (signal) => node.stop(signal),
    report: () => node.report(),
    ...(node.measure ? { measure: node.measure.bind(node) } : {}),
    logs: () => node.logs(),
    scriptPlace: () => place,
  };
}
