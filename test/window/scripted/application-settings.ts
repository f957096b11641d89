/** What the settings of an application ask of its manager, scripted. */
import { ServiceId } from '../../../remote/core/contract/ids.ts';
import type { ManagerMethods } from '../../../remote/core/contract/manager.ts';
import type { Script, Scripted } from './script.ts';

const application = 'app-guestbook';

export function applicationSettings(script: Script): Scripted<ManagerMethods> {
  return {
    add_service: async (params) => {
      script.take('add_service', params, undefined);
      const { operation } = script.done('add_service', `Add ${params.name}`, { application, service: params.name });
      return { operation, service: ServiceId.parse('s9') };
    },
    remove_service: async (params) => {
      script.take('remove_service', params, undefined);
      return script.done('remove_service', `Remove ${params.service}`, { application, service: params.service });
    },
    accept_uncontained: async (params) => script.take('accept_uncontained', params, {}),
  };
}
