/** All clouds we can drive; the one place that a new driver is added to. */
import { ConpaasError } from '../contract/errors.ts';
import type { Cloud } from './cloud.ts';
import { createLocalCloud, LocalSettings } from './local/index.ts';

export type { Cloud, CloudVm, FirstContact, Offer, Quota, Tags, VmRequest } from './cloud.ts';

export { type CloudKind, cloudKind, cloudKinds } from './kinds.ts';

const drivers: Readonly<Record<string, (settings: unknown) => Cloud>> = {
  local: (settings) => createLocalCloud(LocalSettings.parse(settings)),
};

/**
 * The driver of a cloud.
 * @param kind e.g. `local`
 * @param settings as its driver wants them
 * @throws ConpaasError `invalid_request` for a kind that this version does not know
 */
export function createCloud(kind: string, settings: unknown): Cloud {
  const create = drivers[kind];
  if (create) return create(settings);
  throw new ConpaasError(
    'invalid_request',
    `There is no cloud of the kind ${kind}; known are ${Object.keys(drivers).join(', ')}.`,
  );
}
