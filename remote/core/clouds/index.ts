/** All clouds we can drive; the one place that a new driver is added to. */
import { ConpaasError } from '../contract/errors.ts';
import type { Cloud } from './cloud.ts';
import { ContainersSettings, createContainersCloud } from './containers/index.ts';
import { createLocalCloud, LocalSettings } from './local/index.ts';
import type { ProgramSource } from './machines/programs.ts';

export type { Cloud, CloudVm, FirstContact, Offer, Quota, Tags, VmRequest } from './cloud.ts';

export { type CloudKind, cloudKind, cloudKinds } from './kinds.ts';

const drivers: Readonly<Record<string, (settings: unknown, source: ProgramSource) => Cloud>> = {
  local: (settings) => createLocalCloud(LocalSettings.parse(settings)),
  containers: (settings, source) => createContainersCloud(ContainersSettings.parse(settings), source),
};

/** Of a driver that is only asked. */
const noPrograms: ProgramSource = {
  kind: 'copy',
  programs: async () => {
    throw new ConpaasError('internal', 'A driver without programs cannot make machines.');
  },
};

/**
 * The driver of a cloud.
 * @param kind e.g. `local`
 * @param settings as its driver wants them
 * @param source how machines come by their programs; who makes none needs none
 * @throws ConpaasError `invalid_request` for a kind that this version does not know
 */
export function createCloud(kind: string, settings: unknown, source: ProgramSource = noPrograms): Cloud {
  const create = drivers[kind];
  if (create) return create(settings, source);
  throw new ConpaasError(
    'invalid_request',
    `There is no cloud of the kind ${kind}; known are ${Object.keys(drivers).join(', ')}.`,
  );
}
