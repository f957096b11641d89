/** The agent's half of the PHP service: one class per role. */
import { ConpaasError } from '../../core/contract/errors.ts';
import type { NodeContext, ServiceAgent, ServiceAgentNode } from '../../core/service/agent.ts';
import { BackendNode } from './agent/backend.ts';
import { ProxyNode } from './agent/proxy.ts';
import { withScriptPlace } from './agent/script-place.ts';
import { SessionNode } from './agent/session.ts';
import { WebNode } from './agent/web.ts';

export function createServiceAgent(): ServiceAgent {
  return (context) => withScriptPlace(context, nodeOf(context));
}

function nodeOf(context: NodeContext): ServiceAgentNode {
  switch (context.role) {
    case 'proxy':
      return new ProxyNode(context);
    case 'web':
      return new WebNode(context);
    case 'backend':
      return new BackendNode(context);
    case 'session':
      return new SessionNode(context);
    default:
      throw new ConpaasError('invalid_request', `There is no role ${context.role} in a PHP service.`);
  }
}
