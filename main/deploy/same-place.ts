/** Two clouds of a deployment are two places: else what is removed with the one would be what is on the other. */
import { createCloud } from '../../remote/core/clouds/index.ts';
import { ConpaasError } from '../../remote/core/contract/errors.ts';
import type { Deployment, FurtherPlace } from './deployment.ts';
import type { OpenedClouds } from './opened-clouds.ts';
import { asking } from './reaching.ts';

/**
 * By what carries the deployment's tag at each: its director's machine is always something.
 * @throws ConpaasError conflict: the same account, project or engine as of another one; what a cloud says that cannot be asked
 */
export async function refuseSamePlace(
  clouds: Pick<OpenedClouds, 'driversOf'>,
  deployment: Deployment,
  place: FurtherPlace,
  signal: AbortSignal,
): Promise<void> {
  // Each has a directory of its own.
  if (place.kind === 'local') return;
  const all = clouds.driversOf({ ...deployment, clouds: [...(deployment.clouds ?? []), place] });
  const drivers = all.filter(({ kind }) => kind === place.kind);
  if (drivers.length === 1) return;
  const seen = new Map<string, readonly string[]>();
  for (const { name = deployment.cloud.kind, kind, settings } of drivers) {
    await using cloud = createCloud(kind, await settings());
    seen.set(
      name,
      (await cloud.tagged(asking(signal))).map((one) => `${one.kind} ${one.id} ${one.name}`),
    );
  }
  const there = new Set(seen.get(place.name));
  for (const [name, things] of seen) {
    if (name === place.name || !things.some((one) => there.has(one))) continue;
    throw new ConpaasError(
      'conflict',
      `${place.name} would be the same place as ${name}, for what ${deployment.name} has there is seen by both. Choose another account, region, project or engine.`,
    );
  }
}
