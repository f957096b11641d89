/** Volumes of the scripted director: of the guestbook's database, and one that is lost. */
import type { DirectorMethods } from '../../../remote/core/contract/director.ts';
import { ApplicationId, NodeId, VmId } from '../../../remote/core/contract/ids.ts';
import type { VolumeInfo } from '../../../remote/core/contract/volumes.ts';
import { applicationOf } from './model.ts';
import type { Script, Scripted } from './script.ts';

function volumes(): VolumeInfo[] {
  const { summary, services } = applicationOf({ name: 'guestbook' });
  const db = services.find(({ type }) => type === 'mysql');
  const node = NodeId.parse('db-node-1');
  const common = { cloud: 'local', sizeGb: 8, createdAt: Date.now() - 3_600_000 };
  return [
    {
      ...{ ...common, name: `${summary.id}-${db?.id}-${node}`, application: summary.id, node },
      ...{ state: 'attached', attachedTo: VmId.parse('vm-1'), pricePerHour: 0 },
    },
    {
      ...{ ...common, name: 'app-gone-s9-db-node-7', application: ApplicationId.parse('app-gone') },
      ...{ node: NodeId.parse('db-node-7'), state: 'lost', cause: 'The cloud has it no longer.' },
    },
  ];
}

export function volumeMethods(script: Script): Scripted<DirectorMethods> {
  return {
    list_volumes: async (params) => {
      const all = script.take('list_volumes', params, volumes());
      return params.application === undefined ? all : all.filter((one) => one.application === params.application);
    },
  };
}
