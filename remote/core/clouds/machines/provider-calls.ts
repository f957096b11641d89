/**
 * What a provider can be asked from afar, as data: by a director that has no credentials, of the desktop that has them.
 * Both sides check by this table; who carries calls out limits them to one deployment.
 */
import { z } from 'zod';
import { ConpaasError } from '../../contract/errors.ts';
import { patienceHere } from '../../supervisor/patience.ts';
import type { StableAddresses } from '../cloud.ts';
import { type Belonging, type Provider, userDataLimit, type Volumes } from './provider.ts';

const Tags = z.object({ deployment: z.string(), application: z.string(), operation: z.string() });
const optional = z.string().optional();
const id = z.string().max(300);

const Server = z.object({
  ...{ id, name: z.string(), tags: Tags, state: z.enum(['creating', 'running', 'stopped', 'failed', 'gone']) },
  ...{ cause: optional, privateAddress: optional, publicAddress: optional, zone: optional, size: optional },
  forwarded: z.record(z.string(), z.number()).optional(),
  createdAt: z.number(),
});
const Volume = z.object({
  ...{ id, name: z.string(), tags: Tags, sizeGb: z.number(), createdAt: z.number().optional() },
  state: z.enum(['creating', 'available', 'attached', 'failed']),
  ...{ attachedTo: optional, zone: optional },
});
const Offer = z.object({
  ...{ name: z.string(), cpus: z.number(), memoryMb: z.number(), default: z.boolean().optional() },
  ...{ pricePerHour: z.number().optional(), pricedAt: z.number().optional() },
});
const Address = z.object({ ...{ id, name: z.string(), tags: Tags, address: z.string(), heldBy: optional } });
const AddressRequest = z.strictObject({ name: z.string().max(160), tags: Tags });
const Thing = z.object({ kind: z.string().max(100), id, name: z.string(), tags: Tags });
const ServerRequest = z.strictObject({
  ...{ name: z.string().max(100), tags: Tags, userData: z.string().max(userDataLimit), size: optional, zone: optional },
});
const VolumeRequest = z.strictObject({ name: z.string().max(160), tags: Tags, sizeGb: z.number(), zone: optional });
const nothing = z.strictObject({});
const done = z.null();

interface Context {
  readonly provider: Provider;
  /** Whose things may be touched. */
  readonly deployment: string;
  readonly signal: AbortSignal;
}

interface ProviderCall<Params extends z.ZodType, Result extends z.ZodType> {
  /** Whether something is made, changed or ended; else it only looks. */
  readonly changes: boolean;
  readonly params: Params;
  readonly result: Result;
  run(params: z.output<Params>, context: Context): Promise<z.input<Result>>;
}

const looks = <P extends z.ZodType, R extends z.ZodType>(params: P, result: R, run: ProviderCall<P, R>['run']) => ({
  ...{ changes: false, params, result, run },
});
const changes = <P extends z.ZodType>(params: P, run: (params: z.output<P>, context: Context) => Promise<unknown>) => ({
  ...{ changes: true, params, result: done },
  run: async (given: z.output<P>, context: Context) => {
    await run(given, context);
    return null;
  },
});

export const providerCalls = {
  check: looks(nothing, done, async (_none, { provider, signal }) => {
    await provider.check(signal);
    return null;
  }),
  offers: looks(nothing, z.array(Offer), async (_none, { provider, signal }) => [...(await provider.offers(signal))]),
  zones: looks(nothing, z.array(z.string()), async (_none, { provider, signal }) => [
    ...(await provider.zones(signal)),
  ]),
  list_servers: looks(nothing, z.array(Server), async (_none, { provider, signal }) => [
    ...(await provider.listServers(signal)),
  ]),
  create_server: {
    ...{ changes: true, params: ServerRequest, result: Server },
    run: async (request: z.output<typeof ServerRequest>, context: Context) => {
      refuseOthers(request.tags, context);
      return context.provider.createServer(request, context.signal);
    },
  },
  destroy_server: changes(z.strictObject({ id }), (given, { provider, signal }) =>
    provider.destroyServer(given.id, signal),
  ),
  power: changes(z.strictObject({ id, on: z.boolean() }), (given, { provider, signal }) =>
    provider.power(given.id, given.on, signal),
  ),
  reboot: changes(z.strictObject({ id }), (given, { provider, signal }) => provider.reboot(given.id, signal)),
  console: looks(
    z.strictObject({ id }),
    z.string().nullable(),
    async (given, { provider, signal }) => (await provider.console(given.id, signal)) ?? null,
  ),
  list_volumes: looks(nothing, z.array(Volume), async (_none, { provider, signal }) => [
    ...((await provider.volumes?.list(signal)) ?? []),
  ]),
  volumes_available: looks(
    nothing,
    z.object({ available: z.boolean(), pricePerGbMonth: z.number().optional() }),
    async (_none, { provider: { volumes }, signal }) => {
      const available = volumes !== undefined && ((await volumes.available?.(signal)) ?? true);
      const pricePerGbMonth = available ? await volumes?.pricePerGbMonth?.(signal) : undefined;
      return { available, ...(pricePerGbMonth === undefined ? {} : { pricePerGbMonth }) };
    },
  ),
  create_volume: {
    ...{ changes: true, params: VolumeRequest, result: Volume },
    run: async (request: z.output<typeof VolumeRequest>, context: Context) => {
      refuseOthers(request.tags, context);
      return volumesOf(context).create(request, context.signal);
    },
  },
  attach_volume: {
    ...{ changes: true, params: z.strictObject({ volume: id, server: id }), result: z.array(z.string()) },
    run: async ({ volume, server }: { volume: string; server: string }, context: Context) => [
      ...(await volumesOf(context).attach(volume, server, context.signal)),
    ],
  },
  detach_volume: changes(z.strictObject({ volume: id }), ({ volume }, context) =>
    volumesOf(context).detach(volume, context.signal),
  ),
  destroy_volume: changes(z.strictObject({ volume: id }), ({ volume }, context) =>
    volumesOf(context).destroy(volume, context.signal),
  ),
  addresses_available: looks(
    nothing,
    z.boolean(),
    async (_none, { provider, signal }) => (await provider.addresses?.available(signal)) ?? false,
  ),
  list_addresses: looks(nothing, z.array(Address), async (_none, { provider, signal }) => [
    ...((await provider.addresses?.list(signal)) ?? []),
  ]),
  reserve_address: {
    ...{ changes: true, params: AddressRequest, result: Address },
    run: async (request: z.output<typeof AddressRequest>, context: Context) => {
      refuseOthers(request.tags, context);
      return addressesOf(context).reserve(request, context.signal);
    },
  },
  assign_address: changes(z.strictObject({ address: id, server: id }), ({ address, server }, context) =>
    addressesOf(context).assign(address, server, context.signal),
  ),
  release_address: changes(z.strictObject({ address: id }), ({ address }, context) =>
    addressesOf(context).release(address, context.signal),
  ),
  belongings: looks(nothing, z.array(Thing), async (_none, { provider, signal }) => [
    ...(await provider.belongings(signal)),
  ]),
  destroy_belonging: changes(z.strictObject({ kind: z.string(), id }), async (given, { provider, signal }) => {
    // Only what the cloud itself says to be the deployment's.
    const all: readonly Belonging[] = await provider.belongings(signal);
    const found = all.find((one) => one.kind === given.kind && one.id === given.id);
    if (found) await provider.destroyBelonging(found, signal);
  }),
  deployments: looks(nothing, z.array(z.string()), async (_none, { provider, signal }) => [
    ...(await provider.deployments(signal)),
  ]),
};
export type ProviderCalls = typeof providerCalls;
export type ProviderCallName = keyof ProviderCalls;

/** Has somebody else carry out a call. @returns the result, unchecked */
export type AskProvider = (
  call: ProviderCallName,
  params: Record<string, unknown>,
  signal: AbortSignal,
) => Promise<unknown>;

/**
 * Carries out a call that has come from afar.
 * @throws ConpaasError invalid_request: there is no such call, or its parameters are not what they should be; forbidden:
 * it is about another deployment; what the cloud says
 */
export async function runProviderCall(call: string, params: unknown, context: Context): Promise<unknown> {
  const found = Object.hasOwn(providerCalls, call) ? providerCalls[call as ProviderCallName] : undefined;
  if (!found) throw new ConpaasError('invalid_request', `This version cannot do "${call}" at a cloud. Update it.`);
  const { params: schema, run } = found as ProviderCall<z.ZodType, z.ZodType>;
  const parsed = schema.safeParse(params);
  if (!parsed.success) throw new ConpaasError('invalid_request', `The parameters of "${call}" are not valid.`);
  return run(parsed.data, context);
}

/** A provider whose calls somebody else carries out. */
export function askedProvider(about: Pick<Provider, 'kind' | 'architecture'>, ask: AskProvider): Provider {
  async function call<Name extends ProviderCallName>(
    name: Name,
    params: z.input<ProviderCalls[Name]['params']>,
    signal: AbortSignal,
  ): Promise<z.output<ProviderCalls[Name]['result']>> {
    const answer = await ask(name, params, signal);
    return providerCalls[name].result.parse(answer) as z.output<ProviderCalls[Name]['result']>;
  }
  return {
    ...about,
    check: async (signal) => void (await call('check', {}, signal)),
    offers: (signal) => call('offers', {}, signal),
    zones: (signal) => call('zones', {}, signal),
    createServer: (request, signal) => call('create_server', { ...request }, signal),
    listServers: (signal) => call('list_servers', {}, signal),
    destroyServer: async (server, signal) => void (await call('destroy_server', { id: server }, signal)),
    power: async (server, on, signal) => void (await call('power', { id: server, on }, signal)),
    reboot: async (server, signal) => void (await call('reboot', { id: server }, signal)),
    console: async (server, signal) => (await call('console', { id: server }, signal)) ?? undefined,
    volumes: {
      create: (request, signal) => call('create_volume', { ...request }, signal),
      list: (signal) => call('list_volumes', {}, signal),
      attach: (volume, server, signal) => call('attach_volume', { volume, server }, signal),
      available: (signal) => unlessUnknown(async () => (await call('volumes_available', {}, signal)).available),
      pricePerGbMonth: async (signal) => (await call('volumes_available', {}, signal)).pricePerGbMonth,
      detach: async (volume, signal) => void (await call('detach_volume', { volume }, signal)),
      destroy: async (volume, signal) => void (await call('destroy_volume', { volume }, signal)),
    },
    addresses: {
      available: (signal) => unlessUnknown(() => call('addresses_available', {}, signal)),
      list: (signal) => call('list_addresses', {}, signal),
      reserve: (request, signal) => call('reserve_address', { ...request }, signal),
      assign: async (address, server, signal) => void (await call('assign_address', { address, server }, signal)),
      release: async (address, signal) => void (await call('release_address', { address }, signal)),
    },
    belongings: (signal) => call('belongings', {}, signal),
    destroyBelonging: async ({ kind, id: thing }, signal) =>
      void (await call('destroy_belonging', { kind, id: thing }, signal)),
    deployments: (signal) => call('deployments', {}, signal),
    // Machines that are asked for are like the one that asks.
    patience: async () => patienceHere(),
    [Symbol.asyncDispose]: async () => undefined,
  };
}

/** Whether a cloud has something, as whoever carries calls out says: one of an earlier version does not know of it. */
async function unlessUnknown(ask: () => Promise<boolean>): Promise<boolean> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof ConpaasError && error.code === 'invalid_request') return false;
    throw error;
  }
}

function refuseOthers({ deployment: tagged }: { readonly deployment: string }, { deployment }: Context): void {
  if (tagged === deployment) return;
  throw new ConpaasError('forbidden', `Only things of the deployment ${deployment} are made, not of ${tagged}.`);
}

function volumesOf({ provider }: Context): Volumes {
  if (provider.volumes) return provider.volumes;
  throw new ConpaasError('cloud_failed', `The cloud ${provider.kind} has no volumes.`);
}

function addressesOf({ provider }: Context): StableAddresses {
  if (provider.addresses) return provider.addresses;
  throw new ConpaasError('cloud_failed', `The cloud ${provider.kind} has no addresses of its own.`);
}
