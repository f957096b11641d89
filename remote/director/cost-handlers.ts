/** What everything costs. */
import type { directorCostMethods } from '../core/contract/cost.ts';
import type { Handlers } from '../core/contract/method.ts';
import type { Director } from './director.ts';
import { costOf } from './prices.ts';

export function costHandlers({ inventory, volumes }: Director): Handlers<typeof directorCostMethods> {
  return {
    get_costs: async () => {
      const vms = inventory.vms();
      const all = volumes.list();
      const clouds = [...new Set([...vms, ...all].map(({ cloud }) => cloud))].sort();
      return {
        ...costOf(vms, all),
        clouds: clouds.map((cloud) => ({
          cloud,
          ...costOf(
            vms.filter((vm) => vm.cloud === cloud),
            all.filter((volume) => volume.cloud === cloud),
          ),
        })),
      };
    },
  };
}
