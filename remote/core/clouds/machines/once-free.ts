/** A machine that ends holds what it uses for a minute: what else is to go waits for it. */
import { setTimeout as delay } from 'node:timers/promises';

/** A machine has ended by then, milliseconds. */
const patienceMs = 180_000;

/** How a cloud's errors are read. */
export interface Removal {
  /** Throws the cloud's own errors where something is in use or gone. */
  readonly remove: () => Promise<unknown>;
  readonly isGone: (error: unknown) => boolean;
  readonly isInUse: (error: unknown) => boolean;
  /** The error as ours. */
  readonly plain: (error: unknown) => unknown;
}

/**
 * Removes something as soon as nobody uses it any more; what is not there any more is removed. Does for other work too that
 * a cloud refuses while something else is being done.
 * @throws ConpaasError where it is still in use after three minutes
 */
export async function onceFree({ remove, isGone, isInUse, plain }: Removal, signal: AbortSignal): Promise<void> {
  const deadline = performance.now() + patienceMs;
  for (let pause = 500; ; pause = Math.min(pause * 1.5, 5000)) {
    try {
      await remove();
      return;
    } catch (error) {
      if (isGone(error)) return;
      if (!isInUse(error)) throw error;
      if (performance.now() > deadline) throw plain(error);
    }
    await delay(pause, undefined, { signal });
  }
}
