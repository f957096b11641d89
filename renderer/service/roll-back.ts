/** Whether going back to the version before is what one may want now. Pure. */
import type { ServiceInfo } from '../../remote/core/contract/application.ts';
import type { Operation } from '../../remote/core/contract/operation.ts';

/** So long after a version went live going back is at hand, ms. */
export const freshMs = 15 * 60_000;

/**
 * The version to go back to; undefined where there is none, or no reason: it is well, and what is live has been for a
 * while.
 * @param operations those of the service, the newest first
 */
export function rollBackTo(
  { state, code }: Pick<ServiceInfo, 'state' | 'code'>,
  operations: readonly Operation[],
  now: number,
): string | undefined {
  if (code?.previous === undefined || code.active === undefined) return undefined;
  if (operations.some((one) => one.state === 'running')) return undefined;
  if (state === 'degraded' || state === 'failed') return code.previous;
  const last = operations.find(({ kind, state: end }) => kind === 'activate_code_version' && end === 'done');
  const isFresh = last?.endedAt !== undefined && now - last.endedAt < freshMs;
  return isFresh && state === 'running' ? code.previous : undefined;
}
