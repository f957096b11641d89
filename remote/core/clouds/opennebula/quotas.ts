/** What a user may have, and what it has. */
import { z } from 'zod';
import type { Quota } from '../cloud.ts';
import type { OpenNebulaApi } from './api.ts';
import { element } from './xml.ts';

const User = z.object({ USER: z.looseObject({ VM_QUOTA: element({ VM: element({}) }) }) });

const shown = [
  { name: 'Machines', attribute: 'VMS' },
  { name: 'CPUs', attribute: 'CPU' },
  { name: 'Memory in MB', attribute: 'MEMORY' },
] as const;

/** What is not limited is left out: -2, and -1 for what all users are given. */
export async function listQuotas(api: OpenNebulaApi, signal: AbortSignal): Promise<Quota[]> {
  const { USER } = await api.look('one.user.info', [-1], User, signal);
  const { VM } = USER.VM_QUOTA;
  return shown
    .map(({ name, attribute }) => ({
      name,
      used: Number(VM[`${attribute}_USED`] ?? 0),
      limit: Number(VM[attribute] ?? -1),
    }))
    .filter(({ limit }) => limit >= 0);
}
