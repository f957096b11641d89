/** A provider whose code is loaded when it is first asked something: the SDK is large, and most never need it. */
import type { StableAddresses } from '../cloud.ts';
import type { Images } from '../machines/images.ts';
import type { Provider, Volumes } from '../machines/provider.ts';

/** @param about what is known without it; it has volumes, addresses and images */
export function lazyProvider(about: Pick<Provider, 'kind' | 'architecture'>, load: () => Promise<Provider>): Provider {
  let loading: Promise<Provider> | undefined;
  const loaded = (): Promise<Provider> => {
    loading ??= load();
    return loading;
  };
  const volumesOf = async (): Promise<Volumes> => {
    const { volumes } = await loaded();
    if (volumes) return volumes;
    throw new Error(`${about.kind} has no volumes`);
  };
  const addressesOf = async (): Promise<StableAddresses> => {
    const { addresses } = await loaded();
    if (addresses) return addresses;
    throw new Error(`${about.kind} has no addresses`);
  };
  const imagesOf = async (): Promise<Images> => {
    const { images } = await loaded();
    if (images) return images;
    throw new Error(`${about.kind} has no images`);
  };
  return {
    ...about,
    check: async (signal) => (await loaded()).check(signal),
    offers: async (signal) => (await loaded()).offers(signal),
    zones: async (signal) => (await loaded()).zones(signal),
    createServer: async (request, signal) => (await loaded()).createServer(request, signal),
    listServers: async (signal) => (await loaded()).listServers(signal),
    destroyServer: async (id, signal) => (await loaded()).destroyServer(id, signal),
    power: async (id, on, signal) => (await loaded()).power(id, on, signal),
    reboot: async (id, signal) => (await loaded()).reboot(id, signal),
    console: async (id, signal) => (await loaded()).console(id, signal),
    volumes: {
      available: async (signal) => {
        const { volumes } = await loaded();
        return volumes !== undefined && ((await volumes.available?.(signal)) ?? true);
      },
      pricePerGbMonth: async (signal) => (await loaded()).volumes?.pricePerGbMonth?.(signal),
      create: async (request, signal) => (await volumesOf()).create(request, signal),
      list: async (signal) => (await volumesOf()).list(signal),
      attach: async (volume, server, signal) => (await volumesOf()).attach(volume, server, signal),
      detach: async (volume, signal) => (await volumesOf()).detach(volume, signal),
      destroy: async (volume, signal) => (await volumesOf()).destroy(volume, signal),
    },
    addresses: {
      available: async (signal) => (await addressesOf()).available(signal),
      list: async (signal) => (await addressesOf()).list(signal),
      reserve: async (request, signal) => (await addressesOf()).reserve(request, signal),
      assign: async (id, machine, signal) => (await addressesOf()).assign(id, machine, signal),
      release: async (id, signal) => (await addressesOf()).release(id, signal),
    },
    images: {
      base: async (signal) => (await imagesOf()).base(signal),
      list: async (signal) => (await imagesOf()).list(signal),
      create: async (request, signal) => (await imagesOf()).create(request, signal),
      destroy: async (id, signal) => (await imagesOf()).destroy(id, signal),
      prices: async (signal) => (await (await imagesOf()).prices?.(signal)) ?? {},
    },
    belongings: async (signal) => (await loaded()).belongings(signal),
    destroyBelonging: async (belonging, signal) => (await loaded()).destroyBelonging(belonging, signal),
    deployments: async (signal) => (await loaded()).deployments(signal),
    async [Symbol.asyncDispose]() {
      if (loading) await (await loading.catch(() => undefined))?.[Symbol.asyncDispose]();
    },
  };
}
