/** A machine that ends holds what it uses for a minute: what else is to go waits for it. */
import { setTimeout as delay } from 'node:timers/promises';
import { isInUse, isNotFound, plainError } from './errors.ts';

/** A machine has ended by then, milliseconds. */
const patienceMs = 180_000;

/**
 * Removes something as soon as nobody uses it any more; what is not there any more is removed.
 * @param remove throws the cloud's own errors where something is in use or gone
 * @throws ConpaasError where it is still in use after three minutes
 */
export async function onceFree(remove: () => Promise<unknown>, signal: AbortSignal, action: string): Promise<void> {
  const deadline = performance.now() + patienceMs;
  for (let pause = 500; ; pause = Math.min(pause * 1.5, 5000)) {
    try {
      await remove();
      return;
    } catch (error) {
      if (isNotFound(error)) return;
      if (!isInUse(error)) throw error;
      if (performance.now() > deadline) throw plainError(error, action);
    }
    await delay(pause, undefined, { signal });
  }
}
