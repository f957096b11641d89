/** What a project may have, and what it has. */
import { z } from 'zod';
import { ConpaasError } from '../../contract/errors.ts';
import type { Quota } from '../cloud.ts';
import type { OpenStackApi } from './api.ts';

const Limits = z.object({ limits: z.object({ absolute: z.record(z.string(), z.number()) }) });
const Details = z.object({ quota: z.record(z.string(), z.unknown()) });
const Detail = z.object({ limit: z.number(), used: z.number() });

interface Shown {
  readonly name: string;
  readonly used: string;
  readonly limit: string;
}

const ofCompute: readonly Shown[] = [
  { name: 'Machines', used: 'totalInstancesUsed', limit: 'maxTotalInstances' },
  { name: 'Virtual CPUs', used: 'totalCoresUsed', limit: 'maxTotalCores' },
  { name: 'Memory in MB', used: 'totalRAMUsed', limit: 'maxTotalRAMSize' },
];
const ofVolumes: readonly Shown[] = [
  { name: 'Volumes', used: 'totalVolumesUsed', limit: 'maxTotalVolumes' },
  { name: 'Volumes in GB', used: 'totalGigabytesUsed', limit: 'maxTotalVolumeGigabytes' },
];
const ofNetwork: Readonly<Record<string, string>> = {
  floatingip: 'Floating IPs',
  port: 'Ports',
  security_group: 'Security groups',
};

/** What is not limited is left out. */
export async function listQuotas(api: OpenStackApi, signal: AbortSignal): Promise<Quota[]> {
  const [compute, volumes, network] = await Promise.all([
    limitsOf(api, 'compute', ofCompute, signal),
    (await api.has('volume', signal)) ? limitsOf(api, 'volume', ofVolumes, signal) : [],
    networkQuotas(api, signal),
  ]);
  return [...compute, ...volumes, ...network].filter(({ limit }) => limit >= 0);
}

/** @throws ConpaasError cloud_failed where the project may have no further machine */
export async function checkQuotas(api: OpenStackApi, signal: AbortSignal): Promise<void> {
  const full = (await limitsOf(api, 'compute', ofCompute, signal)).find(
    ({ used = 0, limit }) => limit >= 0 && used >= limit,
  );
  if (!full) return;
  const text = `The project's quota is used up: ${full.name.toLowerCase()}, ${full.used} of ${full.limit}.`;
  throw new ConpaasError('cloud_failed', `${text} Remove something, or ask the cloud for more.`, { retry: true });
}

async function limitsOf(
  api: OpenStackApi,
  service: 'compute' | 'volume',
  shown: readonly Shown[],
  signal: AbortSignal,
): Promise<Quota[]> {
  const { limits } = await api.call({ service, method: 'GET', path: '/limits' }, Limits, signal);
  return shown.flatMap(({ name, used, limit }) => {
    const most = limits.absolute[limit];
    return most === undefined ? [] : [{ name, used: limits.absolute[used], limit: most }];
  });
}

async function networkQuotas(api: OpenStackApi, signal: AbortSignal): Promise<Quota[]> {
  const path = `/quotas/${await api.project(signal)}/details.json`;
  const { quota } = await api.call({ service: 'network', method: 'GET', path }, Details, signal);
  return Object.entries(ofNetwork).flatMap(([key, name]) => {
    const detail = Detail.safeParse(quota[key]);
    return detail.success ? [{ name, ...detail.data }] : [];
  });
}
