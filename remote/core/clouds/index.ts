/** All clouds we can drive; the one place that a new driver is added to. */
import { z } from 'zod';
import { ConpaasError } from '../contract/errors.ts';
import { Architecture } from '../contract/runtimes.ts';
import { placesOf } from '../rpc/validate.ts';
import type { Cloud } from './cloud.ts';
import { createContainersProvider } from './containers/containers-provider.ts';
import { ContainersSettings, createContainersCloud } from './containers/index.ts';
import { openEc2 } from './ec2/index.ts';
import { policy as ec2Policy } from './ec2/policy.ts';
import { cloudKind } from './kinds.ts';
import { createLocalCloud, furtherSettings as furtherLocal, LocalSettings } from './local/index.ts';
import { createContactedCloud } from './machines/contacted-cloud.ts';
import type { ProgramSource } from './machines/programs.ts';
import type { Provider } from './machines/provider.ts';
import { type AskProvider, askedProvider } from './machines/provider-calls.ts';
import { openOpenNebula } from './opennebula/index.ts';
import { policy as openNebulaPolicy } from './opennebula/policy.ts';
import { openOpenStack } from './openstack/index.ts';
import { policy as openStackPolicy } from './openstack/policy.ts';
import { ownArchitecture } from './qemu/boards.ts';
import { openQemu } from './qemu/index.ts';

export {
  type Cloud,
  type CloudVm,
  type FirstContact,
  type Offer,
  outsideOf,
  patienceOf,
  type Quota,
  type Tags,
  type VmRequest,
} from './cloud.ts';

export { type CloudKind, cloudKind, cloudKinds, usualKind } from './kinds.ts';

const drivers: Readonly<Record<string, (settings: unknown, source: ProgramSource) => Cloud>> = {
  local: (settings) => createLocalCloud(LocalSettings.parse(settings)),
  ec2: (settings, source) => createContactedCloud(openEc2(settings), source),
  openstack: (settings, source) => createContactedCloud(openOpenStack(settings), source),
  opennebula: (settings, source) => createContactedCloud(openOpenNebula(settings), source),
  qemu: (settings, source) => createContactedCloud(openQemu(settings), source),
  containers: (settings, source) => createContainersCloud(ContainersSettings.parse(settings), source),
};

/** What carries out the calls of a director that cannot: it has no credentials, or machines are on the desktop's computer. */
const providers: Readonly<Record<string, (settings: unknown) => Provider>> = {
  qemu: openQemu,
  containers: (settings) => createContainersProvider(ContainersSettings.parse(settings)).provider,
  ec2: openEc2,
  openstack: openOpenStack,
  opennebula: openOpenNebula,
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
  return opened(drivers, kind, (create) => create(settings, source));
}

/**
 * Settings of a further cloud of a deployment that nobody enters: they follow from those of its first one.
 * @param home settings of the cloud that its director is on
 */
export function furtherSettings(
  { name, kind }: { readonly name: string; readonly kind: string },
  home: Record<string, unknown>,
): Record<string, unknown> {
  const { deployment } = home;
  return kind === 'local' ? { ...furtherLocal(name, LocalSettings.parse(home)) } : { deployment, further: true };
}

/**
 * The API of a cloud whose director may have to ask for its machines, without what runs on them.
 * @throws ConpaasError `invalid_request` as `createCloud`
 */
export function openProvider(kind: string, settings: unknown): Provider {
  return opened(providers, kind, (open) => open(settings));
}

/**
 * Of the processors of a cloud's machines.
 * @param settings as its driver wants them
 * @returns undefined: they are those of the computer that its director is on
 */
export function architectureOf(kind: string, settings: Record<string, unknown>): Architecture | undefined {
  const { data: given } = Architecture.safeParse(settings['architecture']);
  return given ?? (cloudKind(kind)?.onComputer === true ? undefined : 'x64');
}

/**
 * The driver of a cloud whose credentials somebody else has.
 * @param settings without them
 * @param ask has whoever has them carry out a call
 */
export function createAskedCloud(
  kind: string,
  settings: Record<string, unknown>,
  source: ProgramSource,
  ask: AskProvider,
): Cloud {
  const architecture = architectureOf(kind, settings) ?? ownArchitecture;
  return createContactedCloud(askedProvider({ kind, architecture }, ask), source);
}

function opened<Open, T>(known: Readonly<Record<string, Open>>, kind: string, open: (how: Open) => T): T {
  const how = known[kind];
  try {
    if (how) return open(how);
  } catch (error) {
    if (!(error instanceof z.ZodError)) throw error;
    const places = placesOf(error);
    const listed = places.map(({ path, message }) => `${path}: ${message}`).join('; ');
    throw new ConpaasError('invalid_request', `The settings of the cloud are not valid: ${listed}.`, { places });
  }
  throw new ConpaasError(
    'invalid_request',
    `There is no cloud of the kind ${kind}; known are ${Object.keys(known).join(', ')}.`,
  );
}

/** @throws ConpaasError `invalid_request`: what a user says of a cloud's machines is not what its driver knows */
export function refuseSettings(kind: string, settings: Record<string, unknown>): void {
  const { title, settings: schema = z.object({}), credentials } = cloudKind(kind) ?? { title: kind };
  const { shape } = schema;
  for (const key of Object.keys(settings)) {
    // What is entered with a credential may be said otherwise here.
    if (Object.hasOwn(shape, key) || Object.hasOwn(credentials?.shape ?? {}, key)) continue;
    const names = Object.keys(shape);
    const there = names.length === 0 ? 'It has none.' : `There are: ${names.join(', ')}.`;
    throw new ConpaasError('invalid_request', `${title} has no setting "${key}". ${there}`);
  }
  opened({ [kind]: z.object(shape).partial() }, kind, (known) => known.parse(settings));
}

const policies: Readonly<Record<string, (deployment?: string) => object>> = {
  ec2: ec2Policy,
  openstack: openStackPolicy,
  opennebula: openNebulaPolicy,
};

/**
 * The least that ConPaaS needs of an account, in the language of the cloud.
 * @param deployment id; its resources only, where the cloud's language can say so; any of ours where absent
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
