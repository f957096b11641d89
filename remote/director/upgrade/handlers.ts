import type { directorProcessMethods } from '../../core/contract/director-processes.ts';
import type { Handlers } from '../../core/contract/method.ts';
import type { directorUpgradeMethods } from '../../core/contract/upgrade.ts';
import type { Director } from '../director.ts';
import { keepTold, versions } from './members.ts';
import type { UpgradeParams } from './operation.ts';

export function upgradeHandlers({
  inventory,
  operations,
  users,
}: Director): Handlers<typeof directorUpgradeMethods> & Pick<Handlers<typeof directorProcessMethods>, 'tell_program'> {
  return {
    get_versions: async () => versions(inventory),
    upgrade_applications: async ({ back }, call) => {
      users.requireOwner(call, 'upgrade managers and agents');
      const applications = inventory
        .applications()
        .filter(({ deleting }) => !deleting)
        .map(({ id, name }) => ({ id, name }));
      const requestedBy = call.user ?? (call.caller?.kind === 'user' ? call.caller.name : 'director');
      const id = call.operation;
      const operation = await operations.start<UpgradeParams>(
        'upgrade',
        { back, applications },
        { requestedBy, ...(id !== undefined && { id }) },
      );
      return { operation };
    },
    tell_program: async (told, call) => {
      await keepTold(inventory, call.caller, told);
      return {};
    },
  };
}
