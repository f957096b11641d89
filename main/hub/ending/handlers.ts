import type { ApplicationSummary } from '../../../remote/core/contract/application.ts';
import type { endingCalls } from '../calls/ending.ts';
import type { Directors } from '../directors.ts';
import type { VaultKeeper } from '../vault/keeper.ts';
import type { SubjectHandlers } from '../window-port.ts';

export function endingHandlers(keeper: VaultKeeper, directors: Directors): SubjectHandlers<typeof endingCalls> {
  /** What was given up, by deployment: trying again gives up the same. */
  const givenUp = new Map<string, readonly string[]>();
  return {
    what_ends: async (_params, { window }) => {
      const id = directors.chosen(window);
      const { deployments } = await keeper.open();
      const { name, cloud, clouds = [], access } = await deployments.find(id);
      const guest = access === 'device';
      const hub = await directors.of(window);
      const applications = hub.read('applications').items as readonly ApplicationSummary[];
      const kept = guest ? undefined : await deployments.backups(id);
      return {
        ...{ deployment: id, name, guest, cloud: cloud.kind },
        applications: applications.map((one) => ({ name: one.name, nodes: one.nodes.wanted })),
        current: hub.session.state === 'connected',
        backups: kept?.backups.length ?? 0,
        backupVolume: kept?.elsewhere?.kind === 'volume',
        leavable: [{ name: cloud.kind, kind: cloud.kind }, ...clouds]
          .filter(({ kind }) => !guest && kind !== 'local')
          .map((one) => one.name),
      };
    },
    destroy_director: async (params, { window }) => {
      const id = directors.chosen(window);
      const leave = params.leave ?? givenUp.get(id) ?? [];
      givenUp.set(id, leave);
      const { deployments } = await keeper.open();
      const { owner } = await deployments.find(id);
      const hub = await directors.of(window);
      await hub.destroy(({ signal, onProgress }) =>
        deployments.destroy({
          ...{ deployment: id, leave, signal },
          // What is gone does not come back: half of a deployment is of no use to anybody.
          onOperation: (progress) => onProgress({ ...progress, requestedBy: owner, cancellable: false }),
        }),
      );
      return null;
    },
  };
}
