/** Volumes of this computer: directories that the local host keeps. */
import type { hostMethods, LocalVolume } from '../../contract/host.ts';
import type { Client } from '../../rpc/index.ts';
import type { CloudVolumes, Tags, Volume } from '../cloud.ts';

type WithHost = <T>(call: (host: Client<typeof hostMethods>) => Promise<T>, signal: AbortSignal) => Promise<T>;

/** @param isOurs whether something with these tags is the deployment's */
export function createLocalVolumes(
  withHost: WithHost,
  isOurs: (tagged: Pick<LocalVolume, 'tags'>) => boolean,
): CloudVolumes {
  const list = (signal: AbortSignal): Promise<Volume[]> =>
    withHost(async (host) => (await host.call('list_volumes', {}, { signal })).filter(isOurs).map(toVolume), signal);

  return {
    available: async () => true,
    list,
    create: ({ name, tags, sizeGb }, _vm, signal) =>
      withHost(
        async (host) => toVolume(await host.call('create_volume', { name, tags: { ...tags }, sizeGb }, { signal })),
        signal,
      ),
    attach: (volume, vm, signal) =>
      withHost(async (host) => {
        await host.call('attach_volume', { volume, vm }, { signal });
        return undefined; // the host that attaches it is the one that knows where it is
      }, signal),
    detach: (volume, signal) =>
      withHost(async (host) => void (await host.call('detach_volume', { volume }, { signal })), signal),
    async destroy(volume, signal) {
      if (!(await list(signal)).some(({ id }) => id === volume)) return; // not there, or not ours
      await withHost(
        async (host) => void (await host.call('destroy_volume', { volume }, { signal, timeoutMs: 120_000 })),
        signal,
      );
    },
    pricePerGbMonth: async () => 0,
  };
}

export function toTags({ deployment = '', application = '', operation = '' }: Readonly<Record<string, string>>): Tags {
  return { deployment, application, operation };
}

function toVolume({ id, name, tags, sizeGb, createdAt, attachedTo }: LocalVolume): Volume {
  const state = attachedTo === undefined ? 'available' : 'attached';
  return { id, name, tags: toTags(tags), sizeGb, createdAt, state, attachedTo };
}
