/** Machines as OpenNebula tells of them. States: https://docs.opennebula.io/6.10/integration_and_development/references/vm_states.html */
import { z } from 'zod';
import type { Server } from '../machines/provider.ts';
import { type OpenNebulaApi, whose } from './api.ts';
import { isUnknownMethod } from './errors.ts';
import { fromAttributes } from './tags.ts';
import { element, many } from './xml.ts';

export const Disk = z.looseObject({
  DISK_ID: z.string().optional(),
  IMAGE_ID: z.string().optional(),
  TARGET: z.string().optional(),
});

const Machine = z.looseObject({
  ID: z.string(),
  STATE: z.string(),
  LCM_STATE: z.string(),
  /** Seconds since the epoch. */
  STIME: z.string(),
  TEMPLATE: element({
    NIC: many(z.looseObject({ IP: z.string().optional(), EXTERNAL_IP: z.string().optional() })),
    DISK: many(Disk),
  }),
  USER_TEMPLATE: element({}),
});
export type Machine = z.infer<typeof Machine>;

/** Ids of ours begin with a letter, and OpenNebula's are numbers. */
const prefix = 'vm-';
export const toServerId = (id: string): string => `${prefix}${id}`;
/** As OpenNebula calls it; undefined: it has none like that. */
export const numberOf = (id: string): number | undefined => {
  const [, digits] = /^vm-([0-9]{1,9})$/.exec(id) ?? [];
  return digits === undefined ? undefined : Number(digits);
};

const active = '3';
const states: Readonly<Record<string, Server['state'] | undefined>> = {
  0: 'creating',
  1: 'creating',
  2: 'creating',
  4: 'stopped',
  5: 'stopped',
  6: 'gone',
  8: 'stopped',
  9: 'stopped',
  10: 'creating',
  11: 'failed',
};
const among = (...numbers: readonly number[]): ReadonlySet<string> => new Set(numbers.map(String));
/** Of an active machine; what is in none of these runs while something is done to it. */
const activeStates: readonly (readonly [Server['state'], ReadonlySet<string>])[] = [
  ['creating', among(0, 1, 2, 9, 15, 19, 20, 21, 22, 31, 32)],
  ['stopped', among(5, 6, 10, 29, 30)],
  ['gone', among(11, 12, 13, 23)],
  ['failed', among(14, 36, 37, 38, 39, 40, 41, 42, 44, 46, 47, 48, 49, 50)],
];

/** Machines of our user, those that have ended left out. */
export async function listMachines(api: OpenNebulaApi, signal: AbortSignal): Promise<Machine[]> {
  const notDone = [-1];
  const given = { items: 'VM', whose: whose.mine, more: notDone };
  try {
    // From 5.8 on, where `info` tells less.
    return await api.pool({ ...given, method: 'one.vmpool.infoextended', passes: isUnknownMethod }, Machine, signal);
  } catch (error) {
    if (!isUnknownMethod(error)) throw error;
    return api.pool({ ...given, method: 'one.vmpool.info' }, Machine, signal);
  }
}

export async function getMachine(api: OpenNebulaApi, id: number, signal: AbortSignal): Promise<Machine> {
  return (await api.look('one.vm.info', [id], z.object({ VM: Machine }), signal)).VM;
}

/** Nothing for one that is not ours. */
export function toServer(machine: Machine): Server[] {
  const named = fromAttributes(machine.USER_TEMPLATE);
  if (!named) return [];
  const { STATE, LCM_STATE, TEMPLATE, USER_TEMPLATE } = machine;
  const state =
    STATE === active
      ? (activeStates.find(([, numbers]) => numbers.has(LCM_STATE))?.[0] ?? 'running')
      : (states[STATE] ?? 'failed');
  const [nic] = TEMPLATE.NIC;
  const told = USER_TEMPLATE['ERROR'];
  return [
    {
      ...named,
      id: toServerId(machine.ID),
      state,
      cause: state === 'failed' ? `The cloud says: ${told ?? `state ${STATE}, ${LCM_STATE}`}` : undefined,
      privateAddress: nic?.IP,
      publicAddress: nic?.EXTERNAL_IP,
      size: typeof USER_TEMPLATE['CONPAAS_SIZE'] === 'string' ? USER_TEMPLATE['CONPAAS_SIZE'] : undefined,
      createdAt: Number(machine.STIME) * 1000,
    },
  ];
}
