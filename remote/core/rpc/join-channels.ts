/** Passes a duplex on: what one process serves with the duplex of another. */
import type { Duplex } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/**
 * Pipes both ways until both have ended. What one ends with, the other ends with too; back-pressure goes through.
 * @throws what either of them failed with
 */
export async function joinChannels(near: Duplex, far: Duplex): Promise<void> {
  await Promise.all([pipeline(near, far), pipeline(far, near)]);
}
