/** Deadlines and cancellation. */
import { ConpaasError, type Failure, toFailure } from '../contract/errors.ts';

/** A signal that ends with another one, or after some milliseconds; dispose it when the work is done. */
export interface Scope extends Disposable {
  readonly signal: AbortSignal;
  abort(reason: unknown): void;
}

/**
 * A scope below `parent`. Unlike `AbortSignal.any` it leaves nothing behind on a long-lived parent.
 * @param timeoutMs after which it aborts with a `TimeoutError`
 */
export function openScope(parent: AbortSignal | undefined, timeoutMs?: number): Scope {
  const controller = new AbortController();
  const follow = () => controller.abort(parent?.reason);
  if (parent?.aborted) follow();
  else parent?.addEventListener('abort', follow, { once: true });
  const timer =
    timeoutMs === undefined
      ? undefined
      : setTimeout(
          () => controller.abort(new DOMException('The deadline passed.', 'TimeoutError')),
          Math.min(Math.max(timeoutMs, 0), 2_147_483_647),
        );
  return {
    signal: controller.signal,
    abort: (reason) => controller.abort(reason),
    [Symbol.dispose]() {
      clearTimeout(timer);
      parent?.removeEventListener('abort', follow);
    },
  };
}

/** Why a signal was aborted, as an error to throw. */
export function abortError(signal: AbortSignal): ConpaasError {
  const failure: Failure = toFailure(signal.reason);
  return failure.code === 'internal'
    ? new ConpaasError('cancelled', 'The call was cancelled.')
    : ConpaasError.of(failure);
}

/** The promise, or the signal's reason as soon as that aborts. The work itself goes on; its outcome is dropped. */
export function raced<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(abortError(signal));
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
