/** Waits until a cloud has made a volume, attached it or taken it from a machine. */
import { setTimeout as delay } from 'node:timers/promises';
import { ConpaasError } from '../contract/errors.ts';
import type { CloudVolumes, Volume } from './cloud.ts';

/** Between looks at what the cloud is doing, milliseconds. */
export const volumeLookMs = 500;

export interface VolumeWait {
  /** @param volume undefined: the cloud has none of that id */
  until(volume: Volume | undefined): boolean;
  /** How long the cloud may take, milliseconds. */
  readonly withinMs: number;
  /** What is said where it takes longer: what happened, and what to do. */
  late(volume: Volume | undefined): string;
}

/**
 * @returns the volume as it then is
 * @throws ConpaasError cloud_failed: the cloud takes too long
 */
export async function untilVolume(
  volumes: Pick<CloudVolumes, 'list'>,
  id: string,
  { until, withinMs, late }: VolumeWait,
  signal: AbortSignal,
): Promise<Volume | undefined> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const volume = (await volumes.list(signal)).find((one) => one.id === id);
    if (until(volume)) return volume;
    if (performance.now() > deadline) throw new ConpaasError('cloud_failed', late(volume), { retry: true });
    await delay(volumeLookMs, undefined, { signal });
  }
}
