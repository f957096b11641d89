/** Machines that run, and from which nobody has come: mostly because the director is not reached from there. */
import type { Place } from './cloud-keeper.ts';
import type { VmRecord } from './store.ts';

/** Machines that boot and install packages take minutes; on slow clouds so many times as long. Milliseconds. */
const lateAfterMs = 10 * 60_000;

/**
 * What there is to say of a machine; undefined: it has joined, or may yet. Pure.
 * @param patience of its cloud
 */
export function lateCause(
  { state, agentPort, createdAt, cloud }: Pick<VmRecord, 'state' | 'agentPort' | 'createdAt' | 'cloud'>,
  director: Place,
  { now, patience }: { readonly now: number; readonly patience: number },
): string | undefined {
  if (state !== 'running' || agentPort !== undefined || now - createdAt < lateAfterMs * patience) return undefined;
  const minutes = Math.round((lateAfterMs * patience) / 60_000);
  return `it runs, but nothing on it has reached the director within ${minutes} minutes: see whether machines of ${cloud} can, at ${director.host}, port ${director.port}`;
}
