/** What a move asks of the scripted director and manager: an application as it can be made elsewhere. */
import type { DirectorMethods } from '../../../remote/core/contract/director.ts';
import { BlobHash } from '../../../remote/core/contract/ids.ts';
import type { ManagerMethods } from '../../../remote/core/contract/manager.ts';
import { manifestOf } from './manifests.ts';
import type { Script, Scripted } from './script.ts';

export function movingMethods(script: Script): Scripted<DirectorMethods> {
  return {
    describe_movable: async (params) => {
      const { summary, services } = script.find(params.application);
      return script.take('describe_movable', params, {
        manifest: manifestOf(summary.name),
        n: 4,
        blobs: [{ sha256: BlobHash.parse('ab'.repeat(32)), size: 48_000, name: 'guestbook.tar.gz' }],
        secrets: ['DB_PASSWORD', 'db-root'],
        services: services.map(({ name, type, running }) => ({
          ...{ name, type, running },
          data: type === 'mysql',
          domains: type === 'php' ? ['guestbook.example.org'] : [],
        })),
      });
    },
    create_application: async (params) => {
      script.take('create_application', params, undefined);
      const { id } = script.find(params.name).summary;
      return { application: id, ...script.done('create', `Create ${params.name}`, { application: id }) };
    },
  };
}

export function freezingMethods(script: Script): Scripted<ManagerMethods> {
  return {
    freeze_data: async (params) => script.take('freeze_data', params, { services: ['db'] }),
    thaw_data: async (params) => script.take('thaw_data', params, {}),
  };
}
