/** What users are told of clouds: their machines, what these cost, what is allowed. */
import type { Cloud, CloudVm } from '../core/clouds/cloud.ts';
import type { cloudAccessMethods } from '../core/contract/cloud-access.ts';
import type { CloudOffers, CloudQuotas, cloudMethods, Machine } from '../core/contract/clouds.ts';
import type { directorMethods } from '../core/contract/director.ts';
import { toFailure } from '../core/contract/errors.ts';
import type { furtherCloudMethods } from '../core/contract/further-clouds.ts';
import type { ApplicationId } from '../core/contract/ids.ts';
import type { Handlers } from '../core/contract/method.ts';
import { DesiredState } from '../core/service/state.ts';
import type { Director } from './director.ts';

type CloudHandlers = Pick<
  Handlers<typeof directorMethods>,
  keyof typeof cloudMethods | keyof typeof cloudAccessMethods | keyof typeof furtherCloudMethods
>;

/** A cloud that does not answer must not hide the others, milliseconds. */
const patienceMs = 15_000;
/** Prices change by the day, if that. */
const pricesMs = 3_600_000;

export function cloudHandlers(director: Director): CloudHandlers {
  const { clouds, cloudKeeper, inventory, deployment } = director;
  const prices = new Map<string, { at: number; offers: Awaited<ReturnType<Cloud['offers']>> }>();

  const offersOf = async (name: string, cloud: Cloud, signal: AbortSignal) => {
    const known = prices.get(name);
    if (known && Date.now() - known.at < pricesMs) return known;
    const fresh = { offers: await cloud.offers(signal), at: Date.now() };
    prices.set(name, fresh);
    return fresh;
  };

  const machineOf = (cloud: string, vm: CloudVm, pricePerHour: number | undefined): Machine => {
    const { id, name, state, cause, address, createdAt, size, tags } = vm;
    const application = inventory.application(tags.application as ApplicationId);
    const known = tags.application === '' || inventory.vms().some((record) => record.id === name);
    const belongs = !known ? 'nothing' : tags.application === '' ? 'director' : application ? 'application' : 'nothing';
    return {
      id,
      name,
      cloud,
      state,
      createdAt,
      belongs,
      ...(cause === undefined ? {} : { cause }),
      ...(address === undefined ? {} : { address }),
      ...(size === undefined ? {} : { size }),
      ...(pricePerHour === undefined ? {} : { pricePerHour }),
      ...(tags.application === '' ? {} : { application: tags.application }),
      ...(application === undefined ? {} : { applicationName: application.name }),
    };
  };

  return {
    list_clouds: async () =>
      [...clouds].map(([name, cloud]) => ({
        ...{ name, kind: cloud.kind, default: name === director.defaultCloud },
        connected: cloudKeeper.areConnected(name, director.defaultCloud),
      })),
    list_machines: async (_params, call) => {
      const signal = AbortSignal.any([call.signal, AbortSignal.timeout(patienceMs)]);
      const machines: Machine[] = [];
      const failures: { cloud: string; message: string }[] = [];
      await Promise.all(
        [...clouds].map(async ([name, cloud]) => {
          try {
            const found = await cloud.listVms(signal);
            const { offers } = await offersOf(name, cloud, signal).catch(() => ({ offers: [] })); // price unknown
            for (const vm of found) {
              if (vm.state === 'gone' || vm.tags.deployment !== deployment) continue;
              machines.push(machineOf(name, vm, offers.find((offer) => offer.name === vm.size)?.pricePerHour));
            }
          } catch (error) {
            call.signal.throwIfAborted();
            failures.push({ cloud: name, message: toFailure(error).message });
          }
        }),
      );
      return { machines: machines.sort((a, b) => a.createdAt - b.createdAt), failures };
    },
    get_cloud_access: async () => cloudKeeper.list(),
    lend_credentials: async ({ cloud, credentials }, call) => {
      director.users.requireOwner(call, 'lend credentials to the director');
      await cloudKeeper.lend(cloud, credentials, call.signal);
      return {};
    },
    ask_desktop: async ({ cloud }, call) => {
      director.users.requireOwner(call, 'say what the director gets');
      await cloudKeeper.askDesktop(cloud);
      return {};
    },
    follow_cloud_requests: (_params, call) => {
      director.users.requireOwner(call, 'carry out what the director wants of its cloud');
      return cloudKeeper.requests.follow(call.signal);
    },
    answer_cloud_request: async (answer, call) => {
      director.users.requireOwner(call, 'answer for a cloud');
      cloudKeeper.requests.answer(answer);
      return {};
    },
    add_cloud: async (cloud, call) => {
      director.users.requireOwner(call, 'add a cloud to the director');
      await cloudKeeper.add(cloud, call.signal);
      prices.delete(cloud.name);
      return {};
    },
    remove_cloud: async ({ name }, call) => {
      director.users.requireOwner(call, 'remove a cloud from the director');
      await cloudKeeper.remove(name, () => usedBy(director, name), call.signal);
      return {};
    },
    list_offers: (_params, call) =>
      Promise.all(
        [...clouds].map(async ([name, cloud]): Promise<CloudOffers> => {
          try {
            const { at, offers } = await offersOf(name, cloud, call.signal);
            return { cloud: name, kind: cloud.kind, asOf: at, offers: [...offers] };
          } catch (error) {
            call.signal.throwIfAborted();
            return { cloud: name, kind: cloud.kind, asOf: Date.now(), offers: [], failure: toFailure(error).message };
          }
        }),
      ),
    list_quotas: (_params, call) =>
      Promise.all(
        [...clouds].map(async ([name, cloud]): Promise<CloudQuotas> => {
          try {
            return { cloud: name, kind: cloud.kind, quotas: [...((await cloud.quotas?.(call.signal)) ?? [])] };
          } catch (error) {
            call.signal.throwIfAborted();
            return { cloud: name, kind: cloud.kind, quotas: [], failure: toFailure(error).message };
          }
        }),
      ),
  };
}

/** What is on a cloud, or is to be, for a person; undefined: nothing. */
function usedBy({ inventory, volumes, states }: Director, cloud: string): string | undefined {
  const nameOf = (id: ApplicationId | undefined): string => (id && inventory.application(id)?.name) ?? 'nothing here';
  const own = inventory.applications().find((record) => record.cloud === cloud);
  if (own) return `${own.name} is on it`;
  const vm = inventory.vms().find((one) => one.cloud === cloud);
  if (vm) return `the machine ${vm.address ?? vm.id} of ${nameOf(vm.application)}`;
  const volume = volumes.list().find((one) => one.cloud === cloud);
  if (volume) return `the volume ${volume.name} of ${nameOf(volume.application)}`;
  for (const { id, name } of inventory.applications()) {
    const state = DesiredState.safeParse(states.get(id)?.document);
    const service = state.data?.services.find((one) => one.cloud === cloud);
    if (service) return `further nodes of ${service.name} of ${name} are to be on it`;
  }
  return undefined;
}
