/** Tells everybody who is shut out. */

import { toFailure } from '../core/contract/errors.ts';
import { waitFor } from '../core/events/index.ts';
import type { RpcServer } from '../core/rpc/index.ts';
import type { Director } from './director.ts';

/**
 * Who was shut out has no call under way any more, terminals and streams through here included. Managers learn of it at
 * once; one that is away pulls the list when it comes back.
 */
export async function pushRevocations(director: Director, server: RpcServer, signal: AbortSignal): Promise<void> {
  const { revocations, inventory, managers, log } = director;
  let seen = revocations.changed.generation;
  for (;;) {
    try {
      await waitFor(revocations.changed, () => (revocations.changed.generation === seen ? undefined : true), signal);
    } catch {
      return;
    }
    seen = revocations.changed.generation;
    server.recheck();
    const revoked = [...revocations.all()];
    await Promise.all(
      inventory.applications().map(async ({ id, name }) => {
        if (!managers.target(id)) return;
        await managers
          .client(id)
          .call('set_revocations', { revoked }, { signal, timeoutMs: 5000 })
          .catch((error: unknown) => log(`revocations could not be pushed to ${name}: ${toFailure(error).message}`));
      }),
    );
  }
}
