/** Which new nodes get a volume for their data, and how large. */
import type { DesiredService } from '../core/service/state.ts';
import { volumeSize } from '../core/service/volume-size.ts';
import type { Manager } from './manager.ts';

/**
 * Asks where there are volumes, if a role of these types wants one.
 * @returns GB by service and role; 0: it gets none
 */
export async function volumeSizes(
  { director, specs }: Pick<Manager, 'director' | 'specs'>,
  types: readonly string[],
  signal: AbortSignal,
): Promise<(service: DesiredService, role: string) => number> {
  const wanting = types.some((type) => Object.values(specs[type]?.roles ?? {}).some(({ volume }) => volume));
  if (!wanting) return () => 0;
  const { clouds, own } = await director.call('get_volume_clouds', {}, { signal, timeoutMs: 60_000 });
  return (service, role) =>
    clouds.includes(service.cloud ?? own) ? volumeSize(specs[service.type], role, service.configuration) : 0;
}
