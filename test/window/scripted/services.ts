/** Services of the applications of the scripted director. */
import type { ManagerMethods } from '../../../remote/core/contract/manager.ts';
import { operationOf } from './model.ts';
import type { Script, Scripted } from './script.ts';

export function serviceMethods(script: Script): Scripted<ManagerMethods> {
  return {
    add_nodes: async (params) => {
      script.take('add_nodes', params, undefined);
      return script.done('add_nodes', `Add nodes to ${params.service}`, {
        application: 'app-guestbook',
        service: params.service,
      });
    },
    remove_nodes: async (params) => {
      script.take('remove_nodes', params, undefined);
      return script.done('remove_nodes', `Remove nodes from ${params.service}`, {
        application: 'app-guestbook',
        service: params.service,
      });
    },
    rollback_code_version: async (params) => {
      script.take('rollback_code_version', params, undefined);
      return script.done('rollback_code_version', 'Roll back to v1', {
        application: 'app-guestbook',
        service: params.service,
      });
    },
    upload_code_version: async (params, body) => {
      script.take('upload_code_version', { ...params, size: body.size }, undefined);
      const target = { application: 'app-guestbook', service: params.service };
      const failure = script.failures.get('activate');
      const operation = operationOf({
        kind: 'activate_code_version',
        title: 'Make v3 live',
        target,
        // Else the test ends it.
        state: failure ? 'failed' : script.answers.get('activate') === 'runs' ? 'running' : 'done',
        ...(failure ? { failure } : {}),
      });
      script.putOperation(operation);
      return { version: 'v3', operation: operation.id };
    },
  };
}
