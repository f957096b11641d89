import { openDeployable } from '../../manifests/index.ts';
import type { codeCalls } from '../calls/code.ts';
import type { Offers } from '../offers.ts';
import type { SubjectHandlers } from '../window-port.ts';

export function codeHandlers(offers: Offers): SubjectHandlers<typeof codeCalls> {
  return {
    upload_code: async ({ application, ticket, transfer, include, ...params }, { window, signal, connected }) => {
      const deployable = await openDeployable(offers.path(ticket), include, signal);
      await using archive = await deployable.pack();
      const manager = await (await connected()).manager(application, signal);
      const onProgress = (sent: number, total: number) =>
        window.push({ push: 'transfer', transfer: { id: transfer, sent, total } });
      // Awaited here: the packed archive goes when this function ends.
      return await manager.upload('upload_code_version', params, archive, { signal, onProgress });
    },
  };
}
