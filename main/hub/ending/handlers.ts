import type { ApplicationSummary } from '../../../remote/core/contract/application.ts';
import type { endingCalls } from '../calls/ending.ts';
import type { Directors } from '../directors.ts';
import type { VaultKeeper } from '../vault/keeper.ts';
import type { SubjectHandlers } from '../window-port.ts';

export function endingHandlers(keeper: VaultKeeper, directors: Directors): SubjectHandlers<typeof endingCalls> {
  return {
    what_ends: async (_params, { window }) => {
      const id = directors.chosen(window);
      const { deployments } = await keeper.open();
      const { name, cloud, access } = await deployments.find(id);
      const guest = access === 'device';
      const hub = await directors.of(window);
      const applications = hub.read('applications').items as readonly ApplicationSummary[];
      const kept = guest ? undefined : await deployments.backups(id);
      return {
        ...{ name, guest, cloud: cloud.kind },
        applications: applications.map((one) => ({ name: one.name, nodes: one.nodes.wanted })),
        current: hub.session.state === 'connected',
        backups: kept?.backups.length ?? 0,
        backupVolume: kept?.elsewhere?.kind === 'volume',
      };
    },
    destroy_director: async (_params, { window }) => {
      const id = directors.chosen(window);
      const { deployments } = await keeper.open();
      const { owner } = await deployments.find(id);
      const hub = await directors.of(window);
      await hub.destroy(({ signal, onProgress }) =>
        deployments.destroy({
          ...{ deployment: id, signal },
          // What is gone does not come back: half of a deployment is of no use to anybody.
          onOperation: (progress) => onProgress({ ...progress, requestedBy: owner, cancellable: false }),
        }),
      );
      return null;
    },
  };
}
