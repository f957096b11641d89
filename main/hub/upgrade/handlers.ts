import { ConpaasError } from '../../../remote/core/contract/errors.ts';
import type { Operation } from '../../../remote/core/contract/operation.ts';
import type { upgradeCalls } from '../calls/upgrade.ts';
import type { Directors } from '../directors.ts';
import type { VaultKeeper } from '../vault/keeper.ts';
import type { SubjectHandlers } from '../window-port.ts';

/** One at a time for each director; it goes on whatever the window shows meanwhile, and is cut short by its end alone. */
export function upgradeHandlers(keeper: VaultKeeper, directors: Directors): SubjectHandlers<typeof upgradeCalls> {
  const operations = new Map<string, Operation>();
  const plans = new Map<string, Awaited<ReturnType<typeof read>>>();

  async function read(id: string, signal: AbortSignal) {
    const { deployments } = await keeper.open();
    const { access } = await deployments.find(id);
    return { ...(await deployments.upgradePlan(id, signal)), mayUpgrade: access !== 'device' };
  }

  return {
    director_versions: async (_params, { window, signal }) => {
      const id = directors.chosen(window);
      const operation = operations.get(id);
      const known = plans.get(id);
      // While the director is being replaced it does not answer.
      if (operation?.state === 'running' && known) return { ...known, operation };
      const plan = await read(id, signal);
      plans.set(id, plan);
      return { ...plan, operation };
    },
    director_before: async (_params, { window, signal }) => {
      const { deployments } = await keeper.open();
      return { release: await deployments.releaseBefore(directors.chosen(window), signal) };
    },
    upgrade_director: async ({ back }, { window }) => {
      const id = directors.chosen(window);
      if (operations.get(id)?.state === 'running') throw new ConpaasError('conflict', 'It is under way already.');
      const { deployments } = await keeper.open();
      const begun = new Promise<void>((resolve, reject) => {
        const onOperation = (operation: Operation): void => {
          operations.set(id, { ...operation, cancellable: false, retryable: false });
          resolve();
        };
        // Once it has begun, what it fails with is in the operation.
        deployments
          .upgrade({ deployment: id, back, onOperation, signal: new AbortController().signal })
          .then(() => resolve(), reject);
      });
      await begun;
      return null;
    },
  };
}
