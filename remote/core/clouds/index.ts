/** All clouds we can drive; the one place that a new driver is added to. */
import { z } from 'zod';
import { ConpaasError } from '../contract/errors.ts';
import { placesOf } from '../rpc/validate.ts';
import type { Cloud } from './cloud.ts';
import { ContainersSettings, createContainersCloud } from './containers/index.ts';
import { createEc2Cloud } from './ec2/index.ts';
import { policy as ec2Policy } from './ec2/policy.ts';
import { createLocalCloud, LocalSettings } from './local/index.ts';
import type { ProgramSource } from './machines/programs.ts';
import { createOpenNebulaCloud } from './opennebula/index.ts';
import { createOpenStackCloud } from './openstack/index.ts';

export type { Cloud, CloudVm, FirstContact, Offer, Quota, Tags, VmRequest } from './cloud.ts';

export { type CloudKind, cloudKind, cloudKinds } from './kinds.ts';

const drivers: Readonly<Record<string, (settings: unknown, source: ProgramSource) => Cloud>> = {
  local: (settings) => createLocalCloud(LocalSettings.parse(settings)),
  ec2: createEc2Cloud,
  openstack: createOpenStackCloud,
  opennebula: createOpenNebulaCloud,
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
  try {
    if (create) return create(settings, source);
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    const places = placesOf(error);
    const listed = places.map(({ path, message }) => `${path}: ${message}`).join('; ');
    throw new ConpaasError('invalid_request', `The settings of the cloud are not valid: ${listed}.`, { places });
  }
  throw new ConpaasError(
    'invalid_request',
    `There is no cloud of the kind ${kind}; known are ${Object.keys(drivers).join(', ')}.`,
  );
}

const policies: Readonly<Record<string, (deployment?: string) => object>> = { ec2: ec2Policy };

/**
 * The least that ConPaaS needs of an account, in the language of the cloud.
 * @param deployment id; its resources only, any of ours where absent
 * @throws ConpaasError `not_found` for clouds that have no such thing
 */
export function cloudPolicy(kind: string, deployment?: string): object {
  const policy = policies[kind];
  if (policy) return policy(deployment);
  throw new ConpaasError(
    'not_found',
    `Clouds of the kind ${kind} have no policies. There is one for: ${Object.keys(policies).join(', ')}.`,
  );
}
