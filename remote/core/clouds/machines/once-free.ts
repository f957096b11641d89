/** A machine that ends, or does something, holds what it uses for a minute: other work on that waits for it. */
import { setTimeout as delay } from 'node:timers/promises';

/** A machine has ended by then, milliseconds. */
const patienceMs = 180_000;

/** What a cloud may refuse while something else is being done, and how its errors are read. */
export interface Held {
  /** Throws the cloud's own errors where something is in use or gone. */
  readonly work: () => Promise<unknown>;
  /** What it was about is not there any more, so it is done. */
  readonly isGone?: (error: unknown) => boolean;
  readonly isInUse: (error: unknown) => boolean;
  /** The error as ours. */
  readonly plain: (error: unknown) => unknown;
}

/**
 * Removes something, or does other work, as soon as the cloud does not refuse it any more.
 * @throws ConpaasError where it is still in use after three minutes
 */
export async function onceFree(
  { work, isGone = () => false, isInUse, plain }: Held,
  signal: AbortSignal,
): Promise<void> {
  const deadline = performance.now() + patienceMs;
  for (let pause = 500; ; pause = Math.min(pause * 1.5, 5000)) {
    try {
      await work();
      return;
    } catch (error) {
      if (isGone(error)) return;
      if (!isInUse(error)) throw error;
      if (performance.now() > deadline) throw plain(error);
    }
    await delay(pause, undefined, { signal });
  }
}
